"""How many operations a circuit stands for: definitions that double one another make millions of a few lines."""

from __future__ import annotations

from qiskit.circuit import Gate, Instruction, QuantumCircuit

from ...errors import IBMInputValueError

_MOST = 1_000_000
_MOST_BODIES = 20_000
"""Definitions and blocks; each is made when it is looked at."""
_LIBRARY = "qiskit.circuit.library."


def check_expanded(circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit whose own definitions, written out, are not too long.

    Raises:
        IBMInputValueError: they are.
    """
    seen, bodies, waiting = 0, 0, [circuit]
    while waiting:
        body = waiting.pop()
        seen, bodies = seen + len(body.data), bodies + 1
        if (bodies > 1 and seen > _MOST) or bodies > _MOST_BODIES:
            raise IBMInputValueError(
                f"expected a circuit of at most {_MOST} operations and {_MOST_BODIES} definitions and blocks, these written "
                "out, found more. Decompose it."
            )
        if len(body.data):
            waiting += [inner for item in body.data if not item.is_standard_gate() for inner in _inside(item.operation)]
    return circuit


def _inside(operation: object) -> list[QuantumCircuit]:
    if blocks := getattr(operation, "blocks", ()):
        return list(blocks)
    if not isinstance(operation, (Gate, Instruction)) or str(type(operation).__module__).startswith(_LIBRARY):
        return []
    found = operation.definition
    return [] if found is None else [found]
