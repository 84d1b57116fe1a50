"""Circuits as OpenQASM 3, by the reference parser; what it would make is measured before it is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qiskit.circuit import QuantumCircuit
from qiskit.exceptions import QiskitError

from ...codec.tree import DAMAGE
from ...errors import IBMInputValueError, IBMRuntimeError
from .limits import MOST_BITS, MOST_CONTROLS, MOST_POWER, MOST_QASM3, MOST_QUBITS

_MOST_WRITTEN_OUT = 2_000
_PHYSICAL = re.compile(r"\$\d+")


def circuit_of_qasm3(text: str) -> QuantumCircuit:
    """A circuit from OpenQASM 3.

    Raises:
        IBMInputValueError: it is malformed, says where; or too large; or includes files.
        IBMRuntimeError: the parser is not installed.
    """
    if len(text) > MOST_QASM3:
        raise IBMInputValueError(
            f"expected at most {MOST_QASM3} characters of OpenQASM 3, found {len(text)}. Send QPY in base 64, which is read a "
            "hundred times faster."
        )
    try:
        import openqasm3
        import qiskit_qasm3_import as importer
    except ImportError as err:
        raise IBMRuntimeError(
            "OpenQASM 3 is read by the package qiskit-qasm3-import, which is not installed. Run pip install "
            "qiskit-local-runtime[server]."
        ) from err
    try:
        program = openqasm3.parse(text)
        _check(program)
        _check_definitions(program)
        return importer.convert(program)
    except IBMInputValueError:
        raise
    except (QiskitError, importer.ConversionError, openqasm3.parser.QASM3ParsingError, *DAMAGE) as err:
        raise IBMInputValueError(f"expected OpenQASM 3, found an error in it: {_said(err)}") from err


def _said(err: BaseException) -> str:
    """What the parser says; the place of a syntax error is in its cause."""
    cause = err.__cause__ or err.__context__
    token = getattr(getattr(cause, "args", (None,))[0] if cause and cause.args else cause, "offendingToken", None)
    if token is not None:
        return f"{token.line},{token.column}: {token.text!r} is not expected here."
    return str(err) or type(err).__name__


def _check(program: Any) -> None:
    qubits = bits = 0
    for node in _nodes(program):
        name = type(node).__name__
        if name == "QubitDeclaration":
            qubits += _size(node, node.size)
        elif name == "ClassicalDeclaration" and type(node.type).__name__ == "BitType":
            bits += _size(node, node.type.size)
        elif name == "Identifier" and _PHYSICAL.fullmatch(node.name):
            qubits = max(qubits, int(node.name[1:13]) + 1)
        elif name == "QuantumGateModifier" and node.argument is not None:
            _check_modifier(node)
    if qubits > MOST_QUBITS or bits > MOST_BITS:
        raise IBMInputValueError(
            f"expected at most {MOST_QUBITS} qubits and {MOST_BITS} classical bits, found {qubits} and {bits}."
        )


def _check_definitions(program: Any) -> None:
    """Refuse gates whose definitions, written out, are long: the importer copies them in full wherever they are used."""
    sizes: dict[str, int] = {}
    for gate in program.statements:
        if type(gate).__name__ == "QuantumGateDefinition":
            used = [node.name.name for node in _nodes(gate.body) if type(node).__name__ == "QuantumGate"]
            sizes[gate.name.name] = size = 1 + sum(sizes.get(name, 1) for name in used)
            if size > _MOST_WRITTEN_OUT:
                raise IBMInputValueError(
                    f"{_place(gate)}: expected definitions of at most {_MOST_WRITTEN_OUT} operations when written out, "
                    "found more."
                )


def _nodes(node: Any) -> Iterator[Any]:
    """A node and all below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif type(node).__module__ == "openqasm3.ast" and hasattr(node, "__dataclass_fields__"):
            yield node
            waiting.extend(value for key, value in vars(node).items() if key != "span")


def _size(node: Any, size: Any) -> int:
    if size is None:
        return 1
    if type(size).__name__ != "IntegerLiteral":
        raise IBMInputValueError(f"{_place(node)}: expected a register whose size is a number, found an expression.")
    return int(size.value)


def _check_modifier(node: Any) -> None:
    argument, kind = node.argument, node.modifier.name
    value = getattr(argument, "value", None)
    if kind != "pow" and not (isinstance(value, int) and value <= MOST_CONTROLS):
        raise IBMInputValueError(f"{_place(node)}: expected {kind} with a number up to {MOST_CONTROLS}.")
    if kind == "pow" and isinstance(value, (int, float)) and value > MOST_POWER:
        raise IBMInputValueError(f"{_place(node)}: expected a power up to {MOST_POWER}, found {str(value)[:20]}.")


def _place(node: Any) -> str:
    span = node.span
    return "in it" if span is None else f"line {span.start_line}"
