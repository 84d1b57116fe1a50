"""A walk through a QPY file: every count is compared with the bytes that are there, what would be made is added up."""

from __future__ import annotations

import json
import struct

from ...errors import IBMInputValueError
from .cursor import Cursor
from .limits import MOST_QUBITS
from .operations import KNOWN
from .qpy_evolution import check_evolution
from .qpy_limits import Tally
from .qpy_values import Values

CIRCUIT = struct.Struct("!H1cHIIQIQI")
_REGISTER = struct.Struct("!1c?IH?")
VARIABLE = struct.Struct("!16scH")
COUNT = struct.Struct("!I")
STATE = struct.Struct("!IQ")
_SIZE = struct.Struct("!Q")
_DEFINITION = struct.Struct("!H1cII?QIIQ")
INSTRUCTION = struct.Struct("!HHHIIBHqII")
_BIT = 5
_CALIBRATIONS = struct.Struct("!H")
LAYOUT = struct.Struct("!?iiiIi")
_EVOLUTION = "###PauliEvolutionGate_"
_GENERIC = {"Gate", "Instruction", "ControlledGate"}
_CONDITION, _EXPRESSION, _ANNOTATED = 0b11, 2, 0b1000_0000


class Walk:
    """Goes through a file once."""

    def __init__(self, version: int) -> None:
        self._version, self._tally = version, Tally()
        self._values = Values(self._tally, lambda data, depth: self.circuit(Cursor(data), depth))

    def circuit(self, at: Cursor, depth: int) -> None:
        """Go through a circuit.

        Args:
            at: where it begins.
            depth: how many definitions and blocks it is in.

        Raises:
            IBMInputValueError: it is damaged, unsafe or too large.
        """
        name, phase_kind, phase, qubits, clbits, metadata, registers, instructions, variables = at.read(CIRCUIT)
        self._tally.circuit(qubits, clbits, depth)
        at.text(name)
        self._values.value(phase_kind, at.take(phase), depth)
        check_metadata(at.take(metadata))
        for _ in at.times(registers, _REGISTER.size):
            self._register(at)
        for _ in at.times(variables, VARIABLE.size):
            self._variable(at)
        if self._version >= 15:
            (states,) = at.read(COUNT)
            for _ in at.times(states, STATE.size):
                namespace, state = at.read(STATE)
                at.take(namespace + state)
        own = self._definitions(at, depth)
        for _ in at.times(instructions, INSTRUCTION.size):
            self._instruction(at, own, depth)
        self._rest(at)

    def _register(self, at: Cursor) -> None:
        _, _, size, name, _ = at.read(_REGISTER)
        at.text(name)
        at.take(8 * size)
        self._tally.circuit(0, size, 0)

    def _variable(self, at: Cursor) -> None:
        name = at.read(VARIABLE)[2]
        if bytes(at.take(1)) == b"u":
            at.take(4)
        at.text(name)

    def _definitions(self, at: Cursor, depth: int) -> set[str]:
        names = set()
        (count,) = at.read(_SIZE)
        for _ in at.times(count, _DEFINITION.size):
            length, _, qubits, clbits, defined, size, controls, _, base = at.read(_DEFINITION)
            name = at.text(length)
            names.add(name)
            self._tally.circuit(qubits, clbits, depth + 1)
            _check_controls(controls)
            body, gate = at.take(size if defined else 0), at.take(base)
            if name.startswith(_EVOLUTION) and defined:
                check_evolution(Cursor(body), self._version, self._values)
            elif defined:
                self.circuit(Cursor(body), depth + 1)
            if base:
                self._instruction(Cursor(gate), None, depth + 1)
        return names

    def _instruction(self, at: Cursor, own: set[str] | None, depth: int) -> None:
        """An operation; ``own`` are those that the circuit defines, ``None`` where it cannot be told yet."""
        name_size, label, params, qubits, clbits, extras, register, _, controls, _ = at.read(INSTRUCTION)
        self._tally.circuit(0, 0, depth)
        name = at.text(name_size)
        if name not in KNOWN and name not in _GENERIC and not (name in own if own is not None else "_" in name):
            raise IBMInputValueError(
                f"expected operations of Qiskit's library, or that the circuit defines, found {name[:60]!r}. Decompose it."
            )
        _check_controls(controls)
        at.take(label + register)
        if extras & _CONDITION == _EXPRESSION:
            self._values.typed(at, depth)
        if own is not None:  # the gate that is controlled has no place of its own
            at.take(_BIT * (qubits + clbits))
        for _ in at.times(params, 9):
            self._values.typed(at, depth)
        if extras & _ANNOTATED:
            (notes,) = at.read(COUNT)
            for _ in at.times(notes, 12):
                at.take(at.read(STATE)[1])

    def _rest(self, at: Cursor) -> None:
        if at.read(_CALIBRATIONS)[0]:
            raise IBMInputValueError("expected a circuit without pulse gates, which Qiskit does not read any more, found some.")
        exists, first, mapping, final, registers, _ = at.read(LAYOUT)
        if exists and max(first, mapping, final) > MOST_QUBITS:
            raise IBMInputValueError(f"expected a layout of at most {MOST_QUBITS} qubits, found more.")
        for _ in at.times(registers if exists else 0, _REGISTER.size):
            self._register(at)
        at.times(max(first, 0) * 2 + max(mapping, 0) + max(final, 0) if exists else 0, 4)


def _check_controls(number: int) -> None:
    if number > MOST_QUBITS:
        raise IBMInputValueError(f"expected gates of at most {MOST_QUBITS} controls, found {number}.")


def check_metadata(data: memoryview) -> None:
    """Refuse metadata that is no JSON.

    Raises:
        IBMInputValueError: it is none.
    """
    try:
        json.loads(bytes(data))
    except (ValueError, RecursionError) as err:
        raise IBMInputValueError(f"expected QPY whose metadata is JSON, found what is not: {err}.") from err
