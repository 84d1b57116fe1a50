"""A circuit sorted into layers of two-qubit gates, each gate in the earliest layer that its qubits allow.

The number of layers with gates is the circuit's two-qubit depth. Everything else keeps its place between the layers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from qiskit.circuit import CircuitInstruction, QuantumCircuit

from .euler import angles_of_gate
from .paulis import TwirlGroup, group_of

_EVERYTHING = frozenset({"if_else", "for_loop", "while_loop", "switch_case", "box", "break_loop", "continue_loop", "store"})
"""What may depend on bits and variables it does not name, and so keeps its place relative to all others."""
_SMALL = frozenset({"barrier", "measure", "reset", "delay"})


class Placed(NamedTuple):
    """An instruction and the indices of its qubits."""

    item: CircuitInstruction
    qubits: tuple[int, ...]
    group: TwirlGroup | None = None
    """The gate's twirling group, where it is a gate that can be twirled."""


class Layer(NamedTuple):
    """Gates that share no qubit, and what comes before them."""

    before: tuple[Placed, ...]
    """One-qubit operations, measurements and barriers, none of which comes after one of this layer's gates."""
    gates: tuple[Placed, ...]
    """Whatever acts on several qubits, and control flow; empty in the last layer."""


class LayerStart(NamedTuple):
    """Where the gates of a layer begin."""

    place: int
    """Of the first of them in the circuit's data."""
    gates: tuple[Placed, ...]


@dataclass(frozen=True, eq=False)
class Layers:
    """A circuit in layers; their instructions one after another, then ``final``, are the circuit again."""

    layers: tuple[Layer, ...]
    final: tuple[Placed, ...]
    """Measurements after which nothing, not even a barrier, comes on their qubit and bit."""
    skipped: tuple[str, ...]
    """What cannot be twirled, and why, in the circuit's order."""


def layers_of(circuit: QuantumCircuit) -> Layers:
    """Sort a circuit's instructions into layers.

    Barriers hold layers apart. Control flow stands alone between the layers before it and those after it.
    """
    index = {bit: i for i, bit in enumerate((*circuit.qubits, *circuit.clbits))}
    final_places = final_measurements(circuit)
    sort = _Sorter(len(index))
    final: list[Placed] = []
    for place, item in enumerate(circuit.data):
        qubits = tuple([index[bit] for bit in item.qubits])
        if place in final_places:
            final.append(Placed(item, qubits))
        else:
            sort.add(item, qubits, [index[bit] for bit in item.clbits])
    return Layers(sort.layers(), tuple(final), tuple(sort.skipped))


def mergeable(item: CircuitInstruction) -> bool:
    """Whether an instruction is a one-qubit gate whose Euler angles are known, for all values of its parameters."""
    if len(item.qubits) != 1 or item.clbits:
        return False
    if not item.is_standard_gate():
        return bool(item.name == "unitary")
    return not item.is_parameterized() or angles_of_gate(item.name, item.params) is not None


class _Sorter:
    """The layer that each bit has reached, and what was put where."""

    def __init__(self, num_bits: int) -> None:
        self.reached = [0] * num_bits
        self.before: dict[int, list[Placed]] = defaultdict(list)
        self.gates: dict[int, list[Placed]] = defaultdict(list)
        self.skipped: list[str] = []

    def add(self, item: CircuitInstruction, qubits: tuple[int, ...], clbits: list[int]) -> None:
        name = item.name
        everything = name in _EVERYTHING
        if len(qubits) == 1 and not clbits and not everything:
            self.before[self.reached[qubits[0]]].append(Placed(item, qubits))
            return
        bits: Iterable[int] = range(len(self.reached)) if everything else (*qubits, *clbits)
        layer = max([self.reached[bit] for bit in bits], default=0)
        if name in _SMALL or (len(qubits) < 2 and not everything):
            self.before[layer].append(Placed(item, qubits))
        else:
            self.gates[layer].append(Placed(item, qubits, self._group(item, qubits)))
            layer += 1
        for bit in bits:
            self.reached[bit] = layer

    def _group(self, item: CircuitInstruction, qubits: tuple[int, ...]) -> TwirlGroup | None:
        group = group_of(item.name, item.params) if len(qubits) == 2 and item.is_standard_gate() else None
        if group is None:
            self.skipped.append(_why_not(item, qubits))
        return group

    def layers(self) -> tuple[Layer, ...]:
        count = max((*self.before, *(layer + 1 for layer in self.gates)), default=0) + 1
        return tuple(Layer(tuple(self.before[i]), tuple(self.gates[i])) for i in range(count))


def _why_not(item: CircuitInstruction, qubits: tuple[int, ...]) -> str:
    if item.name in _EVERYTHING:
        return f"{item.name} on qubits {list(qubits)}: what is inside is not twirled"
    if len(qubits) > 2:
        return f"{item.name} on qubits {list(qubits)}: only gates on two qubits are twirled"
    if not item.is_standard_gate():
        return f"{item.name} on qubits {list(qubits)}: not one of Qiskit's standard gates"
    return f"{item.name} on qubits {list(qubits)}: no Pauli before it is a Pauli after it"


def final_measurements(circuit: QuantumCircuit) -> frozenset[int]:
    """Places of the measurements after which nothing, not even a barrier, comes on their qubit and bit."""
    busy: set[object] = set()
    found: list[int] = []
    left = circuit.count_ops().get("measure", 0)
    for place in range(len(circuit.data) - 1, -1, -1):
        item = circuit.data[place]
        if not left or item.name in _EVERYTHING:
            break
        left -= item.name == "measure"
        bits = {*item.qubits, *item.clbits}
        if item.name == "measure" and busy.isdisjoint(bits):
            found.append(place)
        busy |= bits
    return frozenset(found)
