"""The noise of a circuit's layers, for methods that cancel (PEC) or amplify (PEA) it: given, or learned by the job itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from qiskit.exceptions import QiskitError

from ..devices.device import Device
from ..errors import IBMRuntimeError
from ..options.settings import EstimatorSettings
from ..pipeline.dress import Dressed
from ..pipeline.execute import Executor
from ..pipeline.find_layers import ranked
from ..pipeline.layer_models import models_of
from ..pipeline.overhead import Overhead, overhead
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .learn_layers import LayerTask, layer_task
from .noise_learner import check_learnable_device, coupling_of

LEARNING = 2**32 - 2
"""In the place of a PUB's number, among the seeds."""


@dataclass(frozen=True, eq=False)
class LayerNoise:
    """What is known of the noise of layers."""

    models: Mapping[UniqueLayer, PauliLindblad]
    learned: bool
    """Whether this job learned them, of the most frequent layers; else all layers must be among them."""

    def inject(self, worn: Dressed | None, noise_factor: float, physical: tuple[int, ...]) -> Dressed | None:
        """A dressed circuit with the noise of its layers brought to ``noise_factor`` times what it is."""
        if worn is None or worn.twirl is None or noise_factor == 1:
            return worn
        return worn.injecting(self._of(worn, physical), noise_factor, physical)

    def overhead(self, worn: Dressed | None, settings: EstimatorSettings, physical: tuple[int, ...]) -> Overhead:
        """What cancelling the noise of a circuit costs; nothing where only amplifying is wanted.

        Raises:
            IBMInputValueError: a layer has no model, or it costs more than the options allow.
        """
        if worn is None or worn.twirl is None:
            return overhead((), 1.0)
        pec = settings.pec
        if not pec.enable:
            return overhead(self._of(worn, physical), 1.0)
        return overhead(self._of(worn, physical), pec.noise_gain, pec.max_overhead)

    def _of(self, worn: Dressed, physical: tuple[int, ...]) -> tuple[PauliLindblad | None, ...]:
        assert worn.twirl is not None
        return models_of(worn.twirl.unique_layers(physical), self.models, allow_absent=self.learned)


def given(settings: EstimatorSettings) -> LayerNoise | None:
    """The noise that options give; ``None``: it is to be learned, or not needed."""
    if not settings.injects or settings.layer_models is None:
        return None
    return LayerNoise(settings.layer_models, learned=False)


def learning_tasks(whats: Iterable[Runnable], device: Device, request: Request) -> list[LayerTask]:
    """What is run to learn the noise of the layers of some circuits, the most frequent first.

    Raises:
        IBMBackendError: the backend runs circuits itself.
        IBMInputValueError: a layer's noise cannot be learned.
    """
    check_learnable_device(device)
    settings: EstimatorSettings = request.settings
    found = [
        layer
        for what in whats
        if what.dressed is not None and what.dressed.twirl is not None
        for layer in what.dressed.twirl.unique_layers(what.device.qubits)
    ]
    coupling = coupling_of(device, tuple(dict.fromkeys(found)))
    return [
        layer_task(layer, device, coupling, settings.learning, settings, partial(_seed, request, number))
        for number, layer in enumerate(ranked(found, settings.learning.max_layers_to_learn))
    ]


def learn(tasks: Sequence[LayerTask], executor: Executor) -> LayerNoise:
    """Learn the noise of layers.

    Raises:
        IBMRuntimeError: it failed; the cause is chained.
    """
    models = {}
    with executor.each(ask for task in tasks for ask in task.asks()) as answers:
        for task in tasks:
            try:
                models[task.layer] = task.fit(answers).model
            except (QiskitError, ValueError, ArithmeticError, MemoryError) as err:
                raise IBMRuntimeError(
                    f"Learning the noise of the layer on qubits {list(task.layer.qubits)} failed: {err}. Change "
                    "resilience.layer_noise_learning, or give resilience.layer_noise_model."
                ) from err
    return LayerNoise(models, learned=True)


def _seed(request: Request, number: int, place: int, purpose: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(request.seed, spawn_key=(LEARNING, number, place, purpose))
