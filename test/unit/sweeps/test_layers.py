"""Circuits in layers."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Gate, Parameter, QuantumCircuit
from qiskit.circuit.library import RVGate, UnitaryGate
from qiskit.converters import circuit_to_dag
from qiskit.quantum_info import random_unitary

from qiskit_local_runtime.sweeps.layers import Layers, Placed, layers_of, mergeable


def _names(layers: Layers) -> list[tuple[list[str], list[str]]]:
    """Of every layer what comes before it and its gates, with their qubits."""
    return [([_text(placed) for placed in layer.before], [_text(placed) for placed in layer.gates]) for layer in layers.layers]


def _text(placed: Placed) -> str:
    return placed.item.name + "".join(map(str, placed.qubits))


def _put_together(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit's instructions in the order of its layers."""
    layers = layers_of(circuit)
    out = circuit.copy_empty_like()
    for layer in layers.layers:
        for placed in (*layer.before, *layer.gates):
            out.append(placed.item)
    for placed in layers.final:
        out.append(placed.item)
    return out


def _random_circuit(seed: int) -> QuantumCircuit:
    rng = np.random.default_rng(seed)
    out = QuantumCircuit(4, 2)
    for _ in range(15):
        one, two = rng.permutation(4)[:2].tolist()
        bit = int(rng.integers(2))
        match rng.choice(["cz", "cz", "h", "measure", "measure", "reset", "delay", "if", "barrier"]):
            case "cz":
                out.cz(one, two)
            case "h":
                out.h(one)
            case "measure":
                out.measure(one, bit)
            case "reset":
                out.reset(one)
            case "delay":
                out.delay(8, one)
            case "if":
                with out.if_test((bit, True)):
                    out.x(one)
            case "barrier":
                out.barrier(one, two)
    return out


class TestLayers(unittest.TestCase):
    """Each gate is in the earliest layer that its qubits allow."""

    def test_gates_go_side_by_side_where_their_qubits_are_free(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.h(0)
        circuit.cz(0, 1)
        circuit.cz(1, 2)
        circuit.x(3)
        circuit.cx(3, 0)
        self.assertEqual(_names(layers_of(circuit)), [(["h0", "x3"], ["cz01"]), ([], ["cz12", "cx30"]), ([], [])])

    def test_a_barrier_holds_them_apart(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.cz(0, 1)
        circuit.barrier(1, 2)
        circuit.cz(2, 3)
        self.assertEqual(_names(layers_of(circuit)), [([], ["cz01"]), (["barrier12"], ["cz23"]), ([], [])])

    def test_control_flow_stands_alone(self) -> None:
        circuit = QuantumCircuit(4, 1)
        circuit.cz(0, 1)
        with circuit.if_test((0, True)):
            circuit.x(2)
        circuit.cz(2, 3)
        layers = layers_of(circuit)
        self.assertEqual(_names(layers), [([], ["cz01"]), ([], ["if_else2"]), ([], ["cz23"]), ([], [])])
        self.assertEqual(layers.skipped, ("if_else on qubits [2]: what is inside is not twirled",))

    def test_measurements_at_the_end_are_final_and_others_are_not(self) -> None:
        circuit = QuantumCircuit(3, 3)
        circuit.measure(0, 0)
        circuit.cz(0, 1)
        circuit.measure(1, 1)
        circuit.measure(2, 2)
        circuit.measure(0, 2)
        layers = layers_of(circuit)
        self.assertEqual(_names(layers), [(["measure0", "measure2"], ["cz01"]), ([], [])])
        self.assertEqual([placed.qubits for placed in layers.final], [(1,), (0,)])

    def test_measurements_into_one_bit_keep_their_order(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.cz(0, 1)
        circuit.measure(0, 0)
        circuit.measure(2, 0)
        circuit.measure(1, 0)
        layers = layers_of(circuit)
        self.assertEqual(_names(layers), [([], ["cz01"]), (["measure0", "measure2"], [])])
        self.assertEqual([placed.qubits for placed in layers.final], [(1,)])

    @given(st.integers(0, 10**6))
    @settings(max_examples=60, deadline=None, derandomize=True)
    def test_put_together_again_they_are_the_circuit_on_circuits_that_were_searched_for(self, seed: int) -> None:
        circuit = _random_circuit(seed)
        self.assertEqual(circuit_to_dag(_put_together(circuit)), circuit_to_dag(circuit))

    @given(st.integers(0, 10**6))
    @settings(max_examples=40, deadline=None, derandomize=True)
    def test_there_are_as_many_as_the_two_qubit_depth(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        circuit = QuantumCircuit(5)
        for _ in range(12):
            circuit.cz(*rng.permutation(5)[:2].tolist())
            circuit.h(int(rng.integers(5)))
        layers = layers_of(circuit).layers
        self.assertEqual(sum(bool(layer.gates) for layer in layers), circuit.depth(lambda item: len(item.qubits) == 2))

    def test_no_instructions_are_one_empty_layer(self) -> None:
        self.assertEqual(_names(layers_of(QuantumCircuit(2))), [([], [])])

    def test_gates_that_cannot_be_twirled_are_named_with_the_reason(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.ccx(0, 1, 2)
        circuit.append(UnitaryGate(random_unitary(4, seed=1)), [0, 2])
        circuit.append(Gate("mine", 2, []), [0, 1])
        circuit.cz(1, 2)
        layers = layers_of(circuit)
        self.assertEqual(
            layers.skipped,
            (
                "ccx on qubits [0, 1, 2]: only gates on two qubits are twirled",
                "unitary on qubits [0, 2]: not one of Qiskit's standard gates",
                "mine on qubits [0, 1]: not one of Qiskit's standard gates",
            ),
        )
        groups = [placed.group for layer in layers.layers for placed in layer.gates]
        self.assertEqual([group is not None for group in groups], [False, False, False, True])


class TestMergeable(unittest.TestCase):
    """One-qubit gates whose matrix is known whatever their parameters."""

    def test_standard_gates_and_unitaries_are_and_nothing_else_is(self) -> None:
        a = Parameter("a")
        circuit = QuantumCircuit(2, 1)
        circuit.h(0)
        circuit.rx(a, 0)
        circuit.append(UnitaryGate(random_unitary(2, seed=1)), [0])
        circuit.append(RVGate(1.0, 2.0, 3.0), [0])
        circuit.append(Gate("mine", 1, []), [0])
        circuit.append(Gate("rx", 1, [a]), [0])
        circuit.reset(0)
        circuit.delay(4, 0)
        circuit.measure(0, 0)
        circuit.barrier(0)
        circuit.cz(0, 1)
        self.assertEqual([mergeable(item) for item in circuit.data], [True, True, True] + [False] * 8)
