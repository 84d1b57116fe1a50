"""Circuits as OpenQASM 3 or 2."""

from __future__ import annotations

import re

from qiskit import qasm2
from qiskit.circuit import QuantumCircuit
from qiskit.exceptions import QiskitError

from ...codec.tree import DAMAGE
from ...errors import IBMInputValueError
from .expanded import check_expanded
from .limits import MOST_BITS, MOST_QASM2, MOST_QUBITS
from .qasm3 import circuit_of_qasm3

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_VERSION = re.compile(r"\s*OPENQASM\s+(\d+)(?:\.\d+)?\s*;")
_REGISTER = re.compile(r"\b([qc]reg)\s+\w+\s*\[\s*(\d+)\s*\]")
_DEEPEST = 200
"""Brackets in brackets; Qiskit's parser of OpenQASM 2 has no limit of its own but the stack."""
_CHAIN = re.compile(rf"(?:[-^]\s*\w*\.?\w*\s*){{{_DEEPEST}}}")


def circuit_of_qasm(text: str) -> QuantumCircuit:
    """A circuit from OpenQASM; of no version: 3.

    Raises:
        IBMInputValueError: it is malformed, says where; or too large; or includes files.
    """
    if len(text) > MOST_QASM2:
        raise IBMInputValueError(
            f"expected at most {MOST_QASM2} characters of OpenQASM, found {len(text)}. Send QPY in base 64, which is shorter."
        )
    code = _COMMENT.sub(" ", text)
    version = _VERSION.match(code)
    if version is None or version[1] == "3":
        return check_expanded(circuit_of_qasm3(text))
    if version[1] != "2":
        raise IBMInputValueError(f"expected OpenQASM 2 or 3, found version {version[1][:10]}.")
    return check_expanded(_circuit_of_qasm2(text, code))


def _circuit_of_qasm2(text: str, code: str) -> QuantumCircuit:
    _check_registers(code)
    _check_depth(code)
    try:
        return qasm2.loads(text, include_path=(), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS, custom_classical=())
    except (QiskitError, *DAMAGE) as err:
        raise IBMInputValueError(
            f"expected OpenQASM 2, found an error in it: {err} (Only qelib1.inc can be included.)"
        ) from err


def _check_registers(code: str) -> None:
    for kind, most in (("qreg", MOST_QUBITS), ("creg", MOST_BITS)):
        found = sum(int(size[:12]) for name, size in _REGISTER.findall(code) if name == kind)
        if found > most:
            raise IBMInputValueError(f"expected at most {most} bits in registers declared by {kind}, found {found}.")


def _check_depth(code: str) -> None:
    depth = 0
    for sign in re.findall(r"[()]", code):
        depth += 1 if sign == "(" else -1
        if depth > _DEEPEST:
            raise IBMInputValueError(f"expected at most {_DEEPEST} brackets in brackets, found more. Simplify expressions.")
    if _CHAIN.search(code):
        raise IBMInputValueError(f"expected at most {_DEEPEST} signs or powers in a row, found more. Simplify expressions.")
