"""Circuits cut down to the qubits they touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

from ..devices.cache import IdentityCache
from ..sweeps import Tape, read


@dataclass(frozen=True, eq=False)
class ActiveCircuit:
    """A circuit on its active qubits."""

    circuit: QuantumCircuit
    """The same instructions; its qubit ``i`` is physical qubit ``qubits[i]``."""
    qubits: tuple[int, ...]
    """Physical qubits, ascending."""
    tape: Tape
    """The circuit, read."""

    def index(self, physical: int) -> int:
        """The active index of a physical qubit."""
        return self.qubits.index(physical)


REGISTER = "_estimator"
"""The classical register that is added for measurements at the end."""


def restrict(circuit: QuantumCircuit, also: Iterable[int] = (), measured: int = 0) -> ActiveCircuit:
    """Keep the qubits that an instruction (barriers aside) or ``also`` names, and add a register of ``measured`` bits.

    A circuit that touches nothing keeps its first qubit, since simulators want at least one. The same object for the same
    circuit: do not change it.
    """
    tape = read(circuit)
    touched = tuple(sorted({*tape.active_qubits, *also})) or (0,)
    if len(touched) == circuit.num_qubits and not measured:
        return ActiveCircuit(circuit, touched, tape)
    return _RESTRICTED.get(circuit, (touched, measured), lambda: _restricted(circuit, tape, touched, measured))


_RESTRICTED: IdentityCache[ActiveCircuit] = IdentityCache(8)
"""By circuit: no value refers to its circuit, which would keep it alive."""


def _restricted(circuit: QuantumCircuit, tape: Tape, touched: tuple[int, ...], measured: int) -> ActiveCircuit:
    out = _empty(circuit, len(touched))
    if measured:
        out.add_register(ClassicalRegister(measured, REGISTER))
    kept = dict(zip([circuit.qubits[q] for q in touched], out.qubits, strict=True))
    for item in circuit.data:
        if item.name == "barrier":
            inside = [kept[q] for q in item.qubits if q in kept]
            if inside:
                out.barrier(inside)
        else:
            out._append(item.replace(qubits=tuple([kept[q] for q in item.qubits])))
    return ActiveCircuit(out, touched, tape.on(touched, out.num_clbits))


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
