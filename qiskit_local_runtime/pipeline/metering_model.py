"""What a device takes beside the circuits themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from qiskit.providers import BackendV2

from ..errors import IBMInputValueError


@dataclass(frozen=True)
class MeterModel:
    """A job's time is ``overhead + Σ shots × (circuit duration + rep_delay)``.

    Raises:
        IBMInputValueError: a figure is negative or not finite.
    """

    overhead_seconds: float = 0.995
    """Once per job. Ten recorded jobs on ibm_fez fit 0.995 s + 0.2758 ms × shots (R² 0.9992)."""
    rep_delay_seconds: float = 250e-6
    """Between shots, for the qubits to relax: ``default_rep_delay`` of IBM's devices, ibm_fez among them; nine tenths of
    the fit's time per shot, the rest of which are the circuits."""
    while_rounds: int = 1
    """How often a ``while`` loop is taken to go round: an assumption, since nothing bounds it before it runs."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not (math.isfinite(value) and value >= 0):
                raise IBMInputValueError(f"MeterModel.{each.name}: expected a finite number of at least 0, found {value!r}.")

    @classmethod
    def of(cls, backend: BackendV2) -> MeterModel:
        """The default figures with the backend's own ``default_rep_delay`` (seconds), if it states one."""
        delay = getattr(backend, "default_rep_delay", None)
        if isinstance(delay, (int, float)) and math.isfinite(delay) and delay >= 0:
            return cls(rep_delay_seconds=float(delay))
        return cls()
