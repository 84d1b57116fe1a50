"""IBM's quantum programs: what its executor runs, read from the JSON of any version of the schema."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from ..errors import IBMInputValueError, OptionNotImplementedError
from .budget import Budget
from .program_circuits import read_circuits
from .samplexes import read_arguments, read_samplex
from .tensors import read_tensor

VERSIONS = ("v0.1", "v0.2", "v1.0", "v1.1", "v2.0")
_OLD = ("v0.1", "v0.2")
"""Each item has its own circuit."""
_MOST_SIZE = 2**40


@dataclass(frozen=True, eq=False)
class ProgramItem:
    """A circuit, and the values of its parameters or what draws them."""

    circuit: QuantumCircuit
    shape: tuple[int, ...]
    """One execution for each element."""
    values: NDArray[np.float64] | None = None
    """Of the circuit's parameters, shape ``(*shape, parameters)``; ``None``: they are drawn."""
    samplex: Any = None
    """Draws them; ``None``: they are given."""
    arguments: Any = None
    """Of the samplex, bound."""
    chunk_size: int | None = None
    """Elements that are executed together; ``None``: ours to choose."""

    @property
    def size(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)


@dataclass(frozen=True, eq=False)
class Program:
    """What the executor runs."""

    version: str
    """Of the schema it came in."""
    shots: int
    """Of each element of each item."""
    items: tuple[ProgramItem, ...]
    passthrough: Any = None
    """JSON that the result gives back."""
    semantic_role: str | None = None
    """Which client's post-processing the result is for; given back too."""


def version_of(params: Mapping[str, Any]) -> str:
    """The version of a program's schema.

    Raises:
        IBMInputValueError: there is none, or it is not known.
    """
    version = params.get("schema_version", VERSIONS[-1])
    if version not in VERSIONS:
        raise IBMInputValueError(f"schema_version: expected one of {', '.join(VERSIONS)}, found {version!r}.")
    return str(version)


def compressed_in(version: str) -> bool:
    """Whether a version compresses circuits and tensors."""
    return VERSIONS.index(version) >= VERSIONS.index("v2.0")


def read_program(params: Mapping[str, Any]) -> Program:
    """A program from its parameters.

    Raises:
        IBMInputValueError: something in them is wrong; says where.
        OptionNotImplementedError: another level of measurement than classified.
        IBMRuntimeError: samplomatic is needed and not installed.
    """
    version = version_of(params)
    given = params.get("quantum_program")
    if not isinstance(given, Mapping):
        raise IBMInputValueError(f"quantum_program: expected an object with shots and items, found {type(given).__name__}.")
    items = given.get("items")
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        raise IBMInputValueError("quantum_program.items: expected a list of at least one item, found something else.")
    _check_level(given.get("meas_level", "classified"))
    _check_chunks(items)
    budget = Budget()
    circuits = _circuits(given, items, version, budget)
    return Program(
        version=version,
        shots=_natural(given.get("shots"), "quantum_program.shots", least=1),
        items=tuple(
            _item(item, circuit, version, budget, f"item {i}")
            for i, (item, circuit) in enumerate(zip(items, circuits, strict=True))
        ),
        passthrough=given.get("passthrough_data"),
        semantic_role=given.get("semantic_role"),
    )


def _circuits(given: Mapping[str, Any], items: list[Any], version: str, budget: Budget) -> list[QuantumCircuit]:
    if version in _OLD:
        return [read_circuits(item.get("circuit"), 1, False, budget, f"item {i}, circuit")[0] for i, item in enumerate(items)]
    return read_circuits(given.get("circuits"), len(items), compressed_in(version), budget, "quantum_program.circuits")


