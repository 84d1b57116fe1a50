"""Settled options: frozen, complete, no ``Unset`` left; what routines are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
    """Measurement twirling (gate twirling is refused while not implemented)."""

    measure: bool = False
    num_randomizations: int | None = None
    """``None``: ``auto``."""
    shots_per_randomization: int | None = None
    """``None``: ``auto``."""


@dataclass(frozen=True, kw_only=True)
class TrexSettings:
    """TREX readout mitigation."""

    enable: bool = False
    num_randomizations: int = 32
    shots_per_randomization: int | None = None
    """``None``: as many shots per randomization as the data."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What both primitives share."""

    simulator: SimulatorSettings = field(default_factory=SimulatorSettings)
    transpilation: TranspilationSettings | None = None
    """``None``: circuits must already be ISA circuits."""
    twirling: TwirlingSettings = field(default_factory=TwirlingSettings)
    max_execution_time: float | None = None
    job_tags: tuple[str, ...] = ()
    private: bool = False
    log_level: str = "WARNING"


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
