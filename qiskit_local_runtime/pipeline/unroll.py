"""Composite gates opened up, for backends that take any circuit."""

from __future__ import annotations

from qiskit.circuit import QuantumCircuit
from qiskit.circuit.equivalence_library import SessionEquivalenceLibrary
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import PassManager
from qiskit.transpiler.exceptions import TranspilerError
from qiskit.transpiler.passes import HighLevelSynthesis, UnrollCustomDefinitions

from ..errors import IBMInputValueError
from ..sweeps import tape_of

_UNDERSTOOD = frozenset(get_standard_gate_name_mapping()) | {
    "unitary",
    "initialize",
    "barrier",
    "measure",
    "reset",
    "delay",
    "if_else",
    "for_loop",
    "while_loop",
    "switch_case",
    "box",
    "break_loop",
    "continue_loop",
    "store",
}
"""Operations simulators take as they are."""
_BLOCKS = frozenset({"if_else", "for_loop", "while_loop", "switch_case", "box"})


def needs_unrolling(circuit: QuantumCircuit) -> bool:
    """Whether an operation is neither a standard gate nor a directive simulators know."""
    names = circuit.count_ops().keys()
    if not names <= _UNDERSTOOD:
        return True
    if names.isdisjoint(_BLOCKS):
        return False
    blocks = (block for item in circuit.data if item.name in _BLOCKS for block in item.operation.blocks)
    return any(needs_unrolling(block) for block in blocks)


def unroll(circuit: QuantumCircuit) -> QuantumCircuit:
    """Replace composite operations by their definitions until only standard gates are left.

    Qubits that are initialized again are reset before.

    Raises:
        IBMInputValueError: an operation has no definition.
    """
    return _with_resets(_opened(circuit))


def _with_resets(circuit: QuantumCircuit) -> QuantumCircuit:
    if "initialize" not in circuit.count_ops() or not tape_of(circuit).initializes_again:
        return circuit
    out = circuit.copy_empty_like()
    for item in circuit.data:
        if item.name == "initialize":
            for qubit in item.qubits:
                out.reset(qubit)
        out._append(item)
    return out


def _opened(circuit: QuantumCircuit) -> QuantumCircuit:
    if not needs_unrolling(circuit):
        return circuit
    basis = sorted(_UNDERSTOOD)
    manager = PassManager(
        [
            HighLevelSynthesis(equivalence_library=SessionEquivalenceLibrary, basis_gates=basis, qubits_initially_zero=False),
            UnrollCustomDefinitions(SessionEquivalenceLibrary, basis_gates=basis),
        ]
    )
    try:
        return manager.run(circuit)
    except TranspilerError as err:
        raise IBMInputValueError(
            f"The circuit {circuit.name!r} has an operation that is not a standard gate and has no definition to open it up "
            f"with: {err.message}. Give it a definition, write it as a UnitaryGate, or transpile the circuit first."
        ) from err
