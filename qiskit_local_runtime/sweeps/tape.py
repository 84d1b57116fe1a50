"""A circuit read once: its instructions on integer qubits, and the facts simulators choose by."""

from __future__ import annotations

import operator
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from qiskit.circuit import CircuitInstruction, Measure, Operation, ParameterExpression, QuantumCircuit, Reset

from .step import STANDARD, Step

Final = tuple[tuple[int, int], ...]
"""``(qubit, clbit)`` of measurements."""
_FEED_FORWARD = frozenset({"if_else", "for_loop", "while_loop", "switch_case", "box", "break_loop", "continue_loop", "store"})
_MAY_MIX = frozenset({"measure", "reset", "initialize"})
_TOLD = frozenset({"measure", "reset"})
"""Operations that are no gates and that name and bits tell all about."""


class Key:
    """A long tuple as a key of caches: its hash is worked out once, and it is compared only where hashes agree."""

    __slots__ = ("_hash", "_parts")

    def __init__(self, parts: tuple[Hashable, ...]) -> None:
        self._parts = parts
        self._hash = hash(parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Key) and self._hash == other._hash and self._parts == other._parts)


class Columns(NamedTuple):
    """The fields of all steps of a tape, see :class:`~qiskit_local_runtime.sweeps.step.Step`.

    A few long tuples of what the garbage collector does not follow: thousands of small objects would keep it busy, and they
    travel to other processes at a tenth of a circuit's cost.
    """

    names: tuple[str, ...]
    qubits: tuple[tuple[int, ...], ...]
    clbits: tuple[tuple[int, ...], ...]
    params: tuple[tuple[Any, ...], ...]
    labels: tuple[str | None, ...]
    own: tuple[Operation | None, ...]

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]]) -> Columns:
        """The columns of rows, each with the fields of a step."""
        return cls(*zip(*rows, strict=True)) if rows else cls((), (), (), (), (), ())


@dataclass(frozen=True, eq=False)
class Tape:
    """A circuit as a flat list of steps.

    Barriers are left out: they matter to transpilers and schedulers, not to simulators.
    """

    columns: Columns
    num_qubits: int
    num_clbits: int

    def __len__(self) -> int:
        return len(self.columns.names)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All instructions in the order of time."""
        # a tuple's own constructor takes half as long as a named tuple's
        return tuple([tuple.__new__(Step, row) for row in zip(*self.columns, strict=True)])

    def on(self, qubits: tuple[int, ...], num_clbits: int) -> Tape:
        """The same on some of the qubits, which become 0, 1, …: all that are touched; and on more classical bits."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        moved = {old: tuple([place[qubit] for qubit in old]) for old in set(self.columns.qubits)}
        columns = self.columns._replace(qubits=tuple([moved[old] for old in self.columns.qubits]))
        return Tape(columns, len(qubits), num_clbits)

    @cached_property
    def standard(self) -> bool:
        """Whether no step has an operation of its own."""
        return all(own is None for own in self.columns.own)

    @cached_property
    def key(self) -> Hashable:
        """Equal keys mean the same steps: what simulators cache their compiled forms by."""
        names, qubits, clbits, params, labels, own = self.columns
        special: tuple[Hashable, ...] = ()
        if not self.standard:
            params = tuple([found if op is None else () for found, op in zip(params, own, strict=True)])
            special = tuple([(place, _own_key(step)) for place, step in enumerate(self.steps) if step.own is not None])
        return Key((self.num_qubits, self.num_clbits, names, qubits, clbits, params, labels, special))

    @cached_property
    def dynamic(self) -> bool:
        """Whether classical feed-forward occurs: control flow, conditions or classical stores."""
        return not _FEED_FORWARD.isdisjoint(self.columns.names)

    @cached_property
    def final_measurements(self) -> Final:
        """``(qubit, clbit)`` of the measurements after which nothing happens to the qubit or the clbit."""
        at_the_end = self._measured_at_the_end
        return self._split[1] if at_the_end is None else at_the_end

    @cached_property
    def body(self) -> tuple[Step, ...]:
        """The steps without the final measurements."""
        at_the_end = self._measured_at_the_end
        return self._split[0] if at_the_end is None else self.steps[: len(self) - len(at_the_end)]

    @cached_property
    def gates(self) -> int:
        """How many steps are not final measurements."""
        return len(self) - len(self.final_measurements)

    @cached_property
    def mid_circuit(self) -> bool:
        """Whether a measurement, reset or feed-forward comes before the end."""
        return self.dynamic or not _MAY_MIX.isdisjoint(self._body_names)

    @cached_property
    def unitary_then_measure(self) -> bool:
        """Whether the circuit is unitary gates (and delays) followed by final measurements."""
        return not self.mid_circuit

    @cached_property
    def not_pure(self) -> str | None:
        """Why the circuit does not take a pure state to a pure state and then measure it; ``None`` if it does."""
        if self.dynamic:
            return "the circuit has classical feed-forward"
        if not self.mid_circuit:
            return None
        touched: set[int] = set()
        for step in self.body:
            if step.name in ("measure", "reset"):
                return f"the circuit has a {step.name} before its end"
            if step.name == "initialize" and not touched.isdisjoint(step.qubits):
                return "the circuit initializes qubits that were used before"
            touched.update(step.qubits)
        return None

    @cached_property
    def initializes_again(self) -> bool:
        """Whether qubits are initialized that were used before: a reset, which state preparation alone is not."""
        touched: set[int] = set()
        for step in self.steps:
            if step.name == "initialize" and not touched.isdisjoint(step.qubits):
                return True
            touched = touched - set(step.qubits) if step.name == "reset" else touched | set(step.qubits)
        return False

    @cached_property
    def active_qubits(self) -> tuple[int, ...]:
        """Qubits that a step touches, ascending."""
        return tuple(sorted(set(chain.from_iterable(self.columns.qubits))))

    @property
    def _body_names(self) -> tuple[str, ...]:
        if self._measured_at_the_end is None:
            return tuple([step.name for step in self.body])
        return self.columns.names[: len(self) - len(self._measured_at_the_end)]

    @cached_property
    def _measured_at_the_end(self) -> Final | None:
        """The usual case, in which nothing is measured but once, in the last steps; ``None``: it is another."""
        names, qubits, clbits, *_ = self.columns
        count = names.count("measure")
        first = len(names) - count
        final = tuple([(qubits[place][0], clbits[place][0]) for place in range(first, len(names)) if names[place] == "measure"])
        once = len(final) == len({qubit for qubit, _ in final}) == len({clbit for _, clbit in final}) == count
        return final if once and "store" not in names else None

    @cached_property
    def _split(self) -> tuple[tuple[Step, ...], Final]:
        if "store" in self.columns.names:
            # a store reads classical bits that its step does not name
            return self.steps, ()
        final: list[tuple[int, int]] = []
        body: list[Step] = []
        busy_qubits: set[int] = set()
        busy_clbits: set[int] = set()
        for step in reversed(self.steps):
            if step.name == "measure" and busy_qubits.isdisjoint(step.qubits) and busy_clbits.isdisjoint(step.clbits):
                final.append((step.qubits[0], step.clbits[0]))
                busy_clbits.update(step.clbits)
                busy_qubits.update(step.qubits)
                continue
            busy_qubits.update(step.qubits)
            busy_clbits.update(step.clbits)
            body.append(step)
        return tuple(reversed(body)), tuple(reversed(final))

    def __getstate__(self) -> dict[str, Any]:
        return {"columns": self.columns, "num_qubits": self.num_qubits, "num_clbits": self.num_clbits}


