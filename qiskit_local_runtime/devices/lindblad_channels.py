"""Sparse Pauli–Lindblad models as channels on a few qubits each, which is what simulators take.

All generators commute as channels, so they may be gathered by the qubits they act on, in any order.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad, anticommute
from .channel import Channel, pauli_vectors
from .noise import Channels

_WIDEST = 4
"""Qubits of a generator: a channel on ``k`` of them has ``16^k`` entries."""


def channels_of(model: PauliLindblad) -> Channels:
    """The model as Pauli channels: one for each pair of qubits that has generators, the generators of one qubit with them.

    Args:
        model: with rates of at least 0.

    Returns:
        Channels and the places of their qubits; together they are the model exactly.

    Raises:
        IBMInputValueError: a generator acts on more than four qubits.
    """
    out = []
    for places, rows in _gathered(model).items():
        width = len(places)
        fidelities = _fidelities(model.letters[np.ix_(rows, list(places))], model.rates[rows], width)
        vectors = pauli_vectors(width)
        superop = (vectors.T * fidelities) @ vectors.conj() / 2**width
        out.append((Channel(superop), places))
    return tuple(out)


def _gathered(model: PauliLindblad) -> dict[tuple[int, ...], list[int]]:
    """Rows of generators by the places they act on; those inside a larger group join it."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row, letters in enumerate(model.letters):
        places = tuple(np.flatnonzero(letters).tolist())
        if places and model.rates[row]:
            groups[places].append(row)
    widest = max(map(len, groups), default=0)
    if widest > _WIDEST:
        raise IBMInputValueError(
            f"Layer noise is simulated with generators on at most {_WIDEST} qubits, found one on {widest}. Leave it out, or "
            "write it as a product of smaller ones."
        )
    owner = {place: places for places in groups if len(places) > 1 for place in places}
    for places in [places for places in groups if len(places) == 1 and places[0] in owner]:
        groups[owner[places[0]]] += groups.pop(places)
    return groups


def _fidelities(letters: NDArray[np.uint8], rates: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Of all Paulis in the order of :class:`.channel.Channel`, shape ``(4^width,)``."""
    every = (np.arange(4**width)[:, None] >> 2 * np.arange(width)) & 3
    return np.asarray(np.exp(-2 * anticommute(every.astype(np.uint8), letters) @ rates))
