"""Quantum programs of IBM's client, or of samplomatic, as the parameters that go over the wire."""

from __future__ import annotations

import base64
import io
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from qiskit import qpy
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import PauliLindbladMap

from ..errors import IBMInputValueError
from .circuits import TEXT_VERSION
from .delays import without_units
from .program_circuits import annotation_readers
from .program_results import write_passthrough
from .samplexes import samplomatic
from .tensors import tensor_json

WRITTEN = "v2.0"


def write_program(program: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """A program's parameters, of the newest version.

    Args:
        program: anything with the members of IBM's ``QuantumProgram``.
        options: of the execution.

    Raises:
        IBMInputValueError: it is no program.
    """
    items = getattr(program, "items", None)
    if not isinstance(items, Sequence) or not hasattr(program, "shots"):
        raise IBMInputValueError(
            f"run() expects a QuantumProgram, found {type(program).__name__}. Make one with "
            "samplomatic.quantum_program.QuantumProgram(shots=…) and its append_circuit_item and append_samplex_item."
        )
    shots = program.shots
    return {
        "schema_version": WRITTEN,
        "quantum_program": {
            "shots": int(shots) if isinstance(shots, np.integer) else shots,
            "circuits": _circuits([without_units(item.circuit) for item in items]),
            "items": [_item(item, number) for number, item in enumerate(items)],
            "meas_level": getattr(program, "meas_level", "classified"),
            "passthrough_data": _finite(write_passthrough(getattr(program, "passthrough_data", None), True)),
            "semantic_role": getattr(program, "semantic_role", getattr(program, "_semantic_role", None)),
        },
        "options": dict(options),
    }


def _circuits(circuits: list[QuantumCircuit]) -> dict[str, Any]:
    buffer = io.BytesIO()
    if circuits:
        qpy.dump(circuits, buffer, version=TEXT_VERSION, annotation_factories=annotation_readers())
    data = base64.b64encode(zlib.compress(buffer.getvalue(), 1)).decode("ascii")
    return {"b64_data": data, "qpy_version": TEXT_VERSION, "num_programs": len(circuits)}


def _item(item: Any, number: int) -> dict[str, Any]:
    chunk = {"chunk_size": "auto" if getattr(item, "chunk_size", None) is None else int(item.chunk_size)}
    if hasattr(item, "samplex"):
        return {
            "item_type": "samplex",
            "samplex": _samplex(item.samplex),
            "samplex_arguments": {
                name: _argument(value, f"item {number}, argument {name!r}") for name, value in item.samplex_arguments.items()
            },
            "shape": [int(size) for size in item.shape],
            **chunk,
        }
    values = np.asarray(item.circuit_arguments, dtype=np.float64)
    return {"item_type": "circuit", "circuit_arguments": tensor_json(values, True), "shape": [], **chunk}


def _samplex(samplex: Any) -> dict[str, Any]:
    library = samplomatic()
    return {"ssv": library.ssv.SSV, "samplex_json": library.serialization.samplex_to_json(samplex)}


def _argument(value: Any, what: str) -> Any:
    if isinstance(value, PauliLindbladMap):
        return {"sparse_terms": [list(term) for term in value.to_sparse_list()], "num_qubits": value.num_qubits}
    if isinstance(value, np.ndarray):
        return tensor_json(value, True)
    if isinstance(value, (bool, int, float, np.generic)):
        return value.item() if isinstance(value, np.generic) else value
    raise IBMInputValueError(f"{what}: expected a number, an array or a PauliLindbladMap, found {type(value).__name__}.")


def _finite(value: Any) -> Any:
    """The same with nothing in the place of numbers that JSON does not have, as IBM's client writes them."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
