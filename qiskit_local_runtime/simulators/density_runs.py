"""Blocks put in an order in which a large state is worked on a piece at a time, each of which stays in the processor's cache.

Taken block by block, a state of ten qubits is read from memory and written back for each of them, and processes that do so side
by side wait for the memory more than they compute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from .ptm import Ptm, Vector, apply_apart, apply_block

_INSIDE = 8
"""Qubits of a piece: 512 kB, twice."""
_ALONG = 2
"""Of these, those that a piece on the highest qubits takes from the lowest, so that 128 bytes lie together."""
LOW, HIGH, WHOLE = "low", "high", "whole"


class Run(NamedTuple):
    """Blocks that are applied to one piece after the other."""

    where: str
    """On the lowest qubits, the highest ones, or all of them, a block at a time."""
    blocks: tuple[int, ...]
    """Their numbers."""


def runs_of(blocks: Sequence[tuple[int, ...]], num_qubits: int) -> tuple[Run, ...]:
    """All blocks, each after those on its qubits that come before it, in few runs.

    Args:
        blocks: the qubits of each, ascending.
        num_qubits: of the state.
    """
    if num_qubits <= _INSIDE:
        return (Run(WHOLE, tuple(range(len(blocks)))),)
    high = num_qubits - (_INSIDE - _ALONG)
    left = list(range(len(blocks)))
    out = []
    while left:
        runs = [
            Run(LOW, _possible(left, blocks, 0, _INSIDE)),
            Run(HIGH, _possible(left, blocks, high, num_qubits)),
            Run(WHOLE, (left[0],)),
        ]
        best = max(runs, key=lambda run: len(run.blocks))
        out.append(best)
        left = [number for number in left if number not in best.blocks]
    return tuple(out)


def _possible(left: Sequence[int], blocks: Sequence[tuple[int, ...]], first: int, end: int) -> tuple[int, ...]:
    """Those on qubits from ``first`` to ``end`` that need not wait for any that are not."""
    taken, waiting = [], set[int]()
    for number in left:
        qubits = blocks[number]
        if qubits and qubits[0] >= first and qubits[-1] < end and waiting.isdisjoint(qubits):
            taken.append(number)
        else:
            waiting.update(qubits)
    return tuple(taken)


def act(
    states: Vector,
    runs: Sequence[Run],
    blocks: Sequence[tuple[int, ...]],
    matrices: Sequence[Ptm],
    other: Vector,
    cancel: CancelToken,
) -> Vector:
    """Apply all blocks.

    Args:
        states: ``(rows, 4^n)``; overwritten.
        runs: of all blocks.
        blocks: the qubits of each.
        matrices: of each, ``(rows or 1, 4^k, 4^k)``.
        other: like ``states``; overwritten.
        cancel: checked now and then.

    Returns:
        ``states`` or ``other``.
    """
    num_qubits = (states.shape[1].bit_length() - 1) // 2
    for where, numbers in runs:
        if where == WHOLE:
            for count, number in enumerate(numbers):
                if states.size > 1 << 16 or count % 32 == 0:
                    cancel.check()
                _apply(states, matrices[number], blocks[number], num_qubits, other)
                states, other = other, states
            continue
        lowest = 0 if where == LOW else num_qubits - _INSIDE
        for row in range(len(states)):
            cancel.check()
            own = [(matrices[n] if len(matrices[n]) == 1 else matrices[n][row : row + 1]) for n in numbers]
            places = [tuple([q - lowest for q in blocks[n]]) for n in numbers]
            for piece in _pieces(states[row], where, num_qubits):
                _piecewise(piece, own, places, other)
    return states


def _pieces(state: Vector, where: str, num_qubits: int) -> Iterator[NDArray[np.float64]]:
    """Views of a state, each like a state of :data:`_INSIDE` qubits."""
    if where == LOW:
        yield from state.reshape(-1, 1, 4**_INSIDE)
        return
    cube = state.reshape(4 ** (_INSIDE - _ALONG), -1, 4**_ALONG)
    for place in range(cube.shape[1]):
        yield cube[:, place]


def _piecewise(piece: NDArray[np.float64], matrices: Sequence[Ptm], places: Sequence[tuple[int, ...]], other: Vector) -> None:
    """Apply blocks to a piece, in place."""
    one, two = other.reshape(-1)[: 2 * piece.size].reshape(2, 1, -1)
    together = piece.flags.c_contiguous
    home = piece.reshape(1, -1) if together else one
    if not together:
        one.reshape(piece.shape)[...] = piece
    done = home
    for left, (matrix, qubits) in enumerate(zip(matrices, places, strict=True), 1 - len(matrices)):
        free = two if done is not two else one
        if not left and done is not home:
            free = home
        _apply(done, matrix, qubits, _INSIDE, free)
        done = free
    if not together or done is not home:
        piece[...] = done.reshape(piece.shape)


def _apply(states: Vector, matrices: Ptm, qubits: tuple[int, ...], num_qubits: int, out: Vector) -> None:
    first = qubits[0]
    if qubits == tuple(range(first, first + len(qubits))):
        apply_block(states, matrices, first, out)
    else:
        apply_apart(states, matrices, qubits, num_qubits, out)
