"""The operations a batched state-vector evolution is made of.

States are arrays of shape ``(rows, 2^n)``. Qubits are cut into aligned groups of at most four; whatever happens inside a
group becomes one small matrix per row, so that a layer of gates costs one matrix product a group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from .gate_matrices import Matrices

State = NDArray[np.complex128]
Rotations = Mapping[str, Matrices]
"""Per family of parametrised gates all its matrices, ``(rows, gates, 2^k, 2^k)``: computed in one go."""


@dataclass(frozen=True, eq=False)
class Gate:
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

    def apply(self, state: State, rotations: Rotations) -> State:
        """Multiply the group's matrix into the state."""
        rows, size = state.shape
        matrix = self._constant if self._constant is not None else self._matrices(rotations)
        dim, below = 1 << self.width, 1 << self.lowest
        if below == 1:
            if len(matrix) == 1:
                return np.asarray((state.reshape(-1, dim) @ matrix[0].T).reshape(rows, size))
            return (state.reshape(rows, -1, dim) @ matrix.transpose(0, 2, 1)).reshape(rows, size)
        return (matrix[:, None] @ state.reshape(rows, -1, dim, below)).reshape(rows, size)

    @cached_property
    def _constant(self) -> Matrices | None:
        if all(gate.constant is not None for gate in self.gates):
            return self._product(self._pieces, {})
        return None

    @cached_property
    def _pieces(self) -> list[list[Gate] | Matrices]:
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
        return self._product(self._pieces, rotations)

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
        local = [q - self.lowest for q in qubits]
        index = np.arange(1 << self.width)
        inside = gather_bits(index, local)
        rest = index & ~sum(1 << q for q in local)
        out = np.zeros((len(matrices), len(index), len(index)), dtype=complex)
        same = rest[:, None] == rest[None, :]
        out[:, same] = matrices[:, inside[:, None], inside[None, :]][:, same]
        return out


@dataclass(eq=False)
class Diagonal:
    """Gates that only multiply amplitudes by phases."""

    num_qubits: int
    gates: list[Gate] = field(default_factory=list)

    def apply(self, state: State, rotations: Rotations) -> State:
        """Multiply the phases into the state."""
        if self._constant is not None:
            state = state * self._constant
        for gate in self.gates:
            if gate.constant is None:
                entries = np.diagonal(gate.matrices(rotations), axis1=1, axis2=2)
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

    def apply(self, state: State, rotations: Rotations) -> State:
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

    def apply(self, state: State, rotations: Rotations) -> State:
        """Bring the gate's qubits together, multiply, put them back."""
        rows, size = state.shape
        count = len(self.gate.qubits)
        axes = [self.num_qubits - q for q in reversed(self.gate.qubits)]
        cube = np.moveaxis(state.reshape(rows, *(2,) * self.num_qubits), axes, range(1, count + 1))
        done = self.gate.matrices(rotations) @ cube.reshape(rows, 1 << count, -1)
        return np.ascontiguousarray(np.moveaxis(done.reshape(cube.shape), range(1, count + 1), axes)).reshape(rows, size)


Operation = Local | Diagonal | Permute | Dense


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
