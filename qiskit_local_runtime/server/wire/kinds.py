"""The kinds of objects that parameters may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...codec.budget import Budget, from_base64
from ...codec.kind import Kind, never
from ...codec.kinds import TEXT
from ...errors import IBMInputValueError
from .circuits import circuit_of_qpy

_AS_THEY_ARE = (
    "complex",
    "datetime",
    "Parameter",
    "ObservablesArray",
    "settings:Pauli",
    "settings:PauliList",
    "settings:SparsePauliOp",
    "PauliLindbladMap",
    "_json:LayerError",
    "_json:PauliLindbladError",
    "NoiseLearnerResult",
)
"""Those whose parts say how large they are."""
_MOST_QUBITS = 10_000
_MOST_ERROR_QUBITS = 8
_MOST_SETS = 1_000_000


def kinds(budget: Budget, metadata: Callable[[Any], Any]) -> tuple[Kind, ...]:
    """The kinds of one request.

    Args:
        budget: what may be unpacked.
        metadata: reads the metadata of circuits.
    """
    known = {kind.key: kind for kind in reversed(TEXT)}

    def circuit(text: Any) -> Any:
        return circuit_of_qpy(budget.inflate(from_base64(text)), metadata)

    def instruction(text: Any) -> Any:
        return circuit(text).data[0].operation

    def checked(key: str, check: Callable[[Any], None]) -> Kind:
        def read(value: Any) -> Any:
            check(value)
            return known[key].read(value)

        return _read_only(key, read)

    return (
        _read_only("QuantumCircuit", circuit),
        _read_only("Instruction", instruction),
        checked("BindingsArray", _check_bindings),
        checked("PauliLindbladMap", _check_map),
        checked("NoiseModel", _check_noise),
        *(known[key] for key in _AS_THEY_ARE if key != "PauliLindbladMap"),
    )


def _read_only(tag: str, read: Callable[[Any], Any]) -> Kind:
    return Kind(tag, never, read, read)


def _check_bindings(value: Any) -> None:
    sets = 1
    for size in value["shape"]:
        sets *= _whole(size, "a size in a shape")
    if sets > _MOST_SETS:
        raise IBMInputValueError(f"expected at most {_MOST_SETS} sets of parameter values, found {sets}.")


def _check_map(value: Any) -> None:
    if _whole(value["num_qubits"], "num_qubits") > _MOST_QUBITS:
        raise IBMInputValueError(f"expected a map on at most {_MOST_QUBITS} qubits, found {value['num_qubits']}.")


def _check_noise(value: Any) -> None:
    for error in value["errors"]:
        sizes = [error.get("num_qubits") or 1]
        sizes += [qubit + 1 for steps in error.get("instructions", ()) for step in steps for qubit in step["qubits"]]
        if max(_whole(size, "a number of qubits") for size in sizes) > _MOST_ERROR_QUBITS:
            raise IBMInputValueError(f"expected errors on at most {_MOST_ERROR_QUBITS} qubits, found one on {max(sizes)}.")


def _whole(value: Any, what: str) -> int:
    if type(value) is not int or value < 0:
        raise IBMInputValueError(f"expected {what} that is a whole number, found {str(value)[:40]!r}.")
    return value
