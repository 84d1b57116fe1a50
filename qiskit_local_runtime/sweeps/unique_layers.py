"""Layers of two-qubit gates told apart: what noise is learned of, and what its models belong to.

The noise of a layer acts before it: a noisy layer is ``U ∘ Λ``, ``Λ`` first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qiskit.circuit import QuantumCircuit

from .layers import Placed

_SYMMETRIC = frozenset({"cz", "swap", "iswap", "rzz", "rxx", "ryy", "cp", "cu1"})
"""Gates that do the same with their qubits exchanged."""


@dataclass(frozen=True)
class UniqueLayer:
    """Gates that run side by side on a device, and the qubits that are twirled with them; equal if all that is."""

    gates: tuple[tuple[str, tuple[float, ...], tuple[int, ...]], ...]
    """Name, angles (rounded) and physical qubits of each gate, sorted."""
    qubits: tuple[int, ...]
    """The twirled physical qubits, ascending: those of the gates, and idle ones."""

    @property
    def idle(self) -> tuple[int, ...]:
        """Qubits without a gate."""
        busy = {qubit for _, _, where in self.gates for qubit in where}
        return tuple(qubit for qubit in self.qubits if qubit not in busy)

    def circuit(self) -> QuantumCircuit:
        """The layer on its own qubits: qubit ``i`` is physical qubit ``qubits[i]``."""
        from qiskit.circuit.library import get_standard_gate_name_mapping

        standard = get_standard_gate_name_mapping()
        place = {qubit: i for i, qubit in enumerate(self.qubits)}
        out = QuantumCircuit(len(self.qubits))
        for name, angles, where in self.gates:
            out.append(standard[name].base_class(*angles), [place[qubit] for qubit in where])
        return out


def unique_layer(gates: Iterable[Placed], twirled: Iterable[int], physical: tuple[int, ...], decimals: int = 5) -> UniqueLayer:
    """What a layer of a circuit is on the device.

    Args:
        gates: of the layer, on active qubits; without parameters.
        twirled: its twirled active qubits.
        physical: physical qubit of each active one.
        decimals: to which angles are compared.
    """
    described = []
    for gate in gates:
        angles = tuple(round(float(angle), decimals) for angle in gate.item.params)
        where = tuple(physical[qubit] for qubit in gate.qubits)
        described.append((gate.item.name, angles, tuple(sorted(where)) if gate.item.name in _SYMMETRIC else where))
    return UniqueLayer(tuple(sorted(described)), tuple(sorted(physical[q] for q in twirled)))
