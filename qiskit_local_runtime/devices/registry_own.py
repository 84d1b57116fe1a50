"""The backends that every process knows by name, and how they are made."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from .fakes import fake_behind, fake_names, make_fake

AER_METHODS = ("", "statevector", "density_matrix", "stabilizer", "matrix_product_state")
GENERIC_SIZES = (5, 20, 127)
"""Generic devices that are listed; any other size may be asked for by name."""
_GENERIC = re.compile(r"generic_([1-9]\d*)q")
_MOST_QUBITS = 1000
_ONE_QUBIT_BASIS = ["id", "rz", "sx", "x", "reset", "delay", "measure"]
"""Qiskit's default basis has ``cx``, which it refuses to give to a single qubit."""


def own_names() -> list[str]:
    """Names of the simulators and generic devices that are listed, and of the fake devices that are installed."""
    return [*map(aer_name, AER_METHODS), *(f"generic_{size}q" for size in GENERIC_SIZES), *fake_names()]


def aer_name(method: str) -> str:
    """The name of the ``AerSimulator`` of a method; ``""`` is the automatic one."""
    return f"aer_simulator_{method}" if method else "aer_simulator"


def generic_size(name: str) -> int | None:
    """How many qubits a generic device of this name has; ``None``: it is not the name of one."""
    found = _GENERIC.fullmatch(name)
    return int(found[1]) if found and len(found[1]) < 5 and int(found[1]) <= _MOST_QUBITS else None


def is_own(name: str) -> bool:
    """Whether this is the name of one of them, listed or not."""
    return generic_size(name) is not None or fake_behind(name) is not None or name in own_names()


def make_own(name: str, known: Iterable[str]) -> BackendV2:
    """A new backend of this name.

    Args:
        name: as listed by :func:`own_names`, ``generic_<n>q``, or a QPU's (``ibm_fez``), for which its fake device stands.
        known: the names to suggest when there is none of this name.

    Raises:
        QiskitBackendNotFoundError: there is none of this name.
    """
    for method in AER_METHODS:
        if name == aer_name(method):
            from qiskit_aer import AerSimulator

            return AerSimulator(method=method) if method else AerSimulator()
    size = generic_size(name) if isinstance(name, str) else None
    if size is not None:
        return _generic(name, size)
    if fake_behind(name) is not None:
        return make_fake(name)
    raise QiskitBackendNotFoundError(f"No local backend is named {name!r}.{_hint(str(name), known)}")


def _generic(name: str, size: int) -> BackendV2:
    from qiskit.providers.fake_provider import GenericBackendV2

    made = GenericBackendV2(size, basis_gates=_ONE_QUBIT_BASIS if size == 1 else None, seed=0, control_flow=True)
    made.name = name
    return made


def _hint(name: str, known: Iterable[str]) -> str:
    if name.startswith("fake_") and not fake_names():
        return " Fake devices need IBM's client: pip install 'qiskit-local-runtime[fake]'."
    close = difflib.get_close_matches(name, list(known), n=3)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else " service.backends() lists those there are."
