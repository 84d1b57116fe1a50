"""Measurement bases in which every pair of neighbours is measured in all nine ways.

Qubits are coloured so that neighbours differ; a colour is a column of an orthogonal array of strength two over the three
letters. Up to four colours need nine bases, however many qubits there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, product

import numpy as np
from numpy.typing import NDArray


def measurement_bases(num_qubits: int, pairs: Iterable[tuple[int, int]]) -> NDArray[np.uint8]:
    """As few bases as colours allow: 3 without neighbours, else 9, or 27 where more than four colours are needed.

    Returns:
        Shape ``(bases, num_qubits)``: 1 X, 2 Y, 3 Z. Each letter is measured on each qubit, and each pair of letters on each
        pair, equally often.
    """
    colours = _coloured(num_qubits, list(pairs))
    columns = _columns(int(colours.max(initial=0)) + 1)
    runs = np.array(list(product(range(3), repeat=columns.shape[1])))
    return np.asarray((runs @ columns.T % 3 + 1)[:, colours], dtype=np.uint8)


def _coloured(num_qubits: int, pairs: list[tuple[int, int]]) -> NDArray[np.intp]:
    """Greedily, always the most constrained qubit next (Brélaz, Comm. ACM 22, 251, 1979): optimal where two will do."""
    neighbours: list[set[int]] = [set() for _ in range(num_qubits)]
    for one, two in pairs:
        neighbours[one].add(two)
        neighbours[two].add(one)
    colours: dict[int, int] = {}
    taken: list[set[int]] = [set() for _ in range(num_qubits)]
    left = set(range(num_qubits))
    while left:
        qubit = max(left, key=lambda q: (len(taken[q]), len(neighbours[q]), -q))
        left.remove(qubit)
        colours[qubit] = next(colour for colour in count() if colour not in taken[qubit])
        for other in neighbours[qubit]:
            taken[other].add(colours[qubit])
    return np.array([colours[qubit] for qubit in range(num_qubits)], dtype=np.intp)


def _columns(colours: int) -> NDArray[np.intp]:
    """Linear forms over the field of three, no two of them proportional: ``(at least colours, variables)``."""
    variables = next(n for n in count(1) if (3**n - 1) // 2 >= colours)
    forms = [form for form in product(range(3), repeat=variables) if next((c for c in form if c), 0) == 1]
    return np.array(forms, dtype=np.intp)
