"""What a circuit does to some of its qubits, as a circuit of those."""

from __future__ import annotations

from dataclasses import dataclass

from qiskit.circuit import QuantumCircuit, QuantumRegister


@dataclass(frozen=True)
class Numbers:
    """The numbers that qubits and bits of a circuit have in a part of it."""

    qubits: dict[int, int]
    clbits: dict[int, int]
    num_clbits: int

    @classmethod
    def of(cls, qubits: tuple[int, ...], clbits: tuple[int, ...], num_clbits: int | None) -> Numbers:
        """Numbers in the order given; bits keep theirs where ``num_clbits``, how many the whole has, is given."""
        places = {qubit: place for place, qubit in enumerate(qubits)}
        if num_clbits is None:
            return cls(places, {bit: place for place, bit in enumerate(clbits)}, len(clbits))
        return cls(places, {bit: bit for bit in clbits}, num_clbits)


def within(whole: QuantumCircuit, here: Numbers, *, all_bits: bool) -> QuantumCircuit:
    """The instructions on some qubits, which meet no others.

    Args:
        whole: the circuit.
        here: the numbers of its qubits and bits.
        all_bits: keep all classical bits and registers of the whole.
    """
    out = _empty(whole, here, all_bits=all_bits)
    qubits = {whole.qubits[there]: out.qubits[place] for there, place in here.qubits.items()}
    clbits = {whole.clbits[there]: out.clbits[place] for there, place in here.clbits.items()}
    for item in whole.data:
        if item.name != "barrier" and item.qubits and item.qubits[0] in qubits:
            own = tuple([clbits[bit] for bit in item.clbits]) if item.clbits else ()
            out._append(item.replace(qubits=tuple([qubits[bit] for bit in item.qubits]), clbits=own))
    return out


def _empty(whole: QuantumCircuit, here: Numbers, *, all_bits: bool) -> QuantumCircuit:
    if not all_bits:
        return QuantumCircuit(len(here.qubits), here.num_clbits)
    out = QuantumCircuit(QuantumRegister(len(here.qubits), "q"))
    out.add_bits(whole.clbits)
    for register in whole.cregs:
        out.add_register(register)
    return out
