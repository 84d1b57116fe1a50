"""Kinds of noise a user can give to a device: what it was calibrated with, and what error suppression acts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import IBMInputValueError
from ..sweeps.layer_noise import LayerModels
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .preset_values import PairValue, QubitValue


@dataclass(frozen=True)
class Calibration:
    """The backend's own noise: gate and readout errors, T1 and T2, or its Aer noise model."""

    name = "calibration"


@dataclass(frozen=True)
class Coherent:
    """Every two-qubit gate turns too far about its own axis, by the same angle each time.

    Gate twirling makes it stochastic: the error of a mirror circuit then grows linearly with depth, not quadratically.
    """

    angle: PairValue
    """Radians; in all directions of a pair. See :data:`~qiskit_local_runtime.devices.coherent.AXES`."""
    name = "coherent"


@dataclass(frozen=True)
class Crosstalk:
    """ZZ between coupled qubits while both are idle.

    Decoupling with aligned pulses leaves it, staggered pulses cancel it.
    """

    hertz: PairValue
    """By how much either qubit's frequency differs between ``|0⟩`` and ``|1⟩`` of the other. A mapping may name pairs that
    are not coupled."""
    name = "crosstalk"


@dataclass(frozen=True)
class Drift:
    """Frequencies of idle qubits are off by an amount that changes slowly: quasi-static dephasing.

    Dynamical decoupling cancels it.
    """

    hertz: QubitValue
    """Standard deviation of the (Gaussian) detuning."""
    draws: int = 32
    """Values of the detunings for the shots of one randomization; each is constant for its part of the shots."""
    name = "drift"

    def __post_init__(self) -> None:
        if isinstance(self.draws, bool) or not isinstance(self.draws, int) or self.draws < 1:
            raise IBMInputValueError(f"Drift.draws: expected a whole number of at least 1, found {self.draws!r}. Correct it.")


@dataclass(frozen=True)
class LayerNoise:
    """Pauli–Lindblad noise before each layer of two-qubit gates: what noise learning finds, as a device.

    The models describe all noise of layers, idle qubits included. With ``Calibration`` one-qubit gates, resets and
    measurements have theirs, two-qubit gates and delays none. Layers without a model are noiseless.
    """

    models: Mapping[UniqueLayer, PauliLindblad]
    """By layer, with rates of at least 0."""
    name = "layers"

    def __post_init__(self) -> None:
        if not isinstance(self.models, Mapping) or not all(
            isinstance(layer, UniqueLayer) and isinstance(model, PauliLindblad) for layer, model in self.models.items()
        ):
            raise IBMInputValueError(
                f"LayerNoise.models: expected a mapping of UniqueLayer to PauliLindblad, found {type(self.models).__name__} of "
                "other things. Give {layer: true_layer_noise(backend, layer), …}, say."
            )
        LayerModels(self.models)


Preset = Calibration | Coherent | Crosstalk | Drift | LayerNoise
