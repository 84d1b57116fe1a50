"""Observables taken apart into terms, each needed once per row of parameter values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparseObservable

from ..sweeps import Terms
from ..sweeps.recent import Recent

_LETTER_OF_BIT_TERM = np.zeros(16, dtype=np.uint8)
for _bits, _letter in zip((0b0010, 0b0011, 0b0001, 0b1001, 0b0101, 0b1010, 0b0110, 0b1011, 0b0111), range(1, 10), strict=True):
    _LETTER_OF_BIT_TERM[_bits] = _letter


@dataclass(frozen=True, eq=False)
class Observables:
    """Several observables as one list of distinct terms and a table of coefficients."""

    terms: Terms
    """Distinct terms on the qubits the observables act on."""
    coefficients: NDArray[np.float64]
    """Shape ``(observables, terms)``."""


def support(observables: Iterable[SparseObservable]) -> tuple[int, ...]:
    """Qubits on which an observable is not the identity, ascending."""
    found: set[int] = set()
    for observable in observables:
        found.update(np.asarray(observable.indices).tolist())
    return tuple(sorted(found))


def key_of(observable: SparseObservable) -> bytes:
    """Equal keys mean the same list of terms and coefficients."""
    parts = (observable.coeffs, observable.bit_terms, observable.indices, observable.boundaries)
    return b"|".join(np.ascontiguousarray(part).tobytes() for part in parts)


_CACHE: Recent[Observables] = Recent(32)


def take_apart(observables: list[SparseObservable], qubits: tuple[int, ...]) -> Observables:
    """Write observables as terms on ``qubits`` (column ``j`` of the letters = ``qubits[j]``, all support within).

    The last few answers are kept: variational loops ask for the same observable thousands of times.
    """
    key = (tuple(key_of(o) for o in observables), qubits)
    return _CACHE.get(key, lambda: _take_apart(observables, qubits))


def _take_apart(observables: list[SparseObservable], qubits: tuple[int, ...]) -> Observables:
    column = np.full(max((*qubits, 0)) + 1, -1)
    column[list(qubits)] = np.arange(len(qubits))
    letters = np.concatenate([_letters(o, column, len(qubits)) for o in observables])
    owner = np.repeat(np.arange(len(observables)), [o.num_terms for o in observables])
    distinct, where = np.unique(letters, axis=0, return_inverse=True)
    coefficients = np.zeros((len(observables), len(distinct)))
    values = np.concatenate([np.asarray(o.coeffs).real for o in observables])
    np.add.at(coefficients, (owner, where.reshape(-1)), values)
    return Observables(Terms(distinct), coefficients)


def _letters(observable: SparseObservable, column: NDArray[np.intp], width: int) -> NDArray[np.uint8]:
    letters = np.zeros((observable.num_terms, width), dtype=np.uint8)
    bounds = np.asarray(observable.boundaries).astype(np.intp)
    counts = bounds[1:] - bounds[:-1]
    term = np.repeat(np.arange(observable.num_terms), counts)
    letters[term, column[np.asarray(observable.indices)]] = _LETTER_OF_BIT_TERM[np.asarray(observable.bit_terms)]
    return letters


def signs(bits: NDArray[np.bool_], letters: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The value of each term on each outcome.

    Args:
        bits: ``(outcomes, qubits)``, measured in a basis in which every term is diagonal.
        letters: ``(terms, qubits)`` as in :class:`~qiskit_local_runtime.sweeps.Terms`.

    Returns:
        ``(outcomes, terms)``: ±1 for Pauli terms, 0 or ±1 where projectors occur.
    """
    ones = bits.astype(np.float32)
    paulis = ((letters > 0) & (letters < 4)).astype(np.float32)
    parity = (ones @ paulis.T) % 2
    out = 1.0 - 2.0 * parity.astype(np.float64)
    if (letters > 3).any():
        wants_one = np.isin(letters, (5, 7, 9)).astype(np.float32)
        wants_zero = np.isin(letters, (4, 6, 8)).astype(np.float32)
        misses = (1 - ones) @ wants_one.T + ones @ wants_zero.T
        out *= misses == 0
    return out
