"""The layers of two-qubit gates in circuits, as gate twirling takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from qiskit.circuit import ParameterExpression, QuantumCircuit

from ..errors import IBMInputValueError
from ..sweeps.layers import Placed, layers_of
from ..sweeps.unique_layers import UniqueLayer, unique_layer
from ..techniques.gate_twirling import Strategy, twirled


def layers_in(circuit: QuantumCircuit, physical: tuple[int, ...], strategy: Strategy) -> tuple[UniqueLayer, ...]:
    """Every twirled layer of a circuit in the order of time; measurements count as twirled.

    Args:
        circuit: on active qubits.
        physical: physical qubit of each active one.
        strategy: which qubits are twirled in a layer.

    Raises:
        IBMInputValueError: a two-qubit gate depends on a parameter.
    """
    gates = [[gate for gate in layer.gates if gate.group] for layer in layers_of(circuit).layers]
    worn = twirled(circuit, 1, strategy, np.random.SeedSequence(0), measures=True)
    found = zip([each for each in gates if each], worn.twirled_qubits, strict=True)
    return tuple(unique_layer(map(_bound, each), qubits, physical) for each, qubits in found)


def ranked(layers: Iterable[UniqueLayer], most: int | None = None) -> tuple[UniqueLayer, ...]:
    """Each layer once: the most frequent first, of equally frequent ones that with more gates, then the first to occur.

    Args:
        layers: as they occur.
        most: how many to keep; ``None``: all.
    """
    counts = Counter(layers)
    return tuple(sorted(counts, key=lambda layer: (-counts[layer], -len(layer.gates))))[:most]


def _bound(gate: Placed) -> Placed:
    if any(isinstance(angle, ParameterExpression) for angle in gate.item.params):
        raise IBMInputValueError(
            f"The noise of a layer belongs to gates without parameters, found {gate.item.name} with {gate.item.params[0]} on "
            f"qubits {list(gate.qubits)}. Assign the parameter, or transpile to cx, cz or ecr."
        )
    return gate
