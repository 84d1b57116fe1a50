"""Results of quantum programs: as objects for stores, and as the text of each version of IBM's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..results.program_result import (
    ChunkPart,
    ChunkSpan,
    ItemMetadata,
    ProgramMetadata,
    QuantumProgramItemResult,
    QuantumProgramResult,
)
from .budget import Budget
from .kind import Kind, of_class
from .programs import VERSIONS, compressed_in
from .tensors import is_tensor, read_tensor, tensor_json, tensor_pieces


def program_pieces(result: QuantumProgramResult, version: str) -> Iterator[bytes]:
    """A result as JSON text of a version, piece by piece.

    Args:
        result: whose ``passthrough_data`` is written with arrays as tensors.
        version: of the schema.
    """
    compressed = compressed_in(version)
    yield f'{{"schema_version":"{version}","data":['.encode()
    for number, item in enumerate(result):
        yield b"," if number else b""
        yield from _item(item, version, compressed)
    yield b'],"metadata":' + _dumped({"chunk_timing": [_span(span, version) for span in result.metadata.chunk_timing]})
    if version != "v0.1":
        yield b',"passthrough_data":' + _dumped(write_passthrough(result.passthrough_data, compressed))
    if version not in ("v0.1", "v0.2"):
        yield b',"semantic_role":' + _dumped(result.semantic_role)
    yield b"}"


def read_passthrough(value: Any, version: str) -> Any:
    """Passed-through data with arrays in the place of tensors.

    Raises:
        IBMInputValueError: what looks like a tensor is none.
    """
    return _read(value, compressed_in(version), Budget())


def write_passthrough(value: Any, compressed: bool) -> Any:
    """Passed-through data with tensors in the place of arrays."""
    if isinstance(value, Mapping):
        return {str(key): write_passthrough(each, compressed) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [write_passthrough(each, compressed) for each in value]
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return tensor_json(value, compressed) if value.shape else write_passthrough(value.item(), compressed)
    return value


def _read(value: Any, compressed: bool, budget: Budget) -> Any:
    if is_tensor(value):
        return read_tensor(value, compressed, budget, "passthrough_data")
    if isinstance(value, dict):
        return {key: _read(each, compressed, budget) for key, each in value.items()}
    if isinstance(value, list):
        return [_read(each, compressed, budget) for each in value]
    return value


def _item(item: QuantumProgramItemResult, version: str, compressed: bool) -> Iterator[bytes]:
    yield b'{"results":{'
    for number, (name, array) in enumerate(item.packed.items()):
        yield (b"," if number else b"") + _dumped(name) + b":"
        yield from tensor_pieces(array, compressed)
    metadata = None if version == "v0.1" else {"scheduler_timing": None, "stretch_values": None}
    yield b'},"metadata":' + _dumped(metadata) + b"}"


def _span(span: ChunkSpan, version: str) -> dict[str, Any]:
    where = VERSIONS.index(version) >= VERSIONS.index("v1.0")
    parts = []
    for part in span.parts:
        written: dict[str, Any] = {"idx_item": part.idx_item, "size": part.size}
        if where:
            written |= {"permutation": part.permutation, "element_range": list(part.element_range)}
        parts.append(written)
    return {"start": span.start.isoformat(), "stop": span.stop.isoformat(), "parts": parts}


def _dumped(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _fields(value: QuantumProgramResult) -> dict[str, Any]:
    spans = [
        [span.start, span.stop, [[part.idx_item, part.size, part.start, list(part.shape)] for part in span.parts]]
        for span in value.metadata.chunk_timing
    ]
    items = [[item.packed, dict(item.metadata.simulation)] for item in value]
    return {
        "items": items,
        "chunk_timing": spans,
        "passthrough_data": value.passthrough_data,
        "semantic_role": value.semantic_role,
    }


def _result(value: dict[str, Any]) -> QuantumProgramResult:
    return QuantumProgramResult(
        [QuantumProgramItemResult(packed, ItemMetadata(simulation=facts)) for packed, facts in value["items"]],
        ProgramMetadata(tuple(_span_of(*each) for each in value["chunk_timing"])),
        value["passthrough_data"],
        value["semantic_role"],
    )


def _span_of(start: datetime, stop: datetime, parts: list[Any]) -> ChunkSpan:
    found = tuple(ChunkPart(item, size, first, tuple(shape)) for item, size, first, shape in parts)
    return ChunkSpan(start, stop, found)


OWN: tuple[Kind, ...] = (Kind("QuantumProgramResult", of_class(QuantumProgramResult), _fields, _result),)
"""IBM's client has a decoder of its own for them: see :func:`program_pieces`."""