def _item(item: Mapping[str, Any], circuit: QuantumCircuit, version: str, budget: Budget, what: str) -> ProgramItem:
    kind, chunk = item.get("item_type", "circuit"), item.get("chunk_size", "auto")
    size = None if chunk == "auto" else _natural(chunk, f"{what}, chunk_size", least=1)
    asked = item.get("shape", [])
    if not isinstance(asked, (list, tuple)):
        raise IBMInputValueError(f"{what}, shape: expected a list of numbers, found {type(asked).__name__}.")
    shape = tuple(_natural(each, f"{what}, shape") for each in asked)
    if kind == "circuit":
        return _circuit_item(item, circuit, shape, size, version, budget, what)
    if kind == "samplex":
        return _samplex_item(item, circuit, shape, size, version, budget, what)
    raise IBMInputValueError(f"{what}, item_type: expected 'circuit' or 'samplex', found {kind!r}.")


def _circuit_item(
    item: Mapping[str, Any],
    circuit: QuantumCircuit,
    shape: tuple[int, ...],
    size: int | None,
    version: str,
    budget: Budget,
    what: str,
) -> ProgramItem:
    values = read_tensor(item.get("circuit_arguments"), compressed_in(version), budget, f"{what}, circuit_arguments")
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise IBMInputValueError(f"{what}, circuit_arguments: expected finite real numbers, found others.")
    found = values.shape[-1] if values.ndim else 0
    if found != circuit.num_parameters:
        raise IBMInputValueError(
            f"{what}, circuit_arguments: expected a last axis as long as the circuit's {circuit.num_parameters} parameters, "
            f"found the shape {list(values.shape)}."
        )
    values = values.astype(np.float64).reshape(values.shape or (0,))
    shape = _broadcast(shape, values.shape[:-1], what)
    return ProgramItem(circuit, shape, np.broadcast_to(values, (*shape, found)), chunk_size=size)


def _samplex_item(
    item: Mapping[str, Any],
    circuit: QuantumCircuit,
    shape: tuple[int, ...],
    size: int | None,
    version: str,
    budget: Budget,
    what: str,
) -> ProgramItem:
    samplex = read_samplex(item.get("samplex"), version, budget, what)
    specs = samplex.outputs().get_specs("^parameter_values$")
    found = specs[0].shape[-1] if specs else 0
    if found != circuit.num_parameters:
        raise IBMInputValueError(
            f"{what}: the samplex draws {found} parameter values, but the circuit has {circuit.num_parameters} parameters."
        )
    given = item.get("samplex_arguments", {})
    arguments = read_arguments(samplex, given, compressed_in(version), budget, what)
    shape = _broadcast(shape, arguments.shape, what)
    return ProgramItem(circuit, shape, None, samplex, arguments, size)


def _broadcast(shape: tuple[int, ...], implied: tuple[int, ...], what: str) -> tuple[int, ...]:
    try:
        found = np.broadcast_shapes(shape, implied)
    except ValueError as err:
        raise IBMInputValueError(
            f"{what}, shape: expected one that {list(implied)}, that of the arguments, broadcasts to, found {list(shape)}."
        ) from err
    if math.prod(found) > _MOST_SIZE:
        raise IBMInputValueError(f"{what}, shape: expected at most {_MOST_SIZE} elements, found {list(found)}.")
    return found


def _check_level(level: Any) -> None:
    if level in ("kerneled", "avg_kerneled", "both"):
        raise OptionNotImplementedError(
            f"meas_level = {level!r} is not implemented: simulated measurements give bits, not points in a plane. Leave it at "
            "'classified'."
        )
    if level != "classified":
        raise IBMInputValueError(
            f"quantum_program.meas_level: expected 'classified', 'kerneled', 'avg_kerneled' or 'both', found {level!r}."
        )


def _check_chunks(items: list[Any]) -> None:
    sizes = [item.get("chunk_size", "auto") for item in items]
    if "auto" in sizes and any(size != "auto" for size in sizes):
        raise IBMInputValueError("items: expected chunk_size to be 'auto' for all items or a number for all, found both.")


def _natural(value: Any, what: str, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= _MOST_SIZE:
        raise IBMInputValueError(f"{what}: expected an integer of at least {least}, found {value!r}.")
    return value
