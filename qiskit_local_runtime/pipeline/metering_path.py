"""When the last operation of a circuit ends if each starts as soon as its qubits and bits are free."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from qiskit.circuit import CircuitInstruction, Parameter, ParameterExpression, QuantumCircuit, Qubit

from .metering_durations import Bindings, Durations, NoDurationError

_BLOCKS = frozenset({"if_else", "for_loop", "while_loop", "switch_case", "box"})
_SPECIAL = _BLOCKS | {"delay", "store"}


@dataclass(eq=False)
class Course:
    """Times at which qubits and classical bits become free, moved on operation by operation.

    A control-flow operation occupies all of its qubits and bits for its longest branch, a loop for all of its rounds. It
    waits for the bits it reads; reading them and deciding takes no time of its own.
    """

    durations: Durations
    physical: tuple[int, ...]
    """Physical qubit of each qubit of the circuit."""
    while_rounds: int = 1
    """How often a ``while`` loop is taken to go round: nothing bounds it before it runs."""
    values: Bindings = field(default_factory=dict)
    qubits: list[float] = field(default_factory=list)
    """Seconds from the start, by qubit."""
    bits: dict[int, float] = field(default_factory=dict)
    """Seconds from the start, by classical bit that something was written to."""
    stored: float = 0.0
    """Seconds from the start at which every variable has its value."""

    def __post_init__(self) -> None:
        self.qubits = self.qubits or [0.0] * len(self.physical)

    @property
    def end(self) -> float:
        """Seconds from the start to the end of the last operation."""
        return max(max(self.qubits, default=0.0), self.stored, max(self.bits.values(), default=0.0))

    def copy(self) -> Course:
        """The same times, to be moved on without changing these."""
        return Course(
            self.durations, self.physical, self.while_rounds, self.values, list(self.qubits), dict(self.bits), self.stored
        )

    def run(self, circuit: QuantumCircuit) -> None:
        """Move on by a circuit's operations.

        Raises:
            NoDurationError: how long one takes is not known.
        """
        qubit_index = {bit: i for i, bit in enumerate(circuit.qubits)}
        clbit_index = {bit: i for i, bit in enumerate(circuit.clbits)}
        ready = self.qubits
        # tuples of bits are looked up rather than their members: a circuit has many operations and few places
        places: dict[tuple[Qubit, ...], tuple[int, ...]] = {}
        known: dict[tuple[str, tuple[int, ...]], float] = {}
        for item in circuit.data:
            name, on = item.name, places.get(item.qubits)
            if on is None:
                on = places[item.qubits] = tuple([qubit_index[q] for q in item.qubits])
            clbits = tuple([clbit_index[c] for c in item.clbits]) if item.clbits else ()
            if name in _SPECIAL:
                self._special(name, on, clbits, item)
                continue
            seconds = known.get((name, on))
            if seconds is None:
                seconds = known[name, on] = self.durations.of(name, tuple([self.physical[q] for q in on]))
            if len(on) == 1 and not clbits:
                ready[on[0]] += seconds
            else:
                self._occupy(on, clbits, seconds)

    def _special(self, name: str, on: tuple[int, ...], clbits: tuple[int, ...], item: CircuitInstruction) -> None:
        if name == "delay":
            self._occupy(on, (), self.durations.delay(item.operation, self.values))
        elif name in _BLOCKS:
            inside = tuple(self.physical[q] for q in on)
            self._occupy(on, clbits, self._block(name, item.operation, inside), self.stored)
        elif name == "store":
            # what it reads and writes is not said: it waits for all bits, and what reads anything later waits for it
            self.stored = max(self.stored, max(self.bits.values(), default=0.0))

    def _occupy(self, on: tuple[int, ...], clbits: tuple[int, ...], seconds: float, earliest: float = 0.0) -> None:
        start = max([earliest, *[self.qubits[q] for q in on], *[self.bits.get(c, 0.0) for c in clbits]])
        for qubit in on:
            self.qubits[qubit] = start + seconds
        for clbit in clbits:
            self.bits[clbit] = start + seconds

    def _block(self, name: str, operation: Any, physical: tuple[int, ...]) -> float:
        """Seconds of a control-flow operation."""
        if name == "for_loop":
            return self._loop(operation, physical)
        if name == "box" and operation.duration is not None:
            return self.durations.delay(operation, self.values)
        longest = max((self._inner(block, physical, self.values) for block in operation.blocks), default=0.0)
        return longest * self.while_rounds if name == "while_loop" else longest

    def _loop(self, operation: Any, physical: tuple[int, ...]) -> float:
        indices, parameter, body = operation.params
        if not isinstance(indices, Collection):
            raise NoDurationError
        if parameter in delay_parameters(body):
            return sum(self._inner(body, physical, {**self.values, parameter: float(index)}) for index in indices)
        return len(indices) * self._inner(body, physical, self.values)

    def _inner(self, block: QuantumCircuit, physical: tuple[int, ...], values: Bindings) -> float:
        inside = Course(self.durations, physical, self.while_rounds, values)
        inside.run(block)
        return inside.end


def delay_parameters(circuit: QuantumCircuit) -> set[Parameter]:
    """The parameters that delays depend on, those in the blocks of control flow included."""
    found: set[Parameter] = set()
    if circuit.count_ops().keys().isdisjoint(_BLOCKS | {"delay"}):
        return found
    for item in circuit.data:
        if item.name == "delay":
            duration = item.operation.duration
            found |= set(duration.parameters) if isinstance(duration, ParameterExpression) else set()
        elif item.name in _BLOCKS:
            for block in item.operation.blocks:
                found |= delay_parameters(block)
    return found
