"""A circuit read once: a flat list of steps on integer qubits, and the facts simulators choose by."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from qiskit.circuit import CircuitInstruction, Operation, ParameterExpression, QuantumCircuit


class Step(NamedTuple):
    """One instruction of a tape."""

    name: str
    """Qiskit's name of the operation."""
    qubits: tuple[int, ...]
    """Indices of the qubits, in the instruction's order."""
    clbits: tuple[int, ...]
    """Indices of the classical bits the instruction writes (or a control-flow operation touches)."""
    params: tuple[Any, ...]
    """Angles: floats or ``ParameterExpression``; for a ``unitary`` the matrix."""
    item: CircuitInstruction
    """Qiskit's instruction, for what the other fields do not say."""

    @property
    def operation(self) -> Operation:
        """Qiskit's operation; made anew at each call for standard gates, so ask only where needed."""
        return self.item.operation

    @property
    def label(self) -> str | None:
        """The operation's label."""
        return getattr(self.item, "label", None)


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


@dataclass(frozen=True, eq=False)
class Tape:
    """A circuit as a flat list of steps.

    Barriers are left out: they matter to transpilers and schedulers, not to simulators.
    """

    steps: tuple[Step, ...]
    num_qubits: int
    num_clbits: int

    @cached_property
    def key(self) -> Hashable:
        """Equal keys mean the same steps: what simulators cache their compiled forms by."""
        # flat, as thousands of small tuples keep the garbage collector busy
        parts: list[Hashable] = [self.num_qubits, self.num_clbits]
        for step in self.steps:
            parts += _step_key(step)
        return Key(tuple(parts))

    @cached_property
    def dynamic(self) -> bool:
        """Whether classical feed-forward occurs: control flow, conditions or classical stores."""
        return any(s.name in _FEED_FORWARD for s in self.steps)

    @cached_property
    def final_measurements(self) -> tuple[tuple[int, int], ...]:
        """``(qubit, clbit)`` of the measurements after which nothing happens to the qubit or the clbit."""
        return self._split[1]

    @cached_property
    def body(self) -> tuple[Step, ...]:
        """The steps without the final measurements."""
        return self._split[0]

    @cached_property
    def mid_circuit(self) -> bool:
        """Whether a measurement, reset or feed-forward comes before the end."""
        return self.dynamic or any(s.name in ("measure", "reset", "initialize") for s in self.body)

    @cached_property
    def unitary_then_measure(self) -> bool:
        """Whether the circuit is unitary gates (and delays) followed by final measurements."""
        return not self.mid_circuit

    @cached_property
    def not_pure(self) -> str | None:
        """Why the circuit does not take a pure state to a pure state and then measure it; ``None`` if it does."""
        if self.dynamic:
            return "the circuit has classical feed-forward"
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
        return tuple(sorted({q for s in self.steps for q in s.qubits}))

    @cached_property
    def _split(self) -> tuple[tuple[Step, ...], tuple[tuple[int, int], ...]]:
        if any(step.name == "store" for step in self.steps):
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


_FEED_FORWARD = frozenset({"if_else", "for_loop", "while_loop", "switch_case", "box", "break_loop", "continue_loop", "store"})


def tape_of(circuit: QuantumCircuit) -> Tape:
    """Read a circuit into a :class:`Tape`."""
    qubit_index = {bit: i for i, bit in enumerate(circuit.qubits)}
    clbit_index = {bit: i for i, bit in enumerate(circuit.clbits)}
    steps = []
    for item in circuit.data:
        name = item.name
        if name == "barrier":
            continue
        qubits = tuple([qubit_index[q] for q in item.qubits])
        clbits = tuple([clbit_index[c] for c in item.clbits]) if item.clbits else ()
        steps.append(Step(name, qubits, clbits, _params(item, name), item))
    return Tape(tuple(steps), circuit.num_qubits, circuit.num_clbits)


def _params(item: CircuitInstruction, name: str) -> tuple[Any, ...]:
    if name in _FEED_FORWARD:
        return ()
    # only standard operations carry all their parameters beside the operation: a unitary's matrix is not among them
    return tuple(item.params) if name in _PLAIN or item.is_standard_gate() else tuple(item.operation.params)


_PLAIN = frozenset({"measure", "reset", "delay"})


def _step_key(step: Step) -> tuple[Hashable, ...]:
    """What a step is, so that no two rows of steps have equal rows of keys."""
    name, qubits, clbits, params, item = step
    if item.is_standard_gate():
        # its name tells how many qubits and angles follow
        return (name, item.label, *qubits, *params)
    return ((name, step.label, qubits, clbits, tuple(_param_key(p) for p in params), _extra_key(step)),)


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
    if step.name in _PLAIN or step.name in ("unitary", "initialize"):
        return None
    if step.name in _FEED_FORWARD:
        return id(step.operation)
    definition = getattr(step.operation, "definition", None)
    return id(step.operation) if definition is None else tape_of(definition).key
