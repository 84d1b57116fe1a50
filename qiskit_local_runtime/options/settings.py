"""Settled options: frozen, complete, no ``Unset`` left; what routines are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .layer_learning import LearningSettings

if TYPE_CHECKING:
    from ..sweeps.lindblad import PauliLindblad
    from ..sweeps.unique_layers import UniqueLayer


@dataclass(frozen=True, kw_only=True)
class SimulatorSettings:
    """How to simulate."""

    seed: int | None = None
    method: str | None = None
    """Aer's name of a method, or ``None``: chosen by size, noise and gates."""
    noise_model: Any = None
    """A ``qiskit_aer`` ``NoiseModel`` that replaces the backend's noise; ``None``: the backend's own."""
    basis_gates: tuple[str, ...] | None = None
    """Replaces the gates the backend accepts."""
    coupling_map: tuple[tuple[int, int], ...] | None = None
    """Replaces the pairs the backend couples."""
    layer_models: Mapping[UniqueLayer, PauliLindblad] | None = None
    """Noise of layers in place of that of two-qubit gates and idle times; ``None``: the backend's own."""
    angle_decimals: int = 5
    """To which angles are compared when layers are."""
    warn_absent: bool = True
    """Whether to warn of layers without noise where ``layer_models`` are given."""
    device: str | None = None
    """``"CPU"`` or ``"GPU"`` (Aer's ``device``)."""
    max_memory_mb: int | None = None


@dataclass(frozen=True, kw_only=True)
class TranspilationSettings:
    """How the runtime transpiles circuits before it runs them."""

    optimization_level: int = 1
    initial_layout: tuple[int, ...] | None = None
    seed_transpiler: int | None = None


@dataclass(frozen=True, kw_only=True)
class TwirlingSettings:
    """Random Paulis around two-qubit gates and before measurements."""

    gates: bool = False
    gates_by_name: bool = False
    """Whether gate twirling was asked for by its own option rather than a resilience level."""
    measure: bool = False
    strategy: Literal["active", "active-accum", "active-circuit", "all"] = "active-accum"
    group: Literal["pauli", "balanced_pauli", "local_pauli"] = "pauli"
    num_randomizations: int | None = None
    """``None``: ``auto``."""
    shots_per_randomization: int | None = None
    """``None``: ``auto``."""

    @property
    def any(self) -> bool:
        """Whether shots are divided over randomizations."""
        return self.gates or self.measure


@dataclass(frozen=True, kw_only=True)
class DecouplingSettings:
    """Pulses that protect idle qubits."""

    enable: bool = False
    sequence_type: Literal["XX", "XpXm", "XY4"] = "XX"
    extra_slack_distribution: Literal["middle", "edges"] = "middle"
    scheduling_method: Literal["alap", "asap"] = "alap"
    skip_reset_qubits: bool = False
    staggered: bool = False


@dataclass(frozen=True, kw_only=True)
class ZneSettings:
    """Zero-noise extrapolation."""

    enable: bool = False
    amplifier: str = "gate_folding"
    noise_factors: tuple[float, ...] = (1.0, 3.0, 5.0)
    extrapolators: tuple[str, ...] = ("exponential", "linear")
    extrapolated_noise_factors: tuple[float, ...] = (0.0, 1.0, 3.0, 5.0)


@dataclass(frozen=True, kw_only=True)
class PecSettings:
    """Probabilistic error cancellation."""

    enable: bool = False
    max_overhead: float | None = 100.0
    noise_gain: float | None = None
    """``None``: ``auto``."""


@dataclass(frozen=True, kw_only=True)
class TrexSettings:
    """TREX readout mitigation."""

    enable: bool = False
    num_randomizations: int = 32
    shots_per_randomization: int | None = None
    """``None``: as many in all as the data."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What both primitives share."""

    simulator: SimulatorSettings = field(default_factory=SimulatorSettings)
    transpilation: TranspilationSettings | None = None
    """``None``: circuits must already be ISA circuits."""
    twirling: TwirlingSettings = field(default_factory=TwirlingSettings)
    decoupling: DecouplingSettings = field(default_factory=DecouplingSettings)
    max_execution_time: float | None = None
    job_tags: tuple[str, ...] = ()
    private: bool = False
    log_level: str = "WARNING"
    engine: str | None = None
    """Name of the engine that long work runs on; ``None``: the runtime's own."""


@dataclass(frozen=True, kw_only=True)
class SamplerSettings(Settings):
    """Settled options of the sampler."""

    default_shots: int = 4096


@dataclass(frozen=True, kw_only=True)
class EstimatorSettings(Settings):
    """Settled options of the estimator."""

    default_precision: float = 0.015625
    """0: exact expectation values."""
    default_shots: int | None = None
    """Wins over ``default_precision``."""
    resilience_level: int = 1
    trex: TrexSettings = field(default_factory=TrexSettings)
    zne: ZneSettings = field(default_factory=ZneSettings)
    pec: PecSettings = field(default_factory=PecSettings)
    learning: LearningSettings = field(default_factory=LearningSettings)
    layer_models: Mapping[UniqueLayer, PauliLindblad] | None = None
    """Noise of layers that was given; ``None``: PEC and PEA learn it."""

    @property
    def injects(self) -> bool:
        """Whether Paulis are injected before layers, for which their noise must be known."""
        return self.pec.enable or (self.zne.enable and self.zne.amplifier == "pea")
