"""Numbers of a noise preset: one for all, one for each qubit or pair, or drawn for each."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from ..errors import IBMInputValueError

Place = tuple[int, ...]
"""Qubits, ascending: one or two."""


@dataclass(frozen=True)
class Spread:
    """A number for each qubit or pair, drawn evenly between two bounds; the same for the same seed."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (_is_number(self.low) and _is_number(self.high) and self.low <= self.high):
            raise IBMInputValueError(
                f"Spread: expected finite numbers low ≤ high, found low={self.low!r}, high={self.high!r}. Correct them."
            )


QubitValue = float | Mapping[int, float] | Spread
"""A number for all qubits, numbers by qubit (0 for others), or a spread."""
PairValue = float | Mapping[tuple[int, int], float] | Spread
"""A number for all pairs, numbers by pair in either order (0 for others), or a spread."""


@dataclass(frozen=True, eq=False)
class Values:
    """A preset's numbers, settled."""

    name: str
    """``"Drift.hertz"``: what errors call it, and what tells its random numbers from those of other presets."""
    value: float | Spread | Mapping[Place, float]
    seed: int

    @classmethod
    def of(cls, name: str, value: Any, width: int, seed: int, *, negative: bool = True) -> Values:
        """Read what a user gave.

        Args:
            name: what errors call it.
            value: a number, a spread, or a mapping by qubit or by pair.
            width: qubits of a place: 1 or 2.
            seed: of spreads.
            negative: whether numbers may be less than 0.

        Raises:
            IBMInputValueError: it is neither, or a number is not finite or negative where it must not be.
        """
        if isinstance(value, Mapping):
            value = {_place(name, key, width): number for key, number in value.items()}
            numbers: list[Any] = list(value.values())
        else:
            numbers = [value.low] if isinstance(value, Spread) else [value]
        for number in numbers:
            if not _is_number(number) or (number < 0 and not negative):
                bound = "" if negative else " of at least 0"
                kind = "qubit" if width == 1 else "pair of qubits"
                raise IBMInputValueError(
                    f"{name}: expected finite numbers{bound} (one, a mapping by {kind}, or a Spread), found {number!r}. "
                    "Correct it."
                )
        return cls(name, value if isinstance(value, (Mapping, Spread)) else float(value), seed)

    def at(self, place: Place) -> float:
        """The number of a qubit or pair."""
        if isinstance(self.value, Spread):
            # a number depends on its place alone, not on what else is asked for
            rng = np.random.default_rng([self.seed, zlib.crc32(self.name.encode()), *sorted(place)])
            return float(rng.uniform(self.value.low, self.value.high))
        return float(self.value.get(tuple(sorted(place)), 0.0)) if isinstance(self.value, Mapping) else self.value

    def places(self) -> tuple[Place, ...] | None:
        """The qubits or pairs that were named; ``None``: all."""
        return tuple(sorted(self.value)) if isinstance(self.value, Mapping) else None


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _place(name: str, key: Any, width: int) -> Place:
    place = (key,) if width == 1 and not isinstance(key, tuple) else key
    fine = isinstance(place, tuple) and len(set(place)) == len(place) == width
    if not fine or not all(isinstance(q, (int, np.integer)) and not isinstance(q, bool) and q >= 0 for q in place):
        kind = "a qubit (int)" if width == 1 else "a pair of different qubits (int, int)"
        raise IBMInputValueError(f"{name}: expected {kind} as key of the mapping, found {key!r}. Correct the key.")
    return tuple(sorted(int(q) for q in place))
