"""The Clifford gates of all rows of a sweep: circuits are read once, angles become tables for whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter

from ..sweeps import Step, Sweep, Tape
from ..sweeps.angles import Angles
from ..sweeps.recent import Recent
from .clifford import CliffordStep, NotCliffordError, Table, table_of
from .gate_matrices import FAMILIES
from .state_compile import gates_of
from .state_ops import Gate

_WIDEST = 2
_QUARTER = np.pi / 2
_TURNS = 8
"""Quarter turns after which every standard gate is itself again, up to its phase."""
_ROUNDING = 1e-9
_PORTION = 1 << 21
"""Angles read at a time."""
_TOGETHER = 1 << 24
"""Gates of rows that are grouped at a time: 80 MB."""
_KEPT = 16


class Slot(NamedTuple):
    """One gate of a circuit."""

    qubits: tuple[int, ...]
    table: Table | None
    """``None``: its angles have parameters."""
    column: int = -1
    """Its number among those with parameters."""


@dataclass(frozen=True, eq=False)
class _Family:
    """Gates of one name with parameters."""

    name: str
    columns: NDArray[np.intp]
    angles: Angles
    """Of all its gates, one after the other."""


@dataclass(frozen=True, eq=False)
class CliffordCircuit:
    """A circuit for any values of its parameters."""

    steps: tuple[tuple[Step, tuple[Slot, ...]], ...]
    families: tuple[_Family, ...]
    varied: tuple[Step, ...]
    """The step of each gate with parameters."""

    def groups(self, values: NDArray[np.float64]) -> Iterator[Group]:
        """All rows, those together whose gates differ by Paulis only; few at a time.

        Raises:
            NotCliffordError: with the gate's name.
        """
        step = max(1, _TOGETHER // (len(self.varied) + 1))
        for start in range(0, len(values), step):
            for group in self._grouped(values[start : start + step]):
                yield replace(group, rows=group.rows + start)

    def check(self, values: NDArray[np.float64]) -> None:
        """Look at all rows.

        Raises:
            NotCliffordError: with the gate's name.
        """
        step = max(1, _TOGETHER // (len(self.varied) + 1))
        for start in range(0, len(values), step):
            self._chosen(values[start : start + step])

    def row(self, values: NDArray[np.float64]) -> list[CliffordStep]:
        """The steps for one row of values, shape ``(1, parameters)``.

        Raises:
            NotCliffordError: with the gate's name.
        """
        tables, chosen = self._chosen(values)
        found = [tables.all[number] for number in chosen[0]]
        return [
            CliffordStep(step, tuple((s.qubits, found[s.column] if s.table is None else s.table) for s in slots))
            for step, slots in self.steps
        ]

    def _grouped(self, values: NDArray[np.float64]) -> Iterator[Group]:
        tables, chosen = self._chosen(values)
        kinds, paulis = tables.kinds, tables.paulis
        for rows in _equal_rows(chosen, kinds):
            gates = tuple(tables.first[kind] for kind in kinds[chosen[rows[0]]].tolist())
            found = np.empty((chosen.shape[1], len(rows)), dtype=np.uint8)
            for place, row in enumerate(rows):
                found[:, place] = paulis[chosen[row]]
            yield Group(self, rows, gates, found)

    def _chosen(self, values: NDArray[np.float64]) -> tuple[_Tables, NDArray[np.int32]]:
        """All tables, and the number of each row's and gate's, shape ``(rows, gates)``."""
        tables = _Tables()
        chosen = np.empty((len(values), len(self.varied)), dtype=np.int32)
        step = max(1, _PORTION // (len(self.varied) + 1))
        for start in range(0, len(values), step):
            rows = slice(start, start + step)
            for family in self.families:
                chosen[rows, family.columns] = self._of_family(family, values[rows], tables)
        return tables, chosen

    def _of_family(self, family: _Family, values: NDArray[np.float64], tables: _Tables) -> NDArray[np.int32]:
        angles = family.angles(values).reshape(len(values), len(family.columns), -1)
        turns = np.rint(angles / _QUARTER)
        rounded = np.abs(angles - turns * _QUARTER).max(axis=-1, initial=0.0) <= _ROUNDING
        weights = _TURNS ** np.arange(angles.shape[-1])
        codes = np.where(rounded, (turns.astype(np.int64) % _TURNS) @ weights, -1)
        numbers = np.zeros(1 + _TURNS ** angles.shape[-1], dtype=np.int32)
        for code in np.flatnonzero(np.bincount((codes + 1).reshape(-1), minlength=len(numbers))).tolist():
            if code:
                column = family.columns[int((codes == code - 1).argmax()) % len(family.columns)]
                numbers[code] = self._number(
                    family.name, np.asarray((code - 1) // weights % _TURNS * _QUARTER, np.float64), column, tables
                )
        found = np.asarray(numbers[codes + 1])
        self._number_odd(family, angles, ~rounded, tables, found)
        return found

    def _number_odd(
        self, family: _Family, angles: NDArray[np.float64], odd: NDArray[np.bool_], tables: _Tables, found: NDArray[np.int32]
    ) -> None:
        """Number gates whose angles are no quarter turns, or nearly so (single precision): equal ones once."""
        if not odd.any():
            return
        kinds, which = np.unique(angles[odd], axis=0, return_inverse=True)
        gates = np.nonzero(odd)[1]
        first = np.full(len(kinds), len(family.columns))
        np.minimum.at(first, which.reshape(-1), gates)
        numbers = [
            self._number(family.name, each, family.columns[gate], tables) for each, gate in zip(kinds, first, strict=True)
        ]
        found[odd] = np.array(numbers, dtype=np.int32)[which.reshape(-1)]

    def _number(self, name: str, angles: NDArray[np.float64], column: int, tables: _Tables) -> int:
        table = table_of(FAMILIES[name](*angles[:, None])[0])
        if table is None:
            raise _refusal(self.varied[column])
        return tables.number(table)


@dataclass(frozen=True, eq=False)
class Group:
    """Rows whose gates differ by Paulis only."""

    circuit: CliffordCircuit
    rows: NDArray[np.intp]
    tables: tuple[Table, ...]
    """Of each gate with parameters, up to Paulis."""
    paulis: NDArray[np.uint8]
    """What follows each gate with parameters in each row (indices), shape ``(gates, rows)``."""

    def table(self, slot: Slot) -> Table:
        """The table of a gate."""
        return self.tables[slot.column] if slot.table is None else slot.table


class _Tables:
    """Different tables, numbered; those of one linear part share the first of them."""

    def __init__(self) -> None:
        self.first: list[Table] = []
        self._numbers: dict[tuple[bytes, bytes], int] = {}
        self._kinds: dict[bytes, int] = {}
        self.all: list[Table] = []
        self._kind: list[int] = []
        self._paulis: list[int] = []

    def number(self, table: Table) -> int:
        key = (table.linear, table.negative.tobytes())
        if key not in self._numbers:
            kind = self._kinds.setdefault(table.linear, len(self.first))
            if kind == len(self.first):
                self.first.append(table)
            self._numbers[key] = len(self.all)
            self.all.append(table)
            self._kind.append(kind)
            self._paulis.append(table.pauli_from(self.first[kind]))
        return self._numbers[key]

    @property
    def kinds(self) -> NDArray[np.int32]:
        return np.array(self._kind, dtype=np.int32)

    @property
    def paulis(self) -> NDArray[np.uint8]:
        return np.array(self._paulis, dtype=np.uint8)


def _equal_rows(chosen: NDArray[np.int32], kinds: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    """Numbers of the rows whose gates are of the same kinds."""
    if not len(chosen):
        return []
    first = kinds[chosen[0]]
    if all((kinds[row] == first).all() for row in chosen):
        return [np.arange(len(chosen))]
    _, where = np.unique(kinds[chosen], axis=0, return_inverse=True)
    where = where.reshape(-1)
    order = np.argsort(where, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(where[order])) + 1)


_CACHE: Recent[CliffordCircuit] = Recent(_KEPT)


def clifford_circuit(tape: Tape, parameters: tuple[Parameter, ...]) -> CliffordCircuit:
    """Read a tape, or return what was read of an equal one before.

    Raises:
        NotCliffordError: with the gate's name.
    """
    return _CACHE.get((tape.key, parameters), lambda: _read(tape, parameters))


def clifford_steps(tape: Tape, sweep: Sweep, row: int) -> list[CliffordStep]:
    """A tape for one row of values.

    Raises:
        NotCliffordError: with the gate's name.
    """
    return clifford_circuit(tape, tuple(sweep.parameters)).row(sweep.values[row : row + 1])


def _read(tape: Tape, parameters: tuple[Parameter, ...]) -> CliffordCircuit:
    families: dict[str, list[tuple[Any, ...]]] = {}
    columns: dict[str, list[int]] = {}
    varied: list[Step] = []
    plain: dict[str, Table] = {}
    steps: list[tuple[Step, tuple[Slot, ...]]] = []
    touched: set[int] = set()
    for step in tape.steps:
        if step.name == "initialize" and not touched.isdisjoint(step.qubits):
            raise NotCliffordError(f"the circuit initializes qubits {list(step.qubits)} that were used before")
        touched.update(step.qubits)
        if step.name in plain and not step.params and step.standard:
            steps.append((step, (Slot(step.qubits, plain[step.name]),)))
            continue
        slots: list[Slot] = []
        for gate in () if step.name in ("measure", "reset", "delay") else gates_of(step, families):
            if gate.constant is None and len(gate.qubits) <= _WIDEST:
                columns.setdefault(gate.family, []).append(len(varied))
                slots.append(Slot(gate.qubits, None, len(varied)))
                varied.append(step)
            else:
                slots.append(Slot(gate.qubits, _constant(gate, step)))
        if len(slots) == 1 and slots[0].table is not None and not step.params and step.standard:
            plain[step.name] = slots[0].table
        steps.append((step, tuple(slots)))
    taken = tuple(
        _Family(name, np.array(columns[name]), Angles.of([angle for gate in gates for angle in gate], parameters))
        for name, gates in families.items()
    )
    return CliffordCircuit(tuple(steps), taken, tuple(varied))


def _constant(gate: Gate, step: Step) -> Table:
    table = None
    if gate.constant is not None and len(gate.qubits) <= _WIDEST:
        table = table_of(gate.constant)
    if table is None:
        raise _refusal(step)
    return table


def _refusal(step: Step) -> NotCliffordError:
    return NotCliffordError(f"{step.name} on qubits {list(step.qubits)} is not a Clifford gate")
