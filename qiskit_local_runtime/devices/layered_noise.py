"""Noise given by layer: the models act at the marks before layers, and all that they describe is left out elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import IBMBackendError
from ..sweeps.layer_noise import MARK, LayerModels
from ..sweeps.lindblad import PauliLindblad
from .lindblad_channels import channels_of
from .noise import Channels, DeviceNoise
from .readout import Readout

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

REFUSAL = "the device's noise is given by layer, which Qiskit Aer does not know"
"""Why methods of Aer cannot run circuits on such a device."""


class LayeredNoise(DeviceNoise):
    """Models of layers, and of ``inner`` the noise of one-qubit gates, resets and measurements.

    What the models describe is never added on top: two-qubit gates and delays have no noise of their own. Qubits of a model
    that are not active are left out of it, which is exact since nothing looks at them.

    Args:
        models: by layer of physical qubits; see :func:`~qiskit_local_runtime.sweeps.layer_noise.with_layer_noise`.
        inner: the device's other noise.
        dt: seconds of one ``dt``.
    """

    def __init__(self, models: LayerModels, inner: DeviceNoise | None, dt: float | None) -> None:
        super().__init__(dt)
        self.models, self._inner = models, inner

    def _seconds(self, step: Any) -> float:
        return 0.0  # delays are noiseless, known or not

    def _find(self, name: str, label: str | None, qubits: tuple[int, ...], duration: float | None, when: str) -> Channels:
        if name == MARK:
            return () if when == "before" or label is None else self._layer(label, qubits)
        if self._inner is None or name == "delay" or len(qubits) > 1:
            return ()
        return self._inner._find(name, label, qubits, duration, when)

    def _layer(self, label: str, qubits: tuple[int, ...]) -> Channels:
        if label not in self.models.by_label:
            raise IBMBackendError(
                f"Expected marks of this device's own layers, found one labelled {label!r}. Mark the circuit with the models "
                "of the device it runs on."
            )
        layer, model = self.models.by_label[label]
        columns = [layer.qubits.index(qubit) for qubit in qubits]
        return channels_of(PauliLindblad(np.ascontiguousarray(model.letters[:, columns]), model.rates))

    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """See :class:`.noise.DeviceNoise`."""
        return Readout() if self._inner is None else self._inner.readout(qubits)

    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """Always refuses.

        Raises:
            IBMBackendError: Aer's models know errors of instructions, not of layers.
        """
        raise IBMBackendError(
            f"Expected a method of ours, found one of Qiskit Aer: {REFUSAL}. Set options.simulator.method to 'stabilizer', "
            "'density_matrix' or 'trajectories', or leave it unset."
        )
