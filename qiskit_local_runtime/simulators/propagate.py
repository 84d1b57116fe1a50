"""Observables carried backwards through any circuit as sums of Paulis, the small ones left out and accounted for.

Sources: Rall, Liang, Cook, Kretschmer, "Simulation of qubit quantum circuits via Pauli propagation", Phys. Rev. A 99, 062337
(2019); Begušić, Gray, Chan, "Fast and converged classical simulations of evidence for the utility of quantum computing before
fault tolerance", Science Advances 10, eadk4321 (2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..errors import IBMInputValueError
from .back_steps import Back, BackSteps
from .pauli_sum import PauliSum

_GROWTH = 1.5
"""By how much sums may grow before equal Paulis are looked for."""
_SLACK = 256


@dataclass(frozen=True)
class Truncation:
    """What is left out of sums of Paulis.

    Raises:
        IBMInputValueError: a bound is negative, or fewer than one term may be kept.
    """

    cutoff: float = 0.0
    """Contributions whose coefficient is not larger."""
    max_weight: int | None = None
    """Paulis on more qubits; ``None``: any weight is kept."""
    max_terms: int = 1 << 20
    """The smallest beyond this number, of each observable."""

    def __post_init__(self) -> None:
        weight = self.max_weight
        if not 0 <= self.cutoff < np.inf or self.max_terms < 1 or (weight is not None and weight < 0):
            raise IBMInputValueError(
                f"Truncation: expected cutoff ≥ 0, max_weight ≥ 0 or None and max_terms ≥ 1, found {self}. Correct it."
            )


@dataclass(frozen=True, eq=False)
class Propagated:
    """Expectation values of observables, and what was left out on the way."""

    values: NDArray[np.float64]
    """Shape ``(observables,)``."""
    bound: NDArray[np.float64]
    """By how much each may be wrong at most: sum of the absolute coefficients left out; usually far too large."""
    typical: NDArray[np.float64]
    """Root of the sum of their squares: the error to expect where they have random signs. No bound."""
    terms: int
    """Most Paulis there were at a time."""


def propagate(
    paulis: PauliSum, steps: BackSteps, truncation: Truncation = Truncation(), cancel: CancelToken | None = None
) -> Propagated:
    """Carry sums of Paulis backwards to the beginning of a circuit, where all qubits are in ``|0⟩``.

    Args:
        paulis: observables at the end; afterwards what they are at the beginning.
        steps: the circuit, in the order of time.
        truncation: what may be left out.
        cancel: asked at each step.
    """
    merged = most = len(paulis)
    tables: dict[tuple[tuple[int, ...], int], list[dict[int, NDArray[np.uint64]]]] = {}
    for qubits, back in reversed(steps):
        if cancel is not None:
            cancel.check()
        key = (qubits, id(back))
        if key not in tables:
            tables[key] = [paulis.masks(qubits, flips) for flips in back.flips]
        _undo(paulis, qubits, back, tables[key], truncation.cutoff)
        most = max(most, len(paulis))
        if len(paulis) > _GROWTH * merged + _SLACK:
            _tidy(paulis, truncation)
            merged = len(paulis)
    _tidy(paulis, truncation)
    return Propagated(paulis.ground_values(), paulis.dropped, np.sqrt(paulis.dropped_squares), most)


def _undo(
    paulis: PauliSum, qubits: tuple[int, ...], back: Back, masks: list[dict[int, NDArray[np.uint64]]], cutoff: float
) -> None:
    codes = paulis.codes(qubits)
    rows = np.flatnonzero(codes)
    if not len(rows):
        return
    index, before = codes[rows], paulis.coefficients[rows]
    for branch in range(1, len(back)):
        _branch(paulis, rows, index, before * back.factors[branch][index], masks[branch], cutoff)
    paulis.change(rows, masks[0], index, before * back.factors[0][index])


def _branch(
    paulis: PauliSum,
    rows: NDArray[np.intp],
    index: NDArray[np.uint8],
    coefficients: NDArray[np.float64],
    masks: dict[int, NDArray[np.uint64]],
    cutoff: float,
) -> None:
    large = np.abs(coefficients) > cutoff
    small = np.flatnonzero(~large & (coefficients != 0))
    if len(small):
        paulis.leave_out(rows[small], coefficients[small])
    kept = np.flatnonzero(large)
    if len(kept):
        paulis.branch(rows[kept], masks, index[kept], coefficients[kept])


def _tidy(paulis: PauliSum, truncation: Truncation) -> None:
    paulis.merge()
    paulis.truncate(truncation.cutoff, truncation.max_weight, truncation.max_terms)


def bytes_of(terms: float, num_qubits: int) -> int:
    """Most memory that a sum of so many Paulis takes while it is propagated."""
    return int(3 * _GROWTH * (terms + _SLACK) * (16 * -(-num_qubits // 64) + 40))
