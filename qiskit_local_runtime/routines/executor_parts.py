"""Circuits cut into parts that never meet: the states of such qubits are products, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CircuitInstruction, ClassicalRegister, Parameter, QuantumCircuit, QuantumRegister

from ..devices.device import ActiveDevice, Device
from ..options.settings import Settings
from ..pipeline.dress import Dressed
from ..pipeline.runnable import Runnable
from ..sweeps import Shots, Sweep, num_bytes, tape_of
from .prepare import runnable

SMALL = 5
"""Qubits up to which a circuit stays in one piece, and lonely qubits are put together: a state of so few costs no more."""
FEW = 64
"""Rows up to which that is so."""
_JOINS_ALL = frozenset({"store", "break_loop", "continue_loop"})


@dataclass(frozen=True, eq=False)
class Part:
    """Some qubits of a circuit, and all that happens to them."""

    circuit: QuantumCircuit
    """Its qubits and bits only."""
    parameters: tuple[Parameter, ...]
    columns: tuple[int, ...]
    """Of the whole circuit's values: those of :attr:`parameters`."""
    clbits: tuple[int, ...]
    """Of the whole circuit: each of its bits."""
    device: ActiveDevice
    dressed: Dressed | None = None
    """Where its qubits are detuned by amounts that are drawn."""

    def runnable(self, values: NDArray[np.float64], shots: int, settings: Settings) -> Runnable:
        """What runs it.

        Args:
            values: of the whole circuit's parameters.
            shots: of each row.
            settings: of the request.

        Raises:
            SimulationTooLargeError: it does not fit in memory.
            IBMInputValueError: no method can run it.
        """
        sweep = Sweep(circuit=self.circuit, parameters=self.parameters, values=values[:, list(self.columns)], shots=shots)
        return runnable(sweep, self.device, settings, exact=False, dressed=self.dressed)


def parts_of(
    circuit: QuantumCircuit,
    parameters: tuple[Parameter, ...],
    device: Device,
    active: ActiveDevice,
    dressed: Dressed | None,
    rows: int,
) -> tuple[Part, ...]:
    """The parts of a circuit.

    Args:
        circuit: on active qubits.
        parameters: in the order of the columns of its values.
        device: the whole one.
        active: restricted to the circuit's qubits.
        dressed: the circuit as it really runs; ``None``: as it is.
        rows: how many value sets it runs with.
    """
    if active.backend is not None or circuit.num_qubits <= SMALL:
        every = tuple(range(len(parameters)))
        return (Part(circuit, parameters, every, tuple(range(circuit.num_clbits)), active, dressed),)
    real = circuit if dressed is None else dressed.circuit
    groups = _together(real, SMALL if rows <= FEW else 1)
    happens = _sorted_out(real, groups)
    return tuple(
        _part(_cut(real, qubits, items), qubits, parameters, device, active, dressed)
        for qubits, items in zip(groups, happens, strict=True)
    )


