"""Circuits and what they are made of, as QPY.

IBM's service reads QPY up to version 17, so that is what the text holds; the exact form uses Qiskit's newest and keeps the
bytes as an array.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import uuid
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import qpy
from qiskit.circuit import Instruction, Parameter, ParameterExpression, QuantumCircuit
from qiskit.circuit.parametertable import ParameterView

from .delays import with_units, without_units
from .kind import Kind, derived, of_class

Change = Callable[[Any], Any]
TEXT_VERSION = min(17, qpy.QPY_VERSION)
_PARAMETER = struct.Struct("!H16s")
"""QPY's form of a parameter: length of its name and its identity; the name follows."""


def circuit_kinds(write: Change, read: Change) -> tuple[Kind, ...]:
    """Circuits as IBM writes them.

    Args:
        write: makes the circuits' metadata fit for JSON.
        read: the reverse.
    """

    def to_text(circuit: QuantumCircuit) -> str:
        return base64.standard_b64encode(zlib.compress(_dump(circuit, write, TEXT_VERSION), 1)).decode("ascii")

    def from_text(text: str) -> QuantumCircuit:
        return _load(zlib.decompress(base64.standard_b64decode(text)), read)

    return (
        Kind("QuantumCircuit", derived(QuantumCircuit), to_text, from_text),
        Kind("Instruction", derived(Instruction), lambda v: to_text(_alone(v)), lambda v: from_text(v).data[0].operation),
        Kind("Parameter", of_class(Parameter), _parameter_text, _parameter),
    )


def exact_circuit_kinds(write: Change, read: Change) -> tuple[Kind, ...]:
    """Circuits as arrays of bytes.

    Args:
        write: makes the circuits' metadata fit for JSON.
        read: the reverse.
    """

    def to_bytes(circuit: QuantumCircuit) -> NDArray[np.uint8]:
        return np.frombuffer(_dump(without_units(circuit), write, qpy.QPY_VERSION), dtype=np.uint8)

    def from_bytes(data: NDArray[np.uint8]) -> QuantumCircuit:
        return with_units(_load(data.tobytes(), read))

    return (
        Kind("qpy", derived(QuantumCircuit), to_bytes, from_bytes),
        Kind("operation", derived(Instruction), lambda v: to_bytes(_alone(v)), lambda v: from_bytes(v).data[0].operation),
    )


def _dump(circuit: QuantumCircuit, write: Change, version: int) -> bytes:
    class Metadata(json.JSONEncoder):
        def encode(self, o: Any) -> str:
            return super().encode(write(o))

    buffer = io.BytesIO()
    qpy.dump(circuit, buffer, metadata_serializer=Metadata, version=version)
    return buffer.getvalue()


def _load(data: bytes, read: Change) -> QuantumCircuit:
    class Metadata(json.JSONDecoder):
        def decode(self, s: str, *args: Any) -> Any:
            return read(super().decode(s, *args))

    found: QuantumCircuit = qpy.load(io.BytesIO(data), metadata_deserializer=Metadata)[0]
    return found


def _alone(operation: Instruction) -> QuantumCircuit:
    """A circuit of one operation."""
    circuit = QuantumCircuit(operation.num_qubits, operation.num_clbits)
    circuit.append(operation, circuit.qubits, circuit.clbits)
    return circuit


def _parameter_text(parameter: Parameter) -> str:
    name = parameter.name.encode()
    return base64.standard_b64encode(_PARAMETER.pack(len(name), parameter.uuid.bytes) + name).decode("ascii")


def _parameter(text: str) -> Parameter:
    data = base64.standard_b64decode(text)
    length, identity = _PARAMETER.unpack_from(data)
    return Parameter(data[_PARAMETER.size : _PARAMETER.size + length].decode(), uuid=uuid.UUID(bytes=identity))


def _as_phase(expression: ParameterExpression) -> QuantumCircuit:
    """A circuit that holds an expression, for which QPY has no form by itself."""
    return QuantumCircuit(global_phase=expression)


LOSSY: tuple[Kind, ...] = (
    Kind("Parameter", derived(Parameter), _parameter_text, _parameter),
    Kind("set", derived(ParameterView), list, set),
)
"""As IBM has it: an element of a vector is written as a parameter of its name, a view of parameters as a set."""

EXPRESSIONS: tuple[Kind, ...] = (
    Kind("ParameterExpression", derived(ParameterExpression), _as_phase, lambda circuit: circuit.global_phase),
)
"""IBM's client has no form for them."""
