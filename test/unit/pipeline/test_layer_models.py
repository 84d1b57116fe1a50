"""Models matched to the layers of a circuit."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.layer_models import models_of
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer
from qiskit_local_runtime.techniques.gate_twirling import Strategy, twirled

PHYSICAL = (4, 7, 9)


def _layers(strategy: Strategy = "all") -> tuple[UniqueLayer, ...]:
    circuit = QuantumCircuit(3)
    circuit.cz(1, 0)
    circuit.cz(1, 2)
    circuit.cz(1, 0)
    done = twirled(circuit, 1, strategy, np.random.SeedSequence(0))
    return done.unique_layers(PHYSICAL)


def _model(layer: UniqueLayer) -> PauliLindblad:
    return PauliLindblad(np.ones((1, len(layer.qubits)), dtype=np.uint8), np.array([0.1]))


class TestModels(unittest.TestCase):
    """Layers are found by gates and twirled qubits."""

    def test_layers_of_a_twirled_circuit_are_on_physical_qubits(self) -> None:
        first, second, third = _layers()
        self.assertEqual(first, UniqueLayer((("cz", (), (4, 7)),), PHYSICAL))
        self.assertEqual(second.gates, (("cz", (), (7, 9)),))
        self.assertEqual(first, third)
        self.assertEqual([layer.qubits for layer in _layers("active")], [(4, 7), (7, 9), (4, 7)])

    def test_merged_gates_follow_the_order_of_physical_qubits(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(0, 1)
        circuit.cz(1, 2)
        done = twirled(circuit, 1, "active", np.random.SeedSequence(0))
        self.assertEqual(done.fronts(PHYSICAL), tuple(layer.fronts for layer in done.layers))
        turned = tuple(tuple(reversed(layer.fronts)) for layer in done.layers)
        self.assertEqual(done.fronts((9, 7, 4)), turned)
        self.assertEqual([layer.qubits for layer in done.unique_layers((9, 7, 4))], [(7, 9), (4, 7)])

    def test_each_layer_gets_its_model_as_often_as_it_occurs(self) -> None:
        layers = _layers()
        models = {layer: _model(layer) for layer in layers}
        self.assertEqual([id(each) for each in models_of(layers, models)], [id(models[layer]) for layer in layers])

    def test_layers_that_were_not_learned_are_left_where_that_is_allowed(self) -> None:
        layers = _layers()
        some = {layers[0]: _model(layers[0])}
        self.assertEqual([model is None for model in models_of(layers, some, allow_absent=True)], [False, True, False])
        with self.assertRaisesRegex(IBMInputValueError, r"1 of the circuit's 2 different layers .* cz\[7, 9\] on qubits"):
            models_of(layers, some)

    def test_models_of_other_qubits_strategies_or_none_at_all_are_refused_with_what_to_do(self) -> None:
        layers = _layers()
        active = {layer: _model(layer) for layer in _layers("active")}
        other = UniqueLayer((("cz", (), (0, 1)),), (0, 1))
        cases = [(active, r"same gates twirled on qubits \[4, 7\].*twirling.strategy"), ({}, "No models were given")]
        for models, message in (
            *cases,
            ({other: _model(other)}, r"models of 1 other layers \(cz\[0, 1\] on qubits \[0, 1\]\)"),
        ):
            with self.assertRaisesRegex(IBMInputValueError, message):
                models_of(layers, models, allow_absent=True)

    def test_a_circuit_without_layers_needs_no_models(self) -> None:
        self.assertEqual(models_of((), {}), ())

    def test_a_layer_with_a_parameter_has_no_model_of_its_noise(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.rzz(Parameter("a"), 0, 1)
        done = twirled(circuit, 1, "active", np.random.SeedSequence(0))
        with self.assertRaisesRegex(IBMInputValueError, r"found rzz with a on qubits \[0, 1\]"):
            done.unique_layers(PHYSICAL)


if __name__ == "__main__":
    unittest.main()
