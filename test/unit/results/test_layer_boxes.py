"""Layers as boxes and back."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack
from qiskit.circuit import BoxOp, CircuitInstruction, QuantumCircuit, QuantumRegister, Qubit

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.results import LayerError, layer_instruction, layer_of
from qiskit_local_runtime.results.learning_circuits import asked_by, circuit_of
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

from .layers import LAYER, flat


def _box(body: QuantumCircuit, *qubits: int) -> CircuitInstruction:
    bits = QuantumRegister(8, "q")
    return CircuitInstruction(BoxOp(body), [bits[qubit] for qubit in qubits])


def _body(*calls: tuple[str, tuple[Any, ...]], size: int = 3) -> QuantumCircuit:
    body = QuantumCircuit(size, 1)
    for name, places in calls:
        getattr(body, name)(*places)
    return body


@ddt
class TestLayers(unittest.TestCase):
    """What a user means by a layer."""

    def test_a_layer_goes_through_its_box_and_its_circuit(self) -> None:
        self.assertEqual(layer_of(layer_instruction(LAYER)), LAYER)
        self.assertEqual(layer_of(LayerError(LAYER.circuit(), LAYER.qubits)), LAYER)
        self.assertEqual(layer_of(flat()), LAYER)
        self.assertEqual([bit._index for bit in layer_instruction(LAYER, 9).qubits], list(LAYER.qubits))

    def test_the_order_of_a_boxs_qubits_does_not_matter(self) -> None:
        found = layer_of(_box(_body(("cx", (0, 2))), 5, 7, 2))
        self.assertEqual(found, UniqueLayer((("cx", (), (5, 2)),), (2, 5, 7)))

    def test_one_qubit_gates_and_barriers_do_not_belong_to_it(self) -> None:
        found = layer_of(_box(_body(("h", (1,)), ("barrier", (0, 1)), ("ecr", (1, 0)), size=2), 3, 4))
        self.assertEqual(found, UniqueLayer((("ecr", (), (4, 3)),), (3, 4)))

    def test_a_gate_alone_is_a_layer(self) -> None:
        (item,) = _body(("cx", (2, 1))).data
        self.assertEqual(layer_of(item), UniqueLayer((("cx", (), (2, 1)),), (1, 2)))

    def test_a_circuit_of_as_many_qubits_as_the_layer_has_no_others(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(0, 1)
        self.assertEqual(layer_of(circuit, 3).qubits, (0, 1, 2))
        self.assertEqual(layer_of(circuit, 2).qubits, (0, 1))

    @data(
        ("a qubit twice", _box(_body(("cx", (0, 1)), ("barrier", ())), 1, 1, 2), "each physical qubit once"),
        ("a measurement", flat().measure_all(inplace=False), "found measure on 1 qubits"),
        ("three qubits", _box(_body(("ccx", (0, 1, 2))), 1, 2, 3), "found ccx on 3 qubits"),
        ("side by side", _box(_body(("cx", (0, 1)), ("cx", (1, 2))), 1, 2, 3), "share a qubit"),
        ("a name", "layer", "found str"),
        ("loose", CircuitInstruction(BoxOp(_body(size=1).copy_empty_like()), [Qubit()], []), "qubit without one"),
    )
    @unpack
    def test_what_is_no_layer_is_refused(self, _: str, given: Any, message: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, message):
            layer_of(given)

    @data(False, True)
    def test_a_learning_circuit_says_its_layer(self, after: bool) -> None:
        circuit = circuit_of(LAYER, 9, after=after)
        self.assertEqual(asked_by(circuit), (LAYER, after))
        self.assertEqual(circuit.count_ops()["measure"], 5)
