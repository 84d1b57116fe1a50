"""Circuits written with Paulis around their layers."""

from __future__ import annotations

import unittest

from qiskit.circuit import Parameter, QuantumCircuit

from qiskit_local_runtime.sweeps.dressing import NO_LEG, Dresser
from qiskit_local_runtime.sweeps.layers import layers_of


def _dressed(circuit: QuantumCircuit, *qubits: tuple[int, ...]) -> tuple[Dresser, QuantumCircuit]:
    """Written with Paulis on ``qubits`` of each layer in turn."""
    layers = layers_of(circuit)
    dresser = Dresser(circuit, "u")
    for layer, chosen in zip(layers.layers, (*qubits, ()), strict=True):
        dresser.write(layer, chosen)
    return dresser, dresser.finish(layers.final)


class TestDresser(unittest.TestCase):
    """Merged gates know what they stand for and whose Paulis they take up."""

    def test_one_layer_has_a_merged_gate_on_either_side(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.s(0)
        circuit.cz(1, 0)
        circuit.x(1)
        dresser, out = _dressed(circuit, (0, 1))
        self.assertEqual([item.name for item in out.data], ["u", "u", "barrier", "cz", "barrier", "u", "u"])
        places = [out.find_bit(item.qubits[0]).index for item in out.data if item.name == "u"]
        names = [[item.name for item in content] for content in dresser.contents]
        # the gate's first qubit is qubit 1: legs 1 and 3 are on it, 2 and 4 on qubit 0
        found = list(zip(places, names, dresser.sources, strict=True))
        wanted = [
            (1, [], (1, NO_LEG)),
            (0, ["h", "s"], (2, NO_LEG)),
            (0, [], (NO_LEG, 4)),
            (1, ["x"], (NO_LEG, 3)),
        ]
        self.assertEqual(found, wanted)
        self.assertEqual(len(dresser.parameters), 12)

    def test_between_layers_one_merged_gate_takes_up_both_paulis(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cz(0, 1)
        circuit.h(0)
        circuit.cz(0, 1)
        dresser, out = _dressed(circuit, (0, 1), (0, 1))
        self.assertEqual(out.count_ops()["u"], 6)
        self.assertEqual(dresser.sources[2:4], [(5, 3), (6, 4)])

    def test_an_idle_qubit_has_a_group_of_its_own(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(0, 1)
        dresser, _ = _dressed(circuit, (0, 1, 2))
        self.assertEqual([len(group) for group in dresser.groups], [16, 4])
        self.assertEqual([source for source in dresser.sources if max(source) > 4], [(5, NO_LEG), (NO_LEG, 7)])

    def test_layers_name_the_merged_gates_right_before_them(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(1, 0)
        circuit.h(0)
        circuit.cz(1, 2)
        circuit.cz(0, 1)
        dresser, out = _dressed(circuit, (0, 1), (0, 1, 2), (0, 1))
        places = [out.find_bit(item.qubits[0]).index for item in out.data if item.name == "u"]
        self.assertEqual([[gate.qubits for gate in layer.gates] for layer in dresser.layers], [[(1, 0)], [(1, 2)], [(0, 1)]])
        for layer in dresser.layers:
            self.assertEqual(tuple(places[front] for front in layer.fronts), layer.qubits)
        # of those that have a Pauli to undo, the Paulis of the layer before; all draw for the layer after
        self.assertEqual(
            [[dresser.sources[front] for front in layer.fronts] for layer in dresser.layers],
            [[(2, 0), (1, 0)], [(9, 4), (5, 3), (6, 0)], [(13, 11), (14, 7)]],
        )

    def test_a_layer_with_nothing_twirled_is_written_as_it_is(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.rx(Parameter("twirl"), 1)
        circuit.cz(0, 1)
        layers = layers_of(circuit)
        dresser = Dresser(circuit, "u")
        for layer in layers.layers:
            dresser.write(layer._replace(gates=tuple(gate._replace(group=None) for gate in layer.gates)), ())
        self.assertEqual(dresser.finish(layers.final), circuit)
        self.assertEqual(dresser.parameters, [])

    def test_names_of_parameters_do_not_clash_with_the_circuits(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(Parameter("twirl_0"), 0, 1)
        dresser, _ = _dressed(circuit, (0, 1))
        self.assertTrue(all(parameter.name.startswith("_twirl_") for parameter in dresser.parameters))
