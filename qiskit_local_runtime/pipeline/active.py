"""Circuits cut down to the qubits they touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

from ..sweeps import Tape, read


@dataclass(frozen=True, eq=False)
class ActiveCircuit:
    """A circuit on its active qubits."""

    circuit: QuantumCircuit
    """The same instructions; its qubit ``i`` is physical qubit ``qubits[i]``."""
    qubits: tuple[int, ...]
    """Physical qubits, ascending."""
    tape: Tape | None = None
    """The circuit as a tape, where it has been read already."""

    def index(self, physical: int) -> int:
        """The active index of a physical qubit."""
        return self.qubits.index(physical)


def restrict(circuit: QuantumCircuit, also: Iterable[int] = (), register: ClassicalRegister | None = None) -> ActiveCircuit:
    """Keep the qubits that an instruction (barriers aside) or ``also`` names, and add ``register`` to the classical bits.

    A circuit that touches nothing keeps its first qubit, since simulators want at least one.
    """
    tape = read(circuit)
    touched = sorted({*tape.active_qubits, *also}) or [0]
    if len(touched) == circuit.num_qubits and register is None:
        return ActiveCircuit(circuit, tuple(touched), tape)
    out = _empty(circuit, len(touched))
    if register is not None:
        out.add_register(register)
    kept = dict(zip([circuit.qubits[q] for q in touched], out.qubits, strict=True))
    for item in circuit.data:
        if item.operation.name == "barrier":
            continue
        out._append(item.replace(qubits=tuple(kept[q] for q in item.qubits)))
    return ActiveCircuit(out, tuple(touched))


def _empty(circuit: QuantumCircuit, num_qubits: int) -> QuantumCircuit:
    out = QuantumCircuit(QuantumRegister(num_qubits, "q"), name=circuit.name, global_phase=circuit.global_phase)
    out.add_bits(circuit.clbits)
    for register in circuit.cregs:
        out.add_register(register)
    for var in circuit.iter_input_vars():
        out.add_input(var)
    for var in circuit.iter_declared_vars():
        out.add_uninitialized_var(var)
    return out
