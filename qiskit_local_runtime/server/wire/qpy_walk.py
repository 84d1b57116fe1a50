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

_CIRCUIT = struct.Struct("!H1cHIIQIQI")
_VARIABLE = struct.Struct("!16scH")
_COUNT = struct.Struct("!I")
_STATE = struct.Struct("!IQ")
_SIZE = struct.Struct("!Q")
_DEFINITION = struct.Struct("!H1cII?QIIQ")
_INSTRUCTION = struct.Struct("!HHHIIBHqII")
_BIT = 5
_CALIBRATIONS = struct.Struct("!H")
_LAYOUT = struct.Struct("!?iiiIi")
_EVOLUTION = "###PauliEvolutionGate_"
_GENERIC = {"Gate", "Instruction", "ControlledGate"}
_CONDITION, _EXPRESSION, _ANNOTATED = 0b11, 2, 0b1000_0000


class Walk:
    """Goes through a file of version 13 to 17 once; later ones override what they changed."""

    _register_struct = struct.Struct("!1c?IH?")
    _values_kind = Values

    def __init__(self, version: int) -> None:
        self._version, self._tally = version, Tally()
        self._values = self._values_kind(self._tally, lambda data, depth: self.circuit(Cursor(data), depth))

    def circuit(self, at: Cursor, depth: int) -> None:
        """Go through a circuit.

        Args:
            at: where it begins.
            depth: how many definitions and blocks it is in.

        Raises:
            IBMInputValueError: it is damaged, unsafe or too large.
        """
        name, phase_kind, phase, qubits, clbits, metadata, registers, instructions, variables = at.read(_CIRCUIT)
        self._tally.circuit(qubits, clbits, depth)
        at.text(name)
        self._values.value(phase_kind, at.take(phase), depth)
        _check_metadata(at.take(metadata))
        self._registers(at, registers)
        for _ in at.times(variables, _VARIABLE.size):
            self._variable(at)
        if self._version >= 15:
            (states,) = at.read(_COUNT)
            for _ in at.times(states, _STATE.size):
                namespace, state = at.read(_STATE)
                at.take(namespace + state)
        self._vectors(at)
        own = self._definitions(at, depth)
        for _ in at.times(instructions, _INSTRUCTION.size):
            self._instruction(at, own, depth)
        self._rest(at)

    def _registers(self, at: Cursor, count: int) -> None:
        for _ in at.times(count, self._register_struct.size):
            self._register(at)

    def _vectors(self, at: Cursor) -> None:
        """The circuit's table of parameter vectors, which these versions do not have."""

    def _register(self, at: Cursor) -> None:
        _, _, size, name, _ = at.read(self._register_struct)
        at.text(name)
        at.take(8 * size)
        self._tally.circuit(0, size, 0)

    def _variable(self, at: Cursor) -> None:
        name = at.read(_VARIABLE)[2]
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
        name_size, label, params, qubits, clbits, extras, register, _, controls, _ = at.read(_INSTRUCTION)
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
            (notes,) = at.read(_COUNT)
            for _ in at.times(notes, 12):
                at.take(at.read(_STATE)[1])

    def _rest(self, at: Cursor) -> None:
        if at.read(_CALIBRATIONS)[0]:
            raise IBMInputValueError("expected a circuit without pulse gates, which Qiskit does not read any more, found some.")
        self._layout(at)

    def _layout(self, at: Cursor) -> None:
        exists, first, mapping, final, registers, _ = at.read(_LAYOUT)
        if exists and max(first, mapping, final) > MOST_QUBITS:
            raise IBMInputValueError(f"expected a layout of at most {MOST_QUBITS} qubits, found more.")
        self._registers(at, registers if exists else 0)
        at.times(max(first, 0) * 2 + max(mapping, 0) + max(final, 0) if exists else 0, 4)


def _check_controls(number: int) -> None:
    if number > MOST_QUBITS:
        raise IBMInputValueError(f"expected gates of at most {MOST_QUBITS} controls, found {number}.")


def _check_metadata(data: memoryview) -> None:
    try:
        json.loads(bytes(data))
    except (ValueError, RecursionError) as err:
        raise IBMInputValueError(f"expected QPY whose metadata is JSON, found what is not: {err}.") from err
