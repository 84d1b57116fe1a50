"""What a sparse model is made of: Paulis on one qubit, and on two that are neighbours."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError


def pairs_within(qubits: tuple[int, ...], coupling: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The coupled pairs inside a layer, by position in ``qubits``, each once and ascending.

    Args:
        qubits: physical qubits of the layer.
        coupling: coupled physical qubits, in either order.
    """
    place = {qubit: i for i, qubit in enumerate(qubits)}
    found = {tuple(sorted((place[a], place[b]))) for a, b in coupling if a in place and b in place and a != b}
    return tuple((a, b) for a, b in sorted(found))


def generators_of(num_qubits: int, pairs: Iterable[tuple[int, int]]) -> NDArray[np.uint8]:
    """All Paulis on one qubit and on coupled pairs, shape ``(3 × qubits + 9 × pairs, qubits)``: 1 X, 2 Y, 3 Z.

    Args:
        num_qubits: of the layer.
        pairs: positions of coupled qubits, each pair once.

    Raises:
        IBMInputValueError: a pair is not two qubits of the layer.
    """
    rows = [_row(num_qubits, {qubit: letter}) for qubit in range(num_qubits) for letter in (1, 2, 3)]
    for one, two in pairs:
        if one == two or not (0 <= one < num_qubits and 0 <= two < num_qubits):
            raise IBMInputValueError(
                f"Expected pairs of two of the layer's {num_qubits} qubits, found {(one, two)}. Count positions from 0."
            )
        rows += [_row(num_qubits, {one: first, two: second}) for first in (1, 2, 3) for second in (1, 2, 3)]
    return np.array(rows, dtype=np.uint8).reshape(-1, num_qubits)


def _row(num_qubits: int, letters: dict[int, int]) -> list[int]:
    return [letters.get(qubit, 0) for qubit in range(num_qubits)]