def tape_of(circuit: QuantumCircuit) -> Tape:
    """Read a circuit into a :class:`Tape`."""
    qubit_index = {bit: i for i, bit in enumerate(circuit.qubits)}
    clbit_index = {bit: i for i, bit in enumerate(circuit.clbits)}
    # the same indices are the same tuple
    known: dict[Any, tuple[int, ...]] = {}
    rows = []
    for item in circuit.data:
        name = item.name
        if name == "barrier":
            continue
        bits = item.qubits
        qubits = known.get(bits)
        if qubits is None:
            qubits = known[bits] = tuple([qubit_index[q] for q in bits])
        if item.is_standard_gate():
            own = None if name in STANDARD else item.operation
            rows.append((name, qubits, (), tuple(item.params), item.label, own))
        else:
            rows.append(_other(item, name, qubits, tuple([clbit_index[c] for c in item.clbits])))
    return Tape(Columns.of(rows), circuit.num_qubits, circuit.num_clbits)


def joined(beginning: Tape, ending: Tape) -> Tape:
    """One after the other, on the same qubits and classical bits."""
    columns = Columns(*map(operator.add, beginning.columns, ending.columns))
    return Tape(columns, beginning.num_qubits, beginning.num_clbits)


def _other(item: CircuitInstruction, name: str, qubits: tuple[int, ...], clbits: tuple[int, ...]) -> tuple[Any, ...]:
    """What is no standard gate."""
    operation = item.operation
    if name in _TOLD and isinstance(operation, (Measure, Reset)):
        return (name, qubits, clbits, (), operation.label, None)
    params = () if name in _FEED_FORWARD else tuple(operation.params)
    return (name, qubits, clbits, params, getattr(operation, "label", None), operation)


def _own_key(step: Step) -> tuple[Hashable, ...]:
    """What a step with an operation of its own does."""
    return (tuple([_param_key(param) for param in step.params]), _extra_key(step))


def _param_key(param: Any) -> Hashable:
    if isinstance(param, np.ndarray):
        return (param.shape, param.tobytes())
    if isinstance(param, (ParameterExpression, int, float, complex, str)):
        return param
    return id(param)


def _extra_key(step: Step) -> Hashable:
    """What tells operations of one name and one set of parameters apart."""
    if step.name == "delay":
        return getattr(step.operation, "unit", None)
    if step.name in ("unitary", "initialize"):
        return None
    if step.name in _FEED_FORWARD:
        return id(step.operation)
    definition = getattr(step.operation, "definition", None)
    return id(step.operation) if definition is None else tape_of(definition).key
