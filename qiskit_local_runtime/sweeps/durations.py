"""How long instructions last, in whole ticks: ``dt`` where the device has one, picoseconds otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qiskit.circuit import CircuitInstruction, Delay

from ..errors import IBMInputValueError

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "ps": 1e-12}
_TIMELESS = frozenset({"barrier", "store"})
_PICOSECOND = 1e-12
NOISELESS = "idle"
"""Label of instructions that take no time and have no errors: rotations of idle qubits, which are noise themselves, and flips
before and after measurements."""


@dataclass(frozen=True, eq=False)
class Durations:
    """How long instructions last."""

    seconds: Callable[[str, tuple[int, ...], tuple[Any, ...]], float | None]
    """``(name, qubits, params)`` to seconds; ``None`` for what the device cannot do or tells no duration of. Qubits are
    indices of the circuit that is scheduled."""
    dt: float | None = None
    """Seconds of a tick; ``None``: ticks are picoseconds."""
    alignment: int = 1
    """Gates start at multiples of so many ticks."""

    def __post_init__(self) -> None:
        if self.alignment < 1 or (self.dt is not None and not self.dt > 0):
            raise IBMInputValueError(
                f"Durations: expected alignment ≥ 1 and dt > 0, found alignment={self.alignment}, dt={self.dt}. "
                "Correct the target's timing constraints, or give dt=None."
            )

    @property
    def tick(self) -> float:
        """Seconds of a tick."""
        return self.dt if self.dt is not None else _PICOSECOND

    @property
    def unit(self) -> str:
        """Unit of delays that are counted in ticks."""
        return "dt" if self.dt is not None else "ps"

    def ticks(self, name: str, qubits: tuple[int, ...], params: tuple[Any, ...] = ()) -> int | None:
        """Duration of a gate, measurement or reset in ticks, rounded; ``None`` where unknown."""
        seconds = self.seconds(name, qubits, params)
        return None if seconds is None else round(seconds / self.tick)

    def of(self, item: CircuitInstruction, qubits: tuple[int, ...]) -> int | None:
        """Duration of an instruction in ticks; ``None`` where unknown.

        Barriers, classical stores and directives such as saves take no time.

        Raises:
            IBMInputValueError: a delay depends on a parameter, or is in ``dt`` where ``dt`` is unknown.
        """
        name = item.name
        if name in _TIMELESS:
            return 0
        if name == "delay":
            return self._delay(item)
        if item.label == NOISELESS:
            return 0
        plain = name in ("measure", "reset") or item.is_standard_gate()
        if not plain and getattr(item.operation, "_directive", False):
            return 0
        return self.ticks(name, qubits, tuple(item.params))

    def known(self, item: CircuitInstruction, qubits: tuple[int, ...]) -> bool:
        """Whether :meth:`of` tells the duration of an instruction."""
        try:
            return self.of(item, qubits) is not None
        except IBMInputValueError:
            return False

    def delay(self, ticks: int) -> Delay:
        """A delay of so many ticks."""
        return Delay(ticks, self.unit)

    def up(self, ticks: int) -> int:
        """The least multiple of the alignment that is not less."""
        return -(-ticks // self.alignment) * self.alignment

    def down(self, ticks: int) -> int:
        """The greatest multiple of the alignment that is not more."""
        return ticks // self.alignment * self.alignment

    def _delay(self, item: CircuitInstruction) -> int:
        amount, unit = item.params[0], item.operation.unit
        if not isinstance(amount, (int, float)) or (unit != "dt" and unit not in _UNITS):
            raise IBMInputValueError(
                f"Scheduling expects delays of fixed duration, found a delay of {amount} ({unit}). Assign its duration first."
            )
        if unit != "dt":
            return round(amount * _UNITS[unit] / self.tick)
        if self.dt is None:
            raise IBMInputValueError(
                f"Expected delays in s, ms, us, ns or ps on a backend whose dt is unknown, found {amount} dt. Change the unit."
            )
        return round(amount)
