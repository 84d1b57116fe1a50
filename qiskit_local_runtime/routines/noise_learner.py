"""The noise learner: circuits in, Pauli–Lindblad models of their layers out."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
from qiskit.circuit import QuantumCircuit

from ..devices.device import Device
from ..errors import IBMBackendError, IBMInputValueError
from ..learning import LearnedLayer
from ..options.learning_settings import NoiseLearnerSettings
from ..pipeline.active import restrict
from ..pipeline.find_layers import layers_in, ranked
from ..pipeline.plan import Plan
from ..records.request import Request
from ..sweeps.unique_layers import UniqueLayer
from .base import RoutineTools
from .checks import check_not_empty, warn_approximation
from .learn_layers import LayerTask, layer_task
from .prepare import check_circuit, device_for, opened, transpiled
from .usage import estimated, executor_for, planned_work


class NoiseLearner:
    """The routine behind ``NoiseLearner``; its PUBs are circuits, or anything with a ``circuit``."""

    name = "noise-learner"

    def __init__(self) -> None:
        self._accepted: weakref.WeakKeyDictionary[Request, list[LayerTask]] = weakref.WeakKeyDictionary()

    def accept(self, request: Request) -> None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        check_not_empty(request.pubs)
        device = device_for(request)
        check_learnable_device(device)
        for index, circuit in enumerate(_circuits(request)):
            check_circuit(circuit, device, request.settings, index)
        if request.settings.transpilation is None:
            self._accepted[request] = _tasks(_circuits(request), device, request)

    def run(self, request: Request, tools: RoutineTools) -> tuple[LearnedLayer, ...]:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`: the layers learned, the most frequent first."""
        tools.phase("pre-processing")
        tasks = self._accepted.pop(request, None) or _transpiled(request, tools)
        for note in {what.estimate.note for task in tasks for what in task.whats}:
            warn_approximation(note, 0)
        tools.phase("on the QPU")
        executor = executor_for(request, tools)
        with executor.each(ask for task in tasks for ask in task.asks()) as answers:
            return tuple([task.fit(answers) for task in tasks])

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request)
        if tasks is None:
            return None
        return estimated(request, [(what.sweep, what) for task in tasks for what in task.whats])

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request) or _transpiled(request, tools)
        parts = [
            (f"layer {number}, depth {depth}", what)
            for number, task in enumerate(tasks)
            for depth, what in zip(task.depths, task.whats, strict=True)
        ]
        return planned_work(request, parts)


def check_learnable_device(device: Device) -> None:
    """Refuse a device whose noise is not ours to see.

    Raises:
        IBMBackendError: circuits go through the backend's own ``run()``.
    """
    if not device.simulated:
        raise IBMBackendError(
            f"Noise is learned on backends that are simulated here, but {device.name} runs circuits itself and tells only "
            "counts. Use a fake device, an AerSimulator with a noise model, or with_noise(backend, …)."
        )


def coupling_of(device: Device, layers: tuple[UniqueLayer, ...]) -> frozenset[tuple[int, int]]:
    """Pairs of physical qubits that are neighbours: those the device couples and those that gates join."""
    joined = {where for layer in layers for _, _, where in layer.gates if len(where) == 2}
    known = None if device.target is None else device.target.build_coupling_map()
    edges = () if known is None else known.get_edges()
    return frozenset((int(one), int(two)) for one, two in (*edges, *joined))


def _circuits(request: Request) -> list[QuantumCircuit]:
    return [_circuit(pub, index) for index, pub in enumerate(request.pubs)]


def _circuit(pub: Any, index: int) -> QuantumCircuit:
    found = getattr(pub, "circuit", pub)
    if not isinstance(found, QuantumCircuit):
        raise IBMInputValueError(f"PUB {index}: expected a circuit or a PUB, found {type(pub).__name__}.")
    return found


def _transpiled(request: Request, tools: RoutineTools) -> list[LayerTask]:
    device = device_for(request)
    circuits = _circuits(request)
    if request.settings.transpilation is not None:
        circuits = [transpiled(circuit, device, request, tools) for circuit in circuits]
    return _tasks(circuits, device, request)


def _tasks(circuits: list[QuantumCircuit], device: Device, request: Request) -> list[LayerTask]:
    settings: NoiseLearnerSettings = request.settings
    found = [
        layer
        for index, circuit in enumerate(circuits)
        for layer in _layers(opened(circuit, device), settings.twirling_strategy, index)
    ]
    if not found:
        raise IBMInputValueError(
            "Expected circuits with two-qubit gates that can be twirled, found none: there is no layer whose noise could be "
            "learned. Pass circuits with cx, cz or ecr gates outside control flow."
        )
    coupling = coupling_of(device, tuple(dict.fromkeys(found)))
    return [
        layer_task(layer, device, coupling, settings.learning, settings, _seeds(request, number))
        for number, layer in enumerate(ranked(found, settings.learning.max_layers_to_learn))
    ]


def _layers(circuit: QuantumCircuit, strategy: Any, index: int) -> tuple[UniqueLayer, ...]:
    active = restrict(circuit)
    try:
        return layers_in(active.circuit, active.qubits, strategy)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"PUB {index}: {err}") from err


def _seeds(request: Request, number: int) -> Any:
    return lambda place, purpose: np.random.SeedSequence(request.seed, spawn_key=(number, place, purpose))
