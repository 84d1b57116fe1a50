"""Layers of circuits, as gate twirling takes them."""

from __future__ import annotations

import unittest

from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.find_layers import layers_in, ranked
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer
from qiskit_local_runtime.techniques.gate_twirling import Strategy

_PHYSICAL = (10, 11, 12, 13, 14)


def _cz(*pairs: tuple[int, int], qubits: tuple[int, ...]) -> UniqueLayer:
    return UniqueLayer(tuple(("cz", (), pair) for pair in pairs), qubits)


def _brickwork(rounds: int) -> QuantumCircuit:
    circuit = QuantumCircuit(5, 5)
    for _ in range(rounds):
        circuit.rx(0.3, range(4))
        circuit.cz([0, 2], [1, 3])
        circuit.cz(1, 2)
    circuit.measure(range(4), range(4))
    return circuit


@ddt
class TestLayersIn(unittest.TestCase):
    """A brickwork on four of five qubits."""

    @data(
        ("active", (10, 11, 12, 13), (11, 12)),
        ("active-accum", (10, 11, 12, 13), (10, 11, 12, 13)),
        ("active-circuit", (10, 11, 12, 13), (10, 11, 12, 13)),
        ("all", _PHYSICAL, _PHYSICAL),
    )
    @unpack
    def test_each_strategy_says_which_qubits_belong_to_a_layer(
        self, strategy: Strategy, outer: tuple[int, ...], inner: tuple[int, ...]
    ) -> None:
        found = layers_in(_brickwork(2), _PHYSICAL, strategy)
        pair = [_cz((10, 11), (12, 13), qubits=outer), _cz((11, 12), qubits=inner)]
        self.assertEqual(list(found), pair + pair)

    def test_what_cannot_be_twirled_is_no_layer(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.ccx(0, 1, 2)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.cx(0, 1)
        self.assertEqual(layers_in(circuit, (0, 1, 2), "active"), ())

    def test_a_gate_with_a_parameter_is_refused_by_name(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(Parameter("angle"), 0, 1)
        with self.assertRaisesRegex(IBMInputValueError, "rzz with angle"):
            layers_in(circuit, (0, 1), "active")


class TestRanked(unittest.TestCase):
    """Which layers are learned first."""

    def test_the_most_frequent_come_first_then_those_with_more_gates_then_the_first_to_occur(self) -> None:
        small, large = _cz((0, 1), qubits=(0, 1)), _cz((0, 1), (2, 3), qubits=(0, 1, 2, 3))
        often, late = _cz((1, 2), qubits=(1, 2)), _cz((3, 4), qubits=(3, 4))
        self.assertEqual(ranked([small, often, large, often, late]), (often, large, small, late))
        self.assertEqual(ranked([small, often, large, often, late], 2), (often, large))
