"""Version 18 of QPY, which IBM's client sends to the executor alone: it is walked through as the others are.

Source: the section "Version 18" of Qiskit's documentation of ``qiskit.qpy``.
"""

from __future__ import annotations

import struct

from ...errors import IBMInputValueError
from .cursor import Cursor
from .limits import MOST_QUBITS
from .qpy_limits import Tally
from .qpy_values import Values
from .qpy_walk import CIRCUIT, COUNT, INSTRUCTION, LAYOUT, STATE, VARIABLE, Walk, check_metadata

VERSION = 18
_REGISTER = struct.Struct("!1c?IH?B")
_VECTORS = struct.Struct("!H")
_VECTOR = struct.Struct("!HQ16s")
_ELEMENT = struct.Struct("!HQ")


class _Values18(Values):
    """Values whose elements of vectors name a vector of the circuit's table."""

    def _symbol(self, kind: bytes, at: Cursor, depth: int) -> int:
        if kind != b"v":
            return super()._symbol(kind, at, depth)
        at.read(_ELEMENT)
        return 1


class Walk18(Walk):
    """Goes through a file once."""

    def __init__(self) -> None:
        super().__init__(VERSION)
        self._tally = Tally()
        self._values = _Values18(self._tally, lambda data, depth: self.circuit(Cursor(data), depth))

    def circuit(self, at: Cursor, depth: int) -> None:
        """Go through a circuit."""
        name, phase_kind, phase, qubits, clbits, metadata, registers, instructions, variables = at.read(CIRCUIT)
        self._tally.circuit(qubits, clbits, depth)
        at.text(name)
        self._values.value(phase_kind, at.take(phase), depth)
        check_metadata(at.take(metadata))
        for _ in at.times(registers, _REGISTER.size):
            self._register(at)
        for _ in at.times(variables, VARIABLE.size):
            self._variable(at)
        (states,) = at.read(COUNT)
        for _ in at.times(states, STATE.size):
            at.take(sum(at.read(STATE)))
        self._vectors(at)
        own = self._definitions(at, depth)
        for _ in at.times(instructions, INSTRUCTION.size):
            self._instruction(at, own, depth)
        self._rest(at)

    def _register(self, at: Cursor) -> None:
        _, _, size, name, _, attached = at.read(_REGISTER)
        at.text(name)
        self._tally.circuit(0, size, 0)
        at.take(4 if attached else 4 * size)

    def _rest(self, at: Cursor) -> None:
        exists, first, mapping, final, registers, _ = at.read(LAYOUT)
        if exists and max(first, mapping, final) > MOST_QUBITS:
            raise IBMInputValueError(f"expected a layout of at most {MOST_QUBITS} qubits, found more.")
        for _ in at.times(registers if exists else 0, _REGISTER.size):
            self._register(at)

    def _vectors(self, at: Cursor) -> None:
        (count,) = at.read(_VECTORS)
        for _ in at.times(count, _VECTOR.size):
            name, size, identity = at.read(_VECTOR)
            self._tally.vector(int.from_bytes(identity, "big"), size)
            at.text(name)