def merged(found: Iterable[tuple[tuple[int, ...], Shots]], num_clbits: int) -> NDArray[np.uint8]:
    """The packed bits of a whole circuit, ``(rows, shots, bytes)``, from those of parts and where each of their bits goes."""
    found = list(found)
    rows, _, _, shots, _ = found[0][1].packed.shape
    out = np.zeros((rows, shots, num_bytes(num_clbits)), dtype=np.uint8)
    for clbits, sampled in found:
        bits = sampled.packed[:, 0, 0]
        if len(found) == 1 and clbits == tuple(range(num_clbits)):
            return np.ascontiguousarray(bits)
        # bits that a part does not write are 0 in it
        for here, there in enumerate(clbits):
            out[..., -1 - there // 8] |= _bit(bits, here) << (there % 8)
    return out


def picked(packed: NDArray[np.uint8], clbits: Sequence[int]) -> NDArray[np.uint8]:
    """Some bits of packed shots, packed again."""
    out = np.zeros((*packed.shape[:-1], num_bytes(len(clbits))), dtype=np.uint8)
    for here, there in enumerate(clbits):
        out[..., -1 - here // 8] |= _bit(packed, there) << (here % 8)
    return out


def _bit(packed: NDArray[np.uint8], clbit: int) -> NDArray[np.uint8]:
    return np.bitwise_and(np.right_shift(packed[..., -1 - clbit // 8], clbit % 8), 1).astype(np.uint8, copy=False)


def _part(
    cut: tuple[QuantumCircuit, tuple[int, ...]],
    qubits: tuple[int, ...],
    parameters: tuple[Parameter, ...],
    device: Device,
    active: ActiveDevice,
    dressed: Dressed | None,
) -> Part:
    own, clbits = cut
    physical = tuple(active.qubits[q] for q in qubits)
    used = set(own.parameters)
    columns = tuple(i for i, parameter in enumerate(parameters) if parameter in used)
    kept = tuple(parameters[i] for i in columns)
    restricted = active if physical == active.qubits else device.restrict(physical)
    worn = None if dressed is None or not dressed.columns else _worn(own, kept, dressed, used)
    return Part(own, kept, columns, clbits, restricted, worn)


def _worn(own: QuantumCircuit, kept: tuple[Parameter, ...], dressed: Dressed, used: set[Parameter]) -> Dressed | None:
    """The detunings of a part: drawn as those of the whole circuit are, which parts share."""
    first = len(dressed.parameters) - len(dressed.columns)
    pairs = zip(dressed.parameters[first:], dressed.columns, strict=True)
    mine = [(parameter, column) for parameter, column in pairs if parameter in used]
    if not mine:
        return None
    return replace(
        dressed,
        circuit=own,
        tape=tape_of(own),
        parameters=(*kept, *(parameter for parameter, _ in mine)),
        originals=kept,
        columns=tuple(column for _, column in mine),
    )


def _sorted_out(circuit: QuantumCircuit, groups: Sequence[tuple[int, ...]]) -> list[list[CircuitInstruction]]:
    """What happens to each group of qubits; barriers matter to schedulers only."""
    place = {circuit.qubits[q]: number for number, qubits in enumerate(groups) for q in qubits}
    out: list[list[CircuitInstruction]] = [[] for _ in groups]
    for item in circuit.data:
        if item.name != "barrier" and item.qubits:
            out[place[item.qubits[0]]].append(item)
    return out


def _cut(
    circuit: QuantumCircuit, qubits: tuple[int, ...], items: list[CircuitInstruction]
) -> tuple[QuantumCircuit, tuple[int, ...]]:
    """What happens to some qubits, which meet no others; and the bits it happens to."""
    mine = {circuit.qubits[q]: place for place, q in enumerate(qubits)}
    if len(mine) == circuit.num_qubits:
        return circuit, tuple(range(circuit.num_clbits))
    index = {bit: i for i, bit in enumerate(circuit.clbits)}
    clbits = tuple(sorted({index[bit] for item in items for bit in item.clbits}))
    if any(hasattr(item.operation, "blocks") for item in items if not item.is_standard_gate()):
        # conditions name the circuit's own registers
        clbits = tuple(range(circuit.num_clbits))
        out = QuantumCircuit(QuantumRegister(len(qubits), "q"))
        out.add_bits(circuit.clbits)
        for register in circuit.cregs:
            out.add_register(register)
        theirs = {bit: bit for bit in circuit.clbits}
    else:
        out = QuantumCircuit(QuantumRegister(len(qubits), "q"), ClassicalRegister(len(clbits), "c"))
        theirs = {circuit.clbits[c]: out.clbits[place] for place, c in enumerate(clbits)}
    for item in items:
        on = tuple([out.qubits[mine[q]] for q in item.qubits])
        out._append(item.replace(qubits=on, clbits=tuple([theirs[c] for c in item.clbits])))
    return out, clbits


def _together(circuit: QuantumCircuit, most: int) -> list[tuple[int, ...]]:
    """Qubits that meet, directly or by bits, ascending; up to ``most`` lonely ones put together."""
    count = circuit.num_qubits
    if circuit.num_vars or any(item.name in _JOINS_ALL for item in circuit.data):
        return [tuple(range(count))]
    index = {bit: i for i, bit in enumerate([*circuit.qubits, *circuit.clbits])}
    leader = list(range(len(index)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for item in circuit.data:
        if item.name != "barrier":
            first, *others = [index[bit] for bit in (*item.qubits, *item.clbits)] or [0]
            for other in others:
                leader[find(other)] = find(first)
    groups: dict[int, list[int]] = {}
    for qubit in range(count):
        groups.setdefault(find(qubit), []).append(qubit)
    return _packed(circuit, [tuple(group) for group in groups.values()], most)


def _packed(circuit: QuantumCircuit, groups: list[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
    """The same with up to ``most`` lonely qubits, on which nothing happens after a measurement, in a group."""
    special = _special(circuit)
    lonely = [group[0] for group in groups if len(group) == 1 and group[0] not in special]
    rest = [group for group in groups if len(group) > 1 or group[0] in special]
    return [*rest, *(tuple(lonely[i : i + most]) for i in range(0, len(lonely), most))]


def _special(circuit: QuantumCircuit) -> set[int]:
    """Qubits that are reset, or go on after a measurement, or are part of control flow."""
    index = {bit: i for i, bit in enumerate(circuit.qubits)}
    measured: set[int] = set()
    found: set[int] = set()
    for item in circuit.data:
        if item.name == "barrier":
            continue
        qubits = {index[bit] for bit in item.qubits}
        found |= qubits & measured
        if item.name == "measure":
            measured |= qubits
        elif item.name == "reset" or item.clbits:
            found |= qubits
    return found
