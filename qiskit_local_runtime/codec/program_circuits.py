"""The circuits of IBM's executor programs: one QPY file of them all, or OpenQASM 3."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

from qiskit import qpy
from qiskit.circuit import QuantumCircuit

from ..errors import IBMInputValueError, IBMRuntimeError
from .budget import Budget, from_base64
from .delays import with_units
from .tree import DAMAGE

OLDEST = 13
"""Up to version 12, expressions are text that is parsed, or objects of symengine, which are pickled."""
_HEADER = struct.Struct("!6sBBBBQc")


def check_header(data: bytes, programs: int, what: str) -> None:
    """Refuse QPY that cannot be read, or whose reading would run code.

    Args:
        data: a QPY file.
        programs: how many circuits it should hold.
        what: it is, for errors.

    Raises:
        IBMInputValueError: says what is wrong.
    """
    if len(data) < _HEADER.size or data[:6] != b"QISKIT":
        raise IBMInputValueError(f"{what}: expected a QPY file, which begins with QISKIT, found something else.")
    _, version, _, _, _, found, _ = _HEADER.unpack_from(data)
    if not OLDEST <= version <= qpy.QPY_VERSION:
        raise IBMInputValueError(
            f"{what}: expected QPY of version {OLDEST} to {qpy.QPY_VERSION}, found {version}. Write it with "
            f"qpy.dump(circuit, file, version={OLDEST})."
        )
    if found != programs:
        raise IBMInputValueError(f"{what}: expected one circuit for each item, {programs} in all, found {found}.")


def read_circuits(value: Any, count: int, compressed: bool, budget: Budget, what: str) -> list[QuantumCircuit]:
    """All circuits of a program.

    Args:
        value: JSON with ``b64_data`` (QPY), ``circuit_b64`` (QPY of one) or ``data`` (OpenQASM 3).
        count: how many there should be.
        compressed: whether QPY is.
        budget: counts the bytes.
        what: they belong to, for errors.

    Raises:
        IBMInputValueError: they are something else, or damaged.
    """
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        return _from_qasm(value["data"], count, budget, what)
    if not isinstance(value, dict) or not {"b64_data", "circuit_b64"} & set(value):
        raise IBMInputValueError(f"{what}: expected circuits as QPY with b64_data, or as OpenQASM 3 with data.")
    data = from_base64(value.get("b64_data", value.get("circuit_b64")), what)
    if compressed:
        data = budget.inflate(data, what)
    else:
        budget.take(len(data), what)
    check_header(data, count, what)
    return _loaded(data, what)


def _loaded(data: bytes, what: str) -> list[QuantumCircuit]:
    try:
        found = qpy.load(io.BytesIO(data), metadata_deserializer=json.JSONDecoder, annotation_factories=annotation_readers())
    except DAMAGE as err:
        raise IBMInputValueError(f"{what}: the QPY file cannot be read: {err}") from err
    except BaseException as err:  # a failure inside Qiskit's reader in Rust is no Exception
        if type(err).__name__ != "PanicException":
            raise
        raise IBMInputValueError(f"{what}: the QPY file is damaged: {err}") from None
    for circuit in found:
        if not isinstance(circuit, QuantumCircuit):
            raise IBMInputValueError(f"{what}: expected circuits, found a {type(circuit).__name__}.")
    return [with_units(circuit) for circuit in found]


def _from_qasm(texts: list[Any], count: int, budget: Budget, what: str) -> list[QuantumCircuit]:
    if len(texts) != count:
        raise IBMInputValueError(f"{what}: expected one circuit for each item, {count} in all, found {len(texts)}.")
    out = []
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise IBMInputValueError(f"{what}: expected OpenQASM 3 for circuit {number}, found {type(text).__name__}.")
        budget.take(len(text), what)
        out.append(_of_qasm(text, f"{what}, circuit {number}"))
    return out


def _of_qasm(text: str, what: str) -> QuantumCircuit:
    from qiskit import qasm3

    try:
        return qasm3.loads(text)
    except DAMAGE as err:
        raise IBMInputValueError(f"{what}: expected OpenQASM 3, found an error in it: {err}") from err
    except ImportError as err:
        raise IBMRuntimeError(f"Circuits as OpenQASM 3 need a package that is missing: {err}") from err


def annotation_readers() -> dict[str, Any]:
    """How annotations of boxes are read; without IBM's package, boxes that have some are refused by Qiskit."""
    try:
        from ibm_quantum_schemas.common.annotation_serializer import AnnotationSerializer
    except ImportError:
        return {}
    return {"samplomatic": AnnotationSerializer}
