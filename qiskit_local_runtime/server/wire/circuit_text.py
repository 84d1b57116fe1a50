"""Circuits as text: OpenQASM 3 or 2, or QPY in base 64."""

from __future__ import annotations

import re

from qiskit.circuit import QuantumCircuit

from ...codec.budget import Budget, from_base64
from ...errors import IBMInputValueError
from .circuits import circuit_of_qpy
from .qasm import circuit_of_qasm

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+=*\s*")
_ZLIB = 0x78
"""First byte of what zlib compresses."""


def circuit_of_text(text: str, budget: Budget) -> QuantumCircuit:
    """A circuit from text.

    Args:
        text: OpenQASM 3 or 2; or QPY in base 64, compressed by zlib or not.
        budget: what may be unpacked.

    Raises:
        IBMInputValueError: it is none of these, cannot be read, or is too large.
    """
    if not text.strip():
        raise IBMInputValueError("expected a circuit as OpenQASM or as QPY in base 64, found empty text.")
    if not _BASE64.fullmatch(text):
        return circuit_of_qasm(text)
    data = from_base64(text)
    if data[:1] == bytes([_ZLIB]):
        data = budget.inflate(data)
    if data[:6] != b"QISKIT":
        raise IBMInputValueError(
            f"expected a circuit as OpenQASM, or as QPY in base 64, found {text[:40]!r}…, which is neither. OpenQASM begins "
            "with 'OPENQASM 3.0;'."
        )
    budget.take(len(data))
    return circuit_of_qpy(data)
