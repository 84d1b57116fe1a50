"""From a tape and a device's noise to blocks of transfer matrices, one per two-qubit gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from ..devices.device import ActiveDevice
from ..sweeps import Step, Sweep, Tape
from ..sweeps.recent import Recent
from .bound_gates import Bound, bound_matrices
from .density_runs import Run, runs_of
from .gate_matrices import Matrices
from .ptm import RESET, Ptm, embedded, product, unitary_ptms
from .state_compile import Compiled, gates_of
from .state_ops import Gate

_KEPT = 128


@dataclass(frozen=True, eq=False)
class Piece:
    """Something that happens to some qubits: a fixed matrix, or a parametrised gate."""

    qubits: tuple[int, ...]
    fixed: Ptm | None
    gate: Gate | None = None

    def matrices(self, rotations: dict[str, Ptm]) -> Ptm:
        """``(rows or 1, 4^k, 4^k)``."""
        if self.gate is not None:
            return rotations[self.gate.family][:, self.gate.slot]
        assert self.fixed is not None
        return self.fixed[None]


@dataclass(eq=False)
class Block:
    """Pieces on one or two qubits (rarely more), multiplied to one matrix before they touch the state."""

    qubits: tuple[int, ...]
    """Ascending."""
    pieces: list[Piece] = field(default_factory=list)
    _fixed: Ptm | None = None

    def matrices(self, rotations: dict[str, Ptm]) -> Ptm:
        """The block's transfer matrices, ``(rows or 1, 4^k, 4^k)``; fixed blocks are multiplied once."""
        if self._fixed is not None:
            return self._fixed
        out: Ptm = np.eye(4 ** len(self.qubits))[None]
        waiting: dict[int, Ptm] = {}
        for piece in self.pieces:
            own = piece.matrices(rotations)
            if len(piece.qubits) == 1:
                (qubit,) = piece.qubits
                waiting[qubit] = own @ waiting[qubit] if qubit in waiting else own
            else:
                out = embedded(own, piece.qubits, self.qubits) @ self._flushed(waiting, out)
        out = self._flushed(waiting, out)
        if all(piece.gate is None for piece in self.pieces):
            self._fixed = out
        return out

    def closed(self) -> Block:
        """The same with neighbouring fixed pieces on equal qubits multiplied."""
        pieces: list[Piece] = []
        last: dict[int, int] = {}
        for piece in self.pieces:
            before = {last.get(qubit, -1) for qubit in piece.qubits}
            place = before.pop() if len(before) == 1 else -1
            found = pieces[place] if place >= 0 else None
            if found is not None and found.qubits == piece.qubits and found.fixed is not None and piece.fixed is not None:
                pieces[place] = Piece(piece.qubits, piece.fixed @ found.fixed)
                continue
            last.update(dict.fromkeys(piece.qubits, len(pieces)))
            pieces.append(piece)
        return Block(self.qubits, pieces)

    def _flushed(self, waiting: dict[int, Ptm], out: Ptm) -> Ptm:
        """Multiply the one-qubit processes that wait into ``out``."""
        if not waiting:
            return out
        factors = [waiting.pop(qubit, _IDENTITY) for qubit in self.qubits]
        return reduce(lambda low, high: product(high, low), factors) @ out


_IDENTITY: Ptm = np.eye(4)[None]


@dataclass(frozen=True, eq=False)
class Blocks:
    """A compiled tape."""

    blocks: tuple[Block, ...]
    gates: Compiled
    """Names and angles of the parametrised gates."""
    runs: tuple[Run, ...]
    """In which order they are applied."""

    @property
    def qubits(self) -> list[tuple[int, ...]]:
        """Of each block."""
        return [block.qubits for block in self.blocks]

    def rotations(self, sweep: Sweep, rows: slice) -> dict[str, Ptm]:
        """Transfer matrices of the parametrised gates for some rows: family to ``(rows, gates, 4^k, 4^k)``."""
        return {family: unitary_ptms(matrices) for family, matrices in self.gates.rotations(sweep, rows).items()}


def blocks_of(tape: Tape, device: ActiveDevice) -> Blocks:
    """Compile a tape's body with a device's noise, or return what was compiled for an equal one before."""
    return _CACHE.get((tape.key, id(device.noise)), lambda: _compile(tape, device), device.noise)


_CACHE: Recent[Blocks] = Recent(_KEPT)


def _compile(tape: Tape, device: ActiveDevice) -> Blocks:
    families: dict[str, list[tuple[Any, ...]]] = {}
    blocks: list[Block] = []
    open_block: dict[int, Block] = {}
    known = _Known(bound_matrices(tape.body))
    for step in tape.body:
        for piece in _pieces(step, device, families, known):
            _place(piece, blocks, open_block)
    gates = Compiled(tape.num_qubits, (), {name: tuple(found) for name, found in families.items()})
    closed = tuple(block.closed() for block in _paired(blocks))
    return Blocks(closed, gates, runs_of([block.qubits for block in closed], tape.num_qubits))


def _place(piece: Piece, blocks: list[Block], last: dict[int, Block]) -> None:
    """Put a piece into the block that last acted on its qubits, or open a new one that swallows one-qubit blocks."""
    holders = {id(last[q]): last[q] for q in piece.qubits if q in last}
    if len(holders) == 1:
        (holder,) = holders.values()
        if set(piece.qubits) <= set(holder.qubits):
            holder.pieces.append(piece)
            return
    block = Block(tuple(sorted(piece.qubits)))
    for holder in holders.values():
        if len(holder.qubits) == 1:
            block.pieces += holder.pieces
            blocks.remove(holder)
    block.pieces.append(piece)
    blocks.append(block)
    for qubit in piece.qubits:
        last[qubit] = block


def _paired(blocks: list[Block]) -> Iterator[Block]:
    """Blocks in order, single-qubit ones on neighbouring qubits joined (each costs a pass over the whole state)."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None and len(block.qubits) == 1 and abs(block.qubits[0] - waiting.qubits[0]) == 1:
            yield Block(tuple(sorted(waiting.qubits + block.qubits)), waiting.pieces + block.pieces)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if len(block.qubits) == 1:
            waiting = block
        else:
            yield block
    if waiting is not None:
        yield waiting


class _Known:
    """The matrices of a circuit's gates, and what their transfer matrices are.

    Args:
        bound: those of gates with fixed angles.
    """

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self._ptms: dict[int, tuple[Matrices, Ptm]] = {}
        """By a matrix's id; the matrix is kept, so that its id stays its own."""

    def ptm(self, matrix: Matrices) -> Ptm:
        """A transfer matrix; gates that occur often have one matrix."""
        found = self._ptms.get(id(matrix))
        if found is None:
            found = self._ptms[id(matrix)] = (matrix, unitary_ptms(matrix))
        return found[1]


def _pieces(step: Step, device: ActiveDevice, families: dict[str, list[tuple[Any, ...]]], known: _Known) -> Iterator[Piece]:
    if step.name == "reset":
        yield Piece(step.qubits, RESET)
    else:
        for gate in gates_of(step, families, known.bound):
            fixed = None if gate.constant is None else known.ptm(gate.constant)
            yield Piece(gate.qubits, fixed, None if gate.constant is not None else gate)
    if device.noise is not None:
        for channel, where in device.noise.after(step):
            yield Piece(where, channel.ptm)
