"""Layers that have models are marked."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter, QuantumCircuit

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.find_layers import layers_in
from qiskit_local_runtime.sweeps import tape_of
from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.layer_noise import MARK, LayerModels, with_layer_noise
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.schedule import scheduled
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer
from qiskit_local_runtime.techniques.gate_twirling import twirled

_SEED = np.random.SeedSequence(1)
_PAIR = UniqueLayer((("cx", (), (0, 1)),), (0, 1))


def _model(num_qubits: int, rate: float = 0.1) -> PauliLindblad:
    return PauliLindblad(np.eye(num_qubits, dtype=np.uint8), np.full(num_qubits, rate))


def _names(circuit: QuantumCircuit) -> list[str]:
    return [item.name for item in circuit.data]


def _random_circuit(seed: int) -> QuantumCircuit:
    """Gates that can be twirled, and measurements and barriers between them."""
    rng = np.random.default_rng(seed)
    out = QuantumCircuit(4, 3)
    for _ in range(20):
        one, two = rng.permutation(4)[:2].tolist()
        match rng.choice(["cz", "cx", "h", "measure", "barrier", "delay"]):
            case "cz":
                out.cz(one, two)
            case "cx":
                out.cx(one, two)
            case "h":
                out.h(one)
            case "measure":
                out.measure(one, int(rng.integers(3)))
            case "barrier":
                out.barrier(one, two)
            case "delay":
                out.delay(8, one)
    return out


class TestWithLayerNoise(unittest.TestCase):
    """Where marks are put."""

    def test_a_mark_stands_just_before_its_layer(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.barrier()
        circuit.h(2)
        circuit.cx(0, 1)
        circuit.measure(0, 0)
        found = with_layer_noise(circuit, LayerModels({_PAIR: _model(2)}))
        self.assertEqual(_names(found.circuit), ["h", MARK, "cx", "barrier", "h", MARK, "cx", "measure"])
        self.assertEqual((found.marks, found.absent, found.warning), (2, (), ""))

    def test_qubits_are_those_of_the_device_and_others_are_left_out(self) -> None:
        layer = UniqueLayer((("cx", (), (7, 4)),), (2, 4, 7, 9))
        circuit = QuantumCircuit(3)
        circuit.cx(2, 1)
        found = with_layer_noise(circuit, LayerModels({layer: _model(4)}), (2, 4, 7))
        (mark, _) = tape_of(found.circuit).steps
        self.assertEqual((mark.name, mark.qubits), (MARK, (0, 1, 2)))
        self.assertEqual(with_layer_noise(circuit, LayerModels({layer: _model(4)})).absent, ("cx on (2, 1)",))

    def test_of_layers_with_the_same_gates_that_of_most_qubits_counts(self) -> None:
        wide = UniqueLayer(_PAIR.gates, (0, 1, 2))
        circuit = QuantumCircuit(3)
        circuit.cx(0, 1)
        models = LayerModels({wide: _model(3), _PAIR: _model(2)})
        self.assertEqual(tape_of(with_layer_noise(circuit, models).circuit).steps[0].label, models.label(wide))

    def test_angles_are_compared_to_some_decimals(self) -> None:
        layer = UniqueLayer((("rzz", (0.5,), (0, 1)),), (0, 1))
        circuit = QuantumCircuit(2)
        circuit.rzz(0.5 + 1e-7, 0, 1)
        self.assertEqual(with_layer_noise(circuit, LayerModels({layer: _model(2)})).marks, 1)
        self.assertEqual(with_layer_noise(circuit, LayerModels({layer: _model(2)}, decimals=9)).marks, 0)

    def test_a_circuit_without_a_known_layer_stays_the_same_object_and_says_so(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.cx(1, 2)
        circuit.rzz(Parameter("a"), 0, 1)
        with circuit.if_test((0, True)):
            circuit.cx(0, 1)
        found = with_layer_noise(circuit, LayerModels({_PAIR: _model(2)}))
        self.assertIs(found.circuit, circuit)
        self.assertEqual([text.split(" on ")[0] for text in found.absent], ["cx", "rzz", "if_else"])
        self.assertRegex(found.warning, "3 layers .* simulator.warn_absent")

    def test_twirled_layers_are_found_as_well(self) -> None:
        circuit = QuantumCircuit(3)
        for _ in range(3):
            circuit.h(range(3))
            circuit.cx(0, 1)
        made = twirled(circuit, 1, "active", np.random.SeedSequence(1)).circuit
        self.assertEqual(with_layer_noise(made, LayerModels({_PAIR: _model(2)})).marks, 3)

    @given(st.integers(0, 10**6))
    @settings(max_examples=60, deadline=None, derandomize=True)
    def test_layers_whose_starts_are_known_are_marked_as_those_that_are_looked_for(self, seed: int) -> None:
        circuit = _random_circuit(seed)
        found = layers_in(circuit, tuple(range(4)), "all")
        models = LayerModels({layer: _model(4) for layer in dict.fromkeys(found[::2])})
        made = twirled(circuit, 1, "all", _SEED, measures=True)
        assert made.starts is not None
        known, looked_for = (with_layer_noise(made.circuit, models, None, starts) for starts in (made.starts, None))
        self.assertEqual(known.circuit, looked_for.circuit)
        self.assertEqual(list(known.circuit.data), list(looked_for.circuit.data))
        self.assertEqual((known.marks, known.absent), (looked_for.marks, looked_for.absent))

    def test_starts_are_not_known_of_layers_that_barriers_do_not_keep_apart(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cx(0, 1)
        circuit.ccx(0, 1, 2)
        narrow = QuantumCircuit(3)
        narrow.cx(0, 1)
        self.assertIsNone(twirled(circuit, 1, "all", _SEED).starts)
        self.assertIsNone(twirled(narrow, 1, "active", _SEED).starts)

    def test_marks_take_no_time(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cx(0, 1)
        durations = Durations(lambda name, qubits, params: 1e-6 if name == "cx" else None)
        found = scheduled(with_layer_noise(circuit, LayerModels({_PAIR: _model(2)})).circuit, durations)
        self.assertEqual(_names(found), [MARK, "cx"])


class TestLayerModels(unittest.TestCase):
    """What is accepted as layer noise."""

    def test_another_model_has_another_label(self) -> None:
        first, again, second = (LayerModels({_PAIR: _model(2, rate)}) for rate in (0.1, 0.1, 0.2))
        self.assertEqual(first.label(_PAIR), again.label(_PAIR))
        self.assertNotEqual(first.label(_PAIR), second.label(_PAIR))
        self.assertEqual(first.key, again.key)
        self.assertNotEqual(first.key, second.key)

    def test_models_of_other_qubits_and_negative_rates_are_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "a model of 2 qubits .* found one of 3"):
            LayerModels({_PAIR: _model(3)})
        with self.assertRaisesRegex(IBMInputValueError, "rates of at least 0, found -0.1"):
            LayerModels({_PAIR: _model(2, -0.1)})
