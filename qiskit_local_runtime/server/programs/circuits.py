"""A circuit in whichever form it came."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import QuantumCircuit

from ...codec.budget import Budget
from ...errors import IBMInputValueError
from ..wire.circuit_text import circuit_of_text


def circuit_of(value: Any, budget: Budget, where: str) -> QuantumCircuit:
    """A circuit.

    Args:
        value: one that was read already, or text.
        budget: what may be unpacked.
        where: what it is, for errors: ``PUB 0``.

    Raises:
        IBMInputValueError: it is none.
    """
    if isinstance(value, QuantumCircuit):
        return value
    if not isinstance(value, str):
        raise IBMInputValueError(
            f"{where}: expected a circuit as OpenQASM 3 text, as QPY in base 64 or as IBM's client writes it, found "
            f"{type(value).__name__}."
        )
    try:
        return circuit_of_text(value, budget)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"{where}: {err}") from err
