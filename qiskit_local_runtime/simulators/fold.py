"""Operations that no angle changes, multiplied out when a circuit is compiled: those of a whole circuit at once.

A small circuit has some hundred gates on one qubit. Multiplied one by one they cost more than the evolution itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

from .gate_matrices import Matrices
from .state_ops import Gate, Local, Operation, kron

_TOGETHER = 32
"""Operations, and gates of each: 32 MB of matrices at most."""
_MOST_GATES = 256


def fold(operations: Iterable[Operation]) -> None:
    """Give operations whose gates are all constant their matrices; the gates themselves are forgotten."""
    fixed = [o for o in operations if isinstance(o, Local) and len(o.gates) <= _MOST_GATES and _constant(o.gates)]
    for width in sorted({operation.width for operation in fixed}):
        same = [operation for operation in fixed if operation.width == width]
        for start in range(0, len(same), _TOGETHER):
            _fold(same[start : start + _TOGETHER], width)


def _constant(gates: Sequence[Gate]) -> bool:
    return all([gate.constant is not None for gate in gates])  # noqa: C419 - a generator takes three times as long


def _fold(operations: Sequence[Local], width: int) -> None:
    pieces = [operation.pieces for operation in operations]
    runs = [(o.lowest, piece) for o, own in zip(operations, pieces, strict=True) for piece in own if isinstance(piece, list)]
    layers = iter(_layers(runs, width))
    for operation, own in zip(operations, pieces, strict=True):
        factors = [next(layers)[None] if isinstance(piece, list) else piece for piece in own]
        operation.settle(reduce(lambda done, factor: factor @ done, factors))


def _layers(runs: Sequence[tuple[int, list[Gate]]], width: int) -> Matrices:
    """The matrices of runs of one-qubit gates, each with the lowest qubit of its group: ``(runs, 2^width, 2^width)``."""
    chains: list[list[Matrices]] = [[] for _ in range(len(runs) * width)]
    for number, (lowest, gates) in enumerate(runs):
        for gate in gates:
            assert gate.constant is not None
            chains[number * width + gate.qubits[0] - lowest].append(gate.constant)
    single = _products(chains).reshape(-1, width, 2, 2)
    return reduce(lambda low, qubit: kron(single[:, qubit], low), range(1, width), single[:, 0])


def _products(chains: Sequence[Sequence[Matrices]]) -> Matrices:
    """The product of each chain of 2 × 2 matrices, the first rightmost; the identity for an empty one."""
    out = np.tile(np.eye(2, dtype=complex), (len(chains), 1, 1))
    for depth in range(max(map(len, chains), default=0)):
        places = [place for place, chain in enumerate(chains) if len(chain) > depth]
        matrices = np.array([chains[place][depth] for place in places])
        out[places] = matrices @ out[places] if depth else matrices
    return out
