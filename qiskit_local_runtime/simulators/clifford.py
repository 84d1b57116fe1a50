"""Clifford gates as tables: what each Pauli becomes, and with which sign.

A Pauli on ``k`` qubits is an index whose bits are ``x_0, z_0, x_1, z_1, …`` (``Y`` has both bits).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from ..sweeps import Step, Sweep, Tape
from .state_compile import Compiled, gates_of
from .state_ops import Gate

_WIDEST = 2
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class Table:
    """A Clifford gate ``U``: ``U P U†`` for every Pauli ``P``."""

    image: NDArray[np.uint8]
    """Index of the image, shape ``(4^k,)``."""
    negative: NDArray[np.bool_]
    """Whether the image has a minus sign."""

    @cached_property
    def inverse(self) -> Table:
        """``U† P U``."""
        image = np.argsort(self.image).astype(np.uint8)
        return Table(image, self.negative[image])

    @cached_property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """For each bit of the image the bits of the Pauli it is the sum of (modulo two)."""
        count = len(self.image).bit_length() - 1
        single = [int(self.image[1 << bit]) for bit in range(count)]
        return tuple(tuple(b for b in range(count) if (single[b] >> out) & 1) for out in range(count))


def table_of(matrix: NDArray[np.complex128]) -> Table | None:
    """The table of a unitary of one or two qubits; ``None`` if it is not Clifford."""
    known = _BY_IDENTITY.get(id(matrix))
    if known is not None and known[0] is matrix:
        return known[1]
    found = _table_of(matrix)
    if len(_BY_IDENTITY) < _MOST_KNOWN:
        _BY_IDENTITY[id(matrix)] = (matrix, found)
    return found


_BY_IDENTITY: dict[int, tuple[NDArray[np.complex128], Table | None]] = {}
"""Standard gates share one matrix object: no need to look at its entries again."""
_MOST_KNOWN = 256


def _table_of(matrix: NDArray[np.complex128]) -> Table | None:
    pivot = matrix.ravel()[int(np.argmax(np.abs(matrix) > 0.3))]
    plain = np.round(matrix * (abs(pivot) / pivot), 7) + 0.0
    return _table(plain.tobytes(), len(matrix))


@cache
def _table(data: bytes, dim: int) -> Table | None:
    matrix = np.frombuffer(data, dtype=complex).reshape(dim, dim)
    paulis = _paulis(dim.bit_length() - 1)
    images = matrix @ paulis @ matrix.conj().T
    overlaps = np.einsum("iab,jba->ij", images, paulis).real / dim
    best = np.argmax(np.abs(overlaps), axis=1)
    values = overlaps[np.arange(len(best)), best]
    if np.abs(np.abs(values) - 1).max() > 1e-5:
        return None
    return Table(best.astype(np.uint8), values < 0)


@cache
def _paulis(num_qubits: int) -> NDArray[np.complex128]:
    one = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1j], [1j, 0]]], dtype=complex)
    out = np.ones((1, 1, 1), dtype=complex)
    for _ in range(num_qubits):
        out = (one[:, None, :, None, :, None] * out[None, :, None, :, None, :]).reshape(
            4 * len(out), 2 * out.shape[1], 2 * out.shape[1]
        )
    return out


FROM_LETTER = np.array([0, 1, 3, 2], dtype=np.uint8)
"""Bits ``x + 2 z`` of the letters I, X, Y, Z."""


@dataclass(frozen=True, eq=False)
class CliffordStep:
    """One step of a circuit: its gates as tables (none for measurements, resets and delays)."""

    step: Step
    gates: tuple[tuple[tuple[int, ...], Table], ...]


class NotCliffordError(ValueError):
    """A gate is not Clifford."""


_LOCK = threading.Lock()
_CACHE: OrderedDict[Hashable, list[CliffordStep]] = OrderedDict()
_KEPT = 16


def clifford_steps(tape: Tape, sweep: Sweep, row: int) -> list[CliffordStep]:
    """A tape for one row of values.

    Raises:
        NotCliffordError: with the gate's name.
    """
    key = (tape.key, tuple(sweep.parameters), sweep.values[row].tobytes())
    with _LOCK:
        if key in _CACHE:
            _CACHE.move_to_end(key)
            return _CACHE[key]
    done = _read(tape, sweep, row)
    with _LOCK:
        _CACHE[key] = done
        while len(_CACHE) > _KEPT:
            _CACHE.popitem(last=False)
    return done


def _read(tape: Tape, sweep: Sweep, row: int) -> list[CliffordStep]:
    families: dict[str, list[tuple[object, ...]]] = {}
    read = [(step, tuple(_gates(step, families))) for step in tape.steps]
    gates = Compiled(tape.num_qubits, (), {name: tuple(found) for name, found in families.items()})
    rotations = gates.rotations(sweep, slice(row, row + 1))
    return [CliffordStep(step, tuple(_tables(step, found, rotations))) for step, found in read]


def _gates(step: Step, families: dict[str, list[tuple[object, ...]]]) -> Iterator[Gate]:
    if step.name not in ("measure", "reset"):
        yield from gates_of(step, families)


def _tables(step: Step, gates: tuple[Gate, ...], rotations: object) -> Iterator[tuple[tuple[int, ...], Table]]:
    for gate in gates:
        table = None
        if len(gate.qubits) <= _WIDEST:
            matrix = gate.constant if gate.constant is not None else gate.matrices(rotations)[0]  # type: ignore[arg-type]
            table = table_of(matrix)
        if table is None:
            raise NotCliffordError(f"{step.name} on qubits {list(step.qubits)} is not a Clifford gate")
        yield gate.qubits, table
