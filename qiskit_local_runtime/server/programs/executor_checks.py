"""Whether what strangers packed in a quantum program is safe to read; what it means is checked when it is accepted."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from ...codec.budget import Budget, from_base64
from ...codec.programs import compressed_in
from ...errors import IBMInputValueError
from ..wire.qasm import circuit_of_qasm
from ..wire.qpy import check_qpy

_HEADER = struct.Struct("!6sBBBBQ")
_TABLES = 16
"""Version of QPY from which a table says where each circuit begins."""


def check_program(params: Mapping[str, Any], version: str) -> None:
    """Refuse QPY and OpenQASM that would run code, or take all memory.

    What has another form than expected is passed over: reading the program says what is wrong with it.

    Args:
        params: of the program.
        version: of its schema.

    Raises:
        IBMInputValueError: says what is wrong, and where.
    """
    budget = Budget()
    program = _mapping(params.get("quantum_program"))
    circuits = _mapping(program.get("circuits"))
    _check_circuits(circuits, compressed_in(version), budget)
    items = program.get("items")
    for number, item in enumerate(items if isinstance(items, list) else ()):
        given = _mapping(item)
        with_circuit = _mapping(given.get("circuit"))
        what = f"item {number}"
        if "circuit_b64" in with_circuit:
            _check_all(_unpacked(with_circuit["circuit_b64"], False, budget, what), what)
        _check_samplex(_mapping(given.get("samplex")).get("samplex_json"), what)


def _check_circuits(circuits: Mapping[str, Any], compressed: bool, budget: Budget) -> None:
    what = "quantum_program.circuits"
    if "b64_data" in circuits:
        _check_all(_unpacked(circuits["b64_data"], compressed, budget, what), what)
    texts = circuits.get("data")
    for number, text in enumerate(texts if isinstance(texts, list) else ()):
        if isinstance(text, str):
            try:
                circuit_of_qasm(text)
            except IBMInputValueError as err:
                raise type(err)(f"{what}, circuit {number}: {err}") from err


def _check_samplex(text: Any, what: str) -> None:
    """Its expressions are in a QPY file."""
    try:
        data = from_base64(json.loads(json.loads(text)["attrs"]["param_table"])["circuit_base64"])
    except (TypeError, ValueError, LookupError, RecursionError):
        return
    _check_all(data, f"{what}, samplex")


def _unpacked(text: Any, compressed: bool, budget: Budget, what: str) -> bytes:
    try:
        data = from_base64(text)
        if compressed:
            return budget.inflate(data)
        budget.take(len(data))
    except IBMInputValueError as err:
        raise type(err)(f"{what}: {err}") from err
    return data


def _check_all(data: bytes, what: str) -> None:
    """Check a QPY file of any number of circuits."""
    for number, single in enumerate(_singles(data, what)):
        try:
            check_qpy(single)
        except IBMInputValueError as err:
            raise type(err)(f"{what}, circuit {number}: {err}") from err


def _singles(data: bytes, what: str) -> Iterator[bytes]:
    """The same circuits, each in a file of its own."""
    if len(data) < _HEADER.size + 1:
        yield data
        return
    *head, count = _HEADER.unpack_from(data)
    if count == 1 or head[1] < 13:
        yield data
        return
    if head[1] < _TABLES:
        raise IBMInputValueError(
            f"{what}: expected QPY of version {_TABLES} or later for {count} circuits in one file, found version {head[1]}."
        )
    start = _HEADER.size + 2
    kind = data[start - 2 : start]
    first = start + 8 * count
    if first > len(data):
        raise IBMInputValueError(f"{what}: expected a QPY file of {count} circuits, found that its end is missing.")
    places = [*struct.unpack_from(f"!{count}Q", data, start), len(data)]
    if places[0] != first or any(one >= other for one, other in pairwise(places)):
        raise IBMInputValueError(f"{what}: expected a QPY file whose circuits follow one another, found that they do not.")
    for one, other in pairwise(places):
        yield _HEADER.pack(*head, 1) + kind + struct.pack("!Q", start + 8) + data[one:other]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
