"""The layers of circuits as instructions of boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qiskit.circuit import CircuitInstruction, QuantumCircuit

from ..errors import IBMInputValueError
from ..results import layer_instruction
from ..sweeps.unique_layers import UniqueLayer
from ..techniques.gate_twirling import Strategy
from .active import restrict
from .find_layers import layers_in, ranked


def instructions_of(circuits: Sequence[tuple[QuantumCircuit, Iterable[int]]], strategy: Strategy) -> list[CircuitInstruction]:
    """Each layer of circuits on physical qubits once, as a box; the most frequent first.

    Args:
        circuits: with the qubits that are measured at the end, which their instructions need not name.
        strategy: which qubits are twirled in a layer.

    Raises:
        IBMInputValueError: a two-qubit gate depends on a parameter.
    """
    found: list[UniqueLayer] = []
    for index, (circuit, measured) in enumerate(circuits):
        active = restrict(circuit, measured)
        try:
            found += layers_in(active.circuit, active.qubits, strategy)
        except IBMInputValueError as err:
            raise IBMInputValueError(f"PUB {index}: {err}") from err
    size = max((circuit.num_qubits for circuit, _ in circuits), default=0)
    return [layer_instruction(layer, size) for layer in ranked(found)]
