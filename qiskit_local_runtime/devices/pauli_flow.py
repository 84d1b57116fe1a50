"""Paulis carried backwards through a shallow noisy circuit, exactly: only what lies in their light cone is looked at.

A Pauli is a whole number with two bits a qubit, 0 I, 1 X, 2 Y, 3 Z, qubit 0 least significant; an operator, a mapping of
Paulis to coefficients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Operator = dict[int, float]
_LEAST = 1e-16


@dataclass(frozen=True, eq=False)
class Process:
    """A trace-preserving map on a few qubits; of those carried forth, a unitary one."""

    ptm: NDArray[np.float64]
    """Shape ``(4^k, 4^k)``, as :attr:`.channel.Channel.ptm`."""
    qubits: tuple[int, ...]

    @cached_property
    def mask(self) -> int:
        """The bits of its qubits."""
        return sum(3 << 2 * qubit for qubit in self.qubits)

    def back(self, operator: Operator) -> Operator:
        """The operator in the Heisenberg picture."""
        return self._carried(operator, self._rows)

    def forth(self, operator: Operator) -> Operator:
        """The operator in the Schrödinger picture: ``U P U†`` of a gate."""
        return self._carried(operator, self._columns)

    @cached_property
    def _rows(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        return tuple(self._listed(row) for row in self.ptm)

    @cached_property
    def _columns(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        return tuple(self._listed(column) for column in self.ptm.T)

    def _listed(self, coefficients: NDArray[np.float64]) -> tuple[tuple[int, float], ...]:
        """The Paulis a local one becomes, spread over the bits of the whole, with their coefficients."""
        places = np.flatnonzero(np.abs(coefficients) > _LEAST).tolist()
        return tuple((self._spread(place), float(coefficients[place])) for place in places)

    def _spread(self, local: int) -> int:
        return sum(((local >> 2 * place) & 3) << 2 * qubit for place, qubit in enumerate(self.qubits))

    def _carried(self, operator: Operator, table: tuple[tuple[tuple[int, float], ...], ...]) -> Operator:
        out: Operator = defaultdict(float)
        for pauli, value in operator.items():
            if not pauli & self.mask:
                out[pauli] += value
                continue
            local = sum(((pauli >> 2 * qubit) & 3) << 2 * place for place, qubit in enumerate(self.qubits))
            rest = pauli & ~self.mask
            for image, factor in table[local]:
                out[rest | image] += value * factor
        return out


def diagonal(letters: NDArray[np.uint8], gates: Iterable[Process], noisy: Iterable[Process]) -> NDArray[np.float64]:
    """By how much Paulis shrink in the noise of a layer, taken before it: of ``U⁻¹ N`` the diagonal of the transfer matrix.

    Args:
        letters: Paulis, shape ``(paulis, qubits)``, 0 I, 1 X, 2 Y, 3 Z.
        gates: those of the ideal layer ``U``, on different qubits.
        noisy: all that happens in the noisy layer ``N``, in the order of time.

    Returns:
        Shape ``(paulis,)``.
    """
    ideal, reverse = tuple(gates), tuple(noisy)[::-1]
    return np.array([_shrink(_pauli(row), ideal, reverse) for row in letters])


def _shrink(pauli: int, ideal: tuple[Process, ...], reverse: tuple[Process, ...]) -> float:
    operator: Operator = {pauli: 1.0}
    for gate in ideal:
        if gate.mask & pauli:
            operator = gate.forth(operator)
    support = _support(operator)
    for process in reverse:
        if process.mask & support:
            operator = process.back(operator)
            support = _support(operator)
    return operator.get(pauli, 0.0)


def _support(operator: Mapping[int, float]) -> int:
    """Bits of every qubit that the operator acts on, one at least."""
    found = 0
    for pauli in operator:
        found |= pauli
    return found


def _pauli(letters: NDArray[np.uint8]) -> int:
    return sum(int(letters[qubit]) << 2 * int(qubit) for qubit in np.flatnonzero(letters))
