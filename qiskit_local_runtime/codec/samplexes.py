"""Samplexes of IBM's executor programs and their arguments; needs the package samplomatic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qiskit.quantum_info import PauliLindbladMap

from ..errors import IBMInputValueError, IBMRuntimeError
from .budget import Budget
from .samplex_checks import check_outputs, check_samplex
from .tensors import is_tensor, read_tensor
from .tree import DAMAGE

_MOST_QUBITS = 100_000
_MOST_SUBSYSTEMS = 10_000_000
"""Of all registers that a samplex makes, together."""


def samplomatic() -> Any:
    """The module.

    Raises:
        IBMRuntimeError: it is not installed.
    """
    try:
        import samplomatic.serialization
    except ImportError as err:
        raise IBMRuntimeError(
            "A samplex item of a quantum program needs the package samplomatic, which is not installed. Run "
            "pip install 'qiskit-local-runtime[server]'."
        ) from err
    return samplomatic


def read_samplex(value: Any, version: str, budget: Budget, what: str) -> Any:
    """A samplex, ready to be sampled.

    Args:
        value: JSON with ``samplex_json`` and ``ssv``.
        version: of the program.
        budget: counts its bytes.
        what: it is, for errors.

    Raises:
        IBMInputValueError: it is damaged, or of a later version.
        IBMRuntimeError: samplomatic is not installed.
    """
    library = samplomatic()
    if not isinstance(value, Mapping) or not isinstance(value.get("samplex_json"), str):
        raise IBMInputValueError(f"{what}: expected a samplex with samplex_json, found something else.")
    text = value["samplex_json"]
    budget.take(len(text), what)
    try:
        check_samplex(text, value.get("ssv"), version, budget, what)
        samplex = library.serialization.samplex_from_json(text).finalize()
        check_outputs(samplex, what)
        wide = sum(size for node in samplex.graph.nodes() for size, _ in node.instantiates().values())
    except IBMInputValueError:
        raise
    except (*DAMAGE, *_errors(library)) as err:
        raise IBMInputValueError(f"{what}: the samplex cannot be read: {_said(err)}") from err
    except BaseException as err:  # a failure inside a reader in Rust is no Exception
        if type(err).__name__ != "PanicException":
            raise
        raise IBMInputValueError(f"{what}: the samplex is damaged: {err}") from None
    if wide > _MOST_SUBSYSTEMS:
        raise IBMInputValueError(
            f"{what}: the samplex has registers of {wide} subsystems; expected {_MOST_SUBSYSTEMS} at most."
        )
    return samplex


def read_arguments(samplex: Any, values: Any, compressed: bool, budget: Budget, what: str) -> Any:
    """The arguments of a samplex, bound.

    Args:
        samplex: whose they are.
        values: JSON by name: booleans, numbers, tensors, maps of noise.
        compressed: whether tensors are.
        budget: counts their bytes.
        what: they belong to, for errors.

    Raises:
        IBMInputValueError: one is missing, unknown, or of another shape than the samplex takes.
    """
    if not isinstance(values, Mapping):
        raise IBMInputValueError(f"{what}: expected samplex_arguments by name, found {type(values).__name__}.")
    bound = samplex.inputs().make_broadcastable()
    for name, value in values.items():
        place = f"{what}, argument {name!r}"
        try:
            bound[name] = _argument(value, compressed, budget, place)
        except IBMInputValueError:
            raise
        except DAMAGE as err:
            raise IBMInputValueError(f"{place}: {_said(err)}") from err
    if not bound.fully_bound:
        missing = bound.describe(include_bound=False, prefix="")
        raise IBMInputValueError(f"{what}: the samplex lacks arguments: {missing.strip()}. Give each a value.")
    return bound


def sampled(samplex: Any, arguments: Any, count: int, rng: Any) -> dict[str, Any]:
    """What a samplex draws, by name, each with a leading axis of ``count``.

    Raises:
        IBMInputValueError: it cannot be sampled.
    """
    try:
        return dict(samplex.sample(arguments, num_randomizations=count, rng=rng, max_workers=1))
    except (*DAMAGE, *_errors(samplomatic())) as err:
        raise IBMInputValueError(f"the samplex cannot be sampled: {_said(err)}") from err


def _argument(value: Any, compressed: bool, budget: Budget, what: str) -> Any:
    if isinstance(value, (bool, int, float)):
        return value
    if is_tensor(value):
        return read_tensor(value, compressed, budget, what)
    if isinstance(value, Mapping) and {"sparse_terms", "num_qubits"} <= set(value):
        return _noise(value, what)
    raise IBMInputValueError(f"{what}: expected a boolean, a number, a tensor or a Pauli-Lindblad map, found something else.")


def _noise(value: Mapping[str, Any], what: str) -> PauliLindbladMap:
    count, terms = value["num_qubits"], value["sparse_terms"]
    if type(count) is not int or not 0 <= count <= _MOST_QUBITS:
        raise IBMInputValueError(f"{what}: expected 0 to {_MOST_QUBITS} qubits, found {count!r}.")
    return PauliLindbladMap.from_sparse_list([(str(p), list(qubits), float(rate)) for p, qubits, rate in terms], count)


def _errors(library: Any) -> tuple[type[Exception], ...]:
    from rustworkx import JSONDeserializationError

    names = ("SerializationError", "DeserializationError", "SamplexError", "ParameterError", "SynthError", "VirtualGateError")
    found = library.exceptions
    return (JSONDeserializationError, *(getattr(found, name) for name in names if hasattr(found, name)))


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
