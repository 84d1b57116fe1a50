"""The operations a batched state-vector evolution is made of.

States are arrays of shape ``(rows, 2^n)``. Qubits are cut into aligned groups of at most four; whatever happens inside a
group becomes one small matrix per row, so that a layer of gates costs one matrix product a group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .gate_matrices import Matrices
from .products import multiply, multiply_rows

State = NDArray[np.complex128]
Rotations = Mapping[str, Matrices]
"""Per family of parametrised gates all its matrices, ``(rows, gates, 2^k, 2^k)``: computed in one go."""
Owners = NDArray[np.intp]
"""For each state the row whose matrices it suffers, where several states share a row."""


class Gate(NamedTuple):
    """A gate on some qubits: a constant matrix or one that depends on angles."""

    qubits: tuple[int, ...]
    constant: Matrices | None
    """``(2^k, 2^k)``, ``qubits[0]`` least significant; ``None``: see :attr:`family`."""
    family: str = ""
    slot: int = 0
    """Which of the family's matrices."""
    diagonal: bool = False
    permutation: bool = False

    def matrices(self, rotations: Rotations) -> Matrices:
        """``(rows or 1, 2^k, 2^k)``."""
        if self.constant is not None:
            return np.asarray(self.constant[None])
        return np.asarray(rotations[self.family][:, self.slot])


@dataclass(eq=False)
class Local:
    """Gates inside one group of qubits, multiplied to one matrix before they touch the state."""

    lowest: int
    width: int
    gates: list[Gate] = field(default_factory=list)
    _settled: Matrices | None = None

    def settle(self, matrix: Matrices) -> None:
        """Take ``(1, 2^width, 2^width)`` in place of the gates, which are forgotten: hundreds a circuit add up."""
        self._settled = matrix
        self.gates = []
        vars(self).pop("pieces", None)

    def apply(self, state: State, rotations: Rotations, owners: Owners | None = None) -> State:
        """Multiply the group's matrix into the state."""
        rows = len(state)
        matrix = self._constant if self._constant is not None else owned(self._matrices(rotations), owners)
        dim, below = 1 << self.width, 1 << self.lowest
        out = np.empty_like(state)
        if below == 1:
            shape = (-1, dim) if len(matrix) == 1 else (rows, -1, dim)
            multiply_rows(state.reshape(shape), matrix[0] if len(matrix) == 1 else matrix, out.reshape(shape))
        else:
            cube = (rows, -1, dim, below)
            multiply(matrix[:, None], state.reshape(cube), out.reshape(cube))
        return out

    @cached_property
    def _constant(self) -> Matrices | None:
        if self._settled is not None:
            return self._settled
        if all(gate.constant is not None for gate in self.gates):
            return self._product(self.pieces, {})
        return None

    @cached_property
    def pieces(self) -> list[list[Gate] | Matrices]:
        """Runs of one-qubit gates, and everything else with constant neighbours multiplied beforehand."""
        pieces: list[list[Gate] | Matrices] = []
        for gate in self.gates:
            if len(gate.qubits) == 1 or gate.constant is None:
                single = len(gate.qubits) == 1
                last = pieces[-1] if pieces else None
                if single and isinstance(last, list) and len(last[0].qubits) == 1:
                    last.append(gate)
                else:
                    pieces.append([gate])
                continue
            embedded = self._embed(gate.constant[None], gate.qubits)
            if pieces and not isinstance(pieces[-1], list):
                pieces[-1] = embedded @ pieces[-1]
            else:
                pieces.append(embedded)
        return pieces

    def _matrices(self, rotations: Rotations) -> Matrices:
        return self._product(self.pieces, rotations)

    def _product(self, pieces: list[list[Gate] | Matrices], rotations: Rotations) -> Matrices:
        factors = [piece if isinstance(piece, np.ndarray) else self._piece(piece, rotations) for piece in pieces]
        return reduce(lambda done, factor: factor @ done, factors)

    def _piece(self, gates: list[Gate], rotations: Rotations) -> Matrices:
        if len(gates[0].qubits) > 1:
            return self._embed(gates[0].matrices(rotations), gates[0].qubits)
        each: dict[int, Matrices] = {}
        for gate in gates:
            matrix = gate.matrices(rotations)
            qubit = gate.qubits[0]
            each[qubit] = matrix @ each[qubit] if qubit in each else matrix
        identity = np.eye(2, dtype=complex)[None]
        out = np.ones((1, 1, 1), dtype=complex)
        for qubit in range(self.lowest, self.lowest + self.width):
            out = kron(each.get(qubit, identity), out)
        return out

    def _embed(self, matrices: Matrices, qubits: tuple[int, ...]) -> Matrices:
        size = 1 << self.width
        into, out_of = _entries(self.width, tuple([q - self.lowest for q in qubits]))
        out = np.zeros((len(matrices), size * size), dtype=complex)
        out[:, into] = matrices.reshape(len(matrices), -1)[:, out_of]
        return out.reshape(-1, size, size)


