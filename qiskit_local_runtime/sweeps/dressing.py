"""Writes a circuit layer by layer with Paulis around the layers, merged into the one-qubit gates between them.

What is written does not depend on which Paulis are drawn: a merged gate is three angles, and remembers whose Paulis it
takes up. A Pauli that is drawn has a *leg*: group ``i`` has legs ``4 i + 1`` and ``4 i + 2`` before its gate, on the first
and the second qubit, and ``4 i + 3`` and ``4 i + 4`` after it.
"""

from __future__ import annotations

from typing import NamedTuple

from qiskit.circuit import Barrier, CircuitInstruction, Parameter, QuantumCircuit

from .euler import append_rotation
from .layers import Layer, LayerStart, Placed, mergeable
from .paulis import IDLE, TwirlGroup

NO_LEG = 0
"""The leg that never carries a Pauli."""


class TwirledLayer(NamedTuple):
    """A layer with Paulis around it."""

    gates: tuple[Placed, ...]
    """Its gates that are twirled; one that is not may run beside them."""
    qubits: tuple[int, ...]
    """Its twirled active qubits, ascending: those of the gates, and idle ones."""
    fronts: tuple[int, ...]
    """The merged gate that stands right before the layer on each of ``qubits``: its left Pauli acts where the noise does."""


class Dresser:
    """Knows of every qubit the one-qubit gates not written yet and the Pauli not undone yet.

    Args:
        circuit: whose registers, variables and global phase are taken over.
        basis: the gates that merged gates are written in, a key of :data:`~qiskit_local_runtime.sweeps.euler.BASES`.
    """

    def __init__(self, circuit: QuantumCircuit, basis: str) -> None:
        self.parameters: list[Parameter] = []
        """θ, φ, λ of every merged gate."""
        self.groups: list[TwirlGroup] = []
        """What Paulis are drawn from: gates and idle qubits, layer by layer."""
        self.contents: list[list[CircuitInstruction]] = []
        """Of every merged gate, the gates of the circuit that it stands for, in the order of time."""
        self.sources: list[tuple[int, int]] = []
        """Of every merged gate, the legs whose Paulis it takes up after and before these."""
        self.layers: list[TwirledLayer] = []
        """The layers with Paulis around them, in the order of time."""
        self.starts: list[LayerStart] = []
        """Of every layer with gates, where they begin in the circuit that is written."""
        self.apart = True
        """Whether barriers on all qubits stand around every layer: those of the circuit that is written are then these."""
        self._out = circuit.copy_empty_like()
        self._basis = basis
        self._name = _unused_name(circuit)
        self._waiting: list[list[CircuitInstruction] | None] = [None] * circuit.num_qubits
        self._right = [NO_LEG] * circuit.num_qubits

    def write(self, layer: Layer, qubits: tuple[int, ...]) -> None:
        """Write what comes before a layer, the Paulis on ``qubits``, and the layer."""
        for placed in layer.before:
            # after the last gates nothing need follow a barrier that could take Paulis up
            self._write(placed, through=placed.item.name == "barrier" and bool(layer.gates))
        legs = self._draw_from(layer, qubits)
        fronts: dict[int, int] = {}
        for qubit, leg in legs.items():
            fronts[qubit] = len(self.sources)
            self._close(qubit, leg)
        if qubits:
            gates = tuple(gate for gate in layer.gates if gate.group)
            self.layers.append(TwirledLayer(gates, qubits, tuple(fronts[qubit] for qubit in qubits)))
        self._barrier(qubits)
        if layer.gates:
            self.starts.append(LayerStart(len(self._out.data), layer.gates))
            self.apart &= len(qubits) == len(self._waiting)
        for gate in layer.gates:
            self._write(gate)
        self._barrier(qubits)
        for qubit, leg in legs.items():
            self._right[qubit] = leg + 2

    def finish(self, final: tuple[Placed, ...]) -> QuantumCircuit:
        """Undo what is not undone yet, measure, and hand out the circuit."""
        for qubit in range(len(self._waiting)):
            self._close(qubit)
        for placed in final:
            self._write(placed)
        return self._out

    def _draw_from(self, layer: Layer, qubits: tuple[int, ...]) -> dict[int, int]:
        """The leg before the layer on each of its twirled qubits."""
        legs: dict[int, int] = {}
        for gate in layer.gates:
            if gate.group:
                legs.update(zip(gate.qubits, self._add(gate.group), strict=True))
        for qubit in qubits:
            if qubit not in legs:
                legs[qubit] = self._add(IDLE)[0]
        return legs

    def _add(self, group: TwirlGroup) -> tuple[int, int]:
        self.groups.append(group)
        leg = 4 * len(self.groups) - 3
        return leg, leg + 1

    def _write(self, placed: Placed, through: bool = False) -> None:
        """Write an instruction, or let it wait; Paulis may pass ``through`` it to the gates after it."""
        if mergeable(placed.item):
            self._wait(placed)
            return
        for qubit in placed.qubits:
            if not through or self._waiting[qubit] is not None:
                self._close(qubit)
        self._out._append(placed.item)

    def _wait(self, placed: Placed) -> None:
        (qubit,) = placed.qubits
        found = self._waiting[qubit]
        if found is None:
            self._waiting[qubit] = [placed.item]
        else:
            found.append(placed.item)

    def _close(self, qubit: int, left: int = NO_LEG) -> None:
        """Write the one-qubit gates that wait, merged with the Paulis at their ends if there are any."""
        content, right = self._waiting[qubit] or [], self._right[qubit]
        self._waiting[qubit], self._right[qubit] = None, NO_LEG
        if left == right == NO_LEG:
            for item in content:
                self._out._append(item)
            return
        self.contents.append(content)
        self.sources.append((left, right))
        angles = [Parameter(f"{self._name}_{len(self.parameters) + i}") for i in range(3)]
        self.parameters.extend(angles)
        append_rotation(self._out, qubit, angles, self._basis)

    def _barrier(self, qubits: tuple[int, ...]) -> None:
        if qubits:
            bits = self._out.qubits
            self._out._append(CircuitInstruction(Barrier(len(qubits)), tuple([bits[qubit] for qubit in qubits])))


def _unused_name(circuit: QuantumCircuit) -> str:
    name = "twirl"
    while any(parameter.name.startswith(name) for parameter in circuit.parameters):
        name = "_" + name
    return name
