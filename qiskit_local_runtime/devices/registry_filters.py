"""What a service tells of a backend, and the conditions by which it picks some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qiskit.providers import BackendV2

from .aer_source import is_aer


@dataclass(frozen=True)
class BackendFacts:
    """What a list of backends shows of one."""

    name: str
    num_qubits: int | None
    """``None``: any number."""
    simulator: bool
    """Whether it is an ideal simulator: no noise, no durations, no coupling map."""
    operational: bool
    basis_gates: tuple[str, ...]
    """Names of its gates and other instructions, sorted."""


def summary(backend: BackendV2) -> BackendFacts:
    """The facts of a backend."""
    name, basis = str(backend.name or type(backend).__name__), tuple(sorted(backend.operation_names))
    return BackendFacts(name, backend.num_qubits, is_ideal(backend), True, basis)


def is_ideal(backend: Any) -> bool:
    """Whether it is a plain ``AerSimulator``; one set up with noise or a coupling map stands for a device."""
    return is_aer(backend) and backend.options.noise_model is None and backend.coupling_map is None


def matches(
    backend: BackendV2,
    *,
    min_num_qubits: int | None = None,
    dynamic_circuits: bool | None = None,
    filters: Callable[[Any], bool] | None = None,
    use_fractional_gates: bool | None = False,
    **attributes: Any,
) -> bool:
    """Whether a backend meets all conditions.

    Args:
        backend: any backend.
        min_num_qubits: at least so many qubits.
        dynamic_circuits: whether it runs circuits with control flow.
        filters: a function of the backend; one that lacks what it asks for does not meet it.
        use_fractional_gates: only with ``rx`` and ``rzz`` of any angle.
        attributes: values that the backend, its configuration or its status must have. One that none of them has counts as
            ``None``, as with IBM's client.
    """
    size = backend.num_qubits
    if min_num_qubits is not None and size is not None and size < min_num_qubits:
        return False
    if dynamic_circuits is not None and ("if_else" in backend.operation_names) != dynamic_circuits:
        return False
    if use_fractional_gates and not {"rx", "rzz"} <= set(backend.operation_names):
        return False
    if any(_attribute(backend, name) != value for name, value in attributes.items()):
        return False
    try:
        return filters is None or bool(filters(backend))
    except AttributeError:
        # a filter written for devices, such as lambda b: b.status().operational, asks what a plain simulator has not got
        return False


_FACTS: dict[str, Callable[[BackendV2], Any]] = {
    "operational": lambda backend: True,
    "status_msg": lambda backend: "active",
    "simulator": is_ideal,
    "local": lambda backend: True,
    "n_qubits": lambda backend: backend.num_qubits,
    "backend_name": lambda backend: backend.name,
}
"""What IBM's filters ask for most, and local backends do not say or say otherwise."""


def _attribute(backend: BackendV2, name: str) -> Any:
    if name in _FACTS:
        return _FACTS[name](backend)
    for holder in (backend, _called(backend, "configuration"), _called(backend, "status")):
        if holder is not None and hasattr(holder, name):
            value = getattr(holder, name)
            return value() if callable(value) and holder is backend else value
    return None


def _called(backend: BackendV2, name: str) -> Any:
    method = getattr(backend, name, None)
    return method() if callable(method) else None
