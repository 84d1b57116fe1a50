"""What is known about a backend, whole and restricted to the qubits a circuit touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from ..sweeps import Step
from ..sweeps.layer_noise import LayerModels
from .channel import Channel
from .idle import IdleNoise
from .readout import Readout


class Noise(Protocol):
    """Device noise restricted to active qubits (indices are active indices)."""

    readout: Readout

    def after(self, step: Step) -> tuple[tuple[Channel, tuple[int, ...]], ...]:
        """The channels that follow a step, in order, each with the active qubits it acts on; empty if none.

        Gates, delays (by duration) and resets; measurement errors are in :attr:`readout`.
        """

    def before(self, step: Step) -> tuple[tuple[Channel, tuple[int, ...]], ...]:
        """The channels that precede a step (a ``measure``'s quantum error, say); empty if none."""

    def aer_model(self) -> Any:
        """The same noise as a ``qiskit_aer.noise.NoiseModel`` on the active qubits."""

    def restricted(self, qubits: tuple[int, ...]) -> Noise:
        """The same seen from some of the active qubits, which are numbered anew in their order."""


@dataclass(frozen=True, eq=False)
class ActiveDevice:
    """A device restricted to some of its qubits: what simulators are given."""

    name: str
    qubits: tuple[int, ...]
    """Physical qubit of each active index."""
    noise: Noise | None = None
    """``None``: noiseless."""
    dt: float | None = None
    """Seconds of one ``dt``; ``None`` where unknown."""
    method: str | None = None
    """A simulation method that the backend's owner asked for (Aer's names); ``None`` or ``"automatic"``: ours to choose."""
    aer_options: Mapping[str, Any] = field(default_factory=dict)
    """Further options of the user's ``AerSimulator`` (device, precision, truncation thresholds, …) for the Aer path."""
    backend: BackendV2 | None = None
    """Set when circuits must go through the backend's own ``run()``."""
    max_shots: int | None = None
    max_circuits: int | None = None
    idle: IdleNoise | None = None
    """Noise that grows with idle time, which is woven into circuits before they are simulated; ``None``: none."""
    layers: LayerModels | None = None
    """Noise given by layer, on physical qubits: circuits are marked before they are simulated; ``None``: none."""

    @property
    def num_qubits(self) -> int:
        """Number of active qubits."""
        return len(self.qubits)


class Device(Protocol):
    """A backend as the runtime sees it. ``devices.device_of(backend)`` makes one and caches it."""

    @property
    def name(self) -> str:
        """The backend's name."""

    @property
    def num_qubits(self) -> int | None:
        """Number of qubits; ``None``: no limit (a plain simulator)."""

    @property
    def target(self) -> Target | None:
        """What circuits must conform to; ``None``: anything goes."""

    @property
    def simulated(self) -> bool:
        """False where circuits go through the backend's own ``run()``."""

    @property
    def detuning_draws(self) -> int:
        """Values of drifting frequencies that shots are divided over; 1: nothing drifts."""

    def restrict(self, qubits: tuple[int, ...]) -> ActiveDevice:
        """The device seen from ``qubits`` (physical indices, ascending). Cached per calibration and qubit set."""