@cache
def _entries(width: int, qubits: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where in the flat matrix of a group a gate's entries are, and which of its own each is."""
    index = np.arange(1 << width)
    inside = gather_bits(index, list(qubits))
    rest = index & ~sum(1 << q for q in qubits)
    into = np.flatnonzero(rest[:, None] == rest[None, :])
    return into, ((inside[:, None] << len(qubits)) | inside[None, :]).reshape(-1)[into]


@dataclass(eq=False)
class Diagonal:
    """Gates that only multiply amplitudes by phases."""

    num_qubits: int
    gates: list[Gate] = field(default_factory=list)

    def apply(self, state: State, rotations: Rotations, owners: Owners | None = None) -> State:
        """Multiply the phases into the state."""
        if self._constant is not None:
            state = state * self._constant
        for gate in self.gates:
            if gate.constant is None:
                entries = owned(np.diagonal(gate.matrices(rotations), axis1=1, axis2=2), owners)
                state = state * entries[:, gather_bits(np.arange(1 << self.num_qubits), list(gate.qubits))]
        return state

    @cached_property
    def _constant(self) -> State | None:
        index = np.arange(1 << self.num_qubits)
        found = [np.diagonal(g.constant)[gather_bits(index, list(g.qubits))] for g in self.gates if g.constant is not None]
        return reduce(np.multiply, found) if found else None


@dataclass(eq=False)
class Permute:
    """Gates that only permute amplitudes, composed into one."""

    num_qubits: int
    gates: list[Gate] = field(default_factory=list)

    def apply(self, state: State, rotations: Rotations, owners: Owners | None = None) -> State:
        """Move the amplitudes."""
        return np.take(state, self._source, axis=1)

    @cached_property
    def _source(self) -> NDArray[np.intp]:
        """``new[j] = old[source[j]]``."""
        index = np.arange(1 << self.num_qubits)
        source = index
        for gate in self.gates:
            assert gate.constant is not None
            before = np.argmax(np.abs(gate.constant), axis=1)
            qubits = list(gate.qubits)
            moved = (index & ~sum(1 << q for q in qubits)) | scatter_bits(before[gather_bits(index, qubits)], qubits)
            source = source[moved]
        return source


@dataclass(eq=False)
class Dense:
    """Any gate across groups."""

    num_qubits: int
    gate: Gate

    def apply(self, state: State, rotations: Rotations, owners: Owners | None = None) -> State:
        """Bring the gate's qubits together, multiply, put them back."""
        return apply_gate(state, owned(self.gate.matrices(rotations), owners), self.gate.qubits)


Operation = Local | Diagonal | Permute | Dense


def owned(matrices: Matrices, owners: Owners | None) -> Matrices:
    """One matrix a state; a single one, for all of them, stays single."""
    return matrices if owners is None or len(matrices) == 1 else np.asarray(matrices[owners])


def apply_gate(state: State, matrices: Matrices, qubits: tuple[int, ...]) -> State:
    """Act on any qubits of ``(rows, 2^n)`` states.

    Args:
        state: not changed.
        matrices: ``(rows or 1, 2^k, 2^k)``, ``qubits[0]`` least significant.
        qubits: on which.
    """
    if len(qubits) == 1:
        return _apply_one(state, matrices, qubits[0])
    rows, size = state.shape
    num_qubits, count = size.bit_length() - 1, len(qubits)
    axes = [num_qubits - q for q in reversed(qubits)]
    cube = np.moveaxis(state.reshape(rows, *(2,) * num_qubits), axes, range(1, count + 1))
    done = matrices @ cube.reshape(rows, 1 << count, -1)
    return np.ascontiguousarray(np.moveaxis(done.reshape(cube.shape), range(1, count + 1), axes)).reshape(rows, size)


def reduced(state: State, qubits: tuple[int, ...]) -> NDArray[np.complex128]:
    """Reduced density matrices ``(shots, 2^k, 2^k)``."""
    shots, size = state.shape
    count = size.bit_length() - 1
    axes = [count - q for q in reversed(qubits)]
    cube = np.moveaxis(state.reshape(shots, *(2,) * count), axes, range(1, len(axes) + 1))
    flat = cube.reshape(shots, 1 << len(qubits), -1)
    return np.asarray(flat @ flat.conj().transpose(0, 2, 1))


def _apply_one(state: State, matrices: Matrices, qubit: int) -> State:
    """Plain sums of products: products of many matrices of two columns are slow."""
    cube = state.reshape(len(state), -1, 2, 1 << qubit)
    out = np.empty_like(cube)
    for i in range(2):
        np.multiply(cube[:, :, 0], matrices[:, i, 0, None, None], out=out[:, :, i])
        out[:, :, i] += cube[:, :, 1] * matrices[:, i, 1, None, None]
    return out.reshape(state.shape)


def kron(high: Matrices, low: Matrices) -> Matrices:
    """Kronecker products row by row, either side with one row or many."""
    product = high[:, :, None, :, None] * low[:, None, :, None, :]
    dim = high.shape[1] * low.shape[1]
    return np.asarray(product.reshape(-1, dim, dim))


def gather_bits(index: NDArray[np.intp], qubits: list[int]) -> NDArray[np.intp]:
    """Bits ``qubits`` of every index, as a smaller index (``qubits[0]`` least significant)."""
    out = np.zeros_like(index)
    for place, qubit in enumerate(qubits):
        out |= ((index >> qubit) & 1) << place
    return out


def scatter_bits(index: NDArray[np.intp], qubits: list[int]) -> NDArray[np.intp]:
    """The reverse of :func:`gather_bits`."""
    out = np.zeros_like(index)
    for place, qubit in enumerate(qubits):
        out |= ((index >> place) & 1) << qubit
    return out
