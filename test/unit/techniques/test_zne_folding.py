"""Gate folding: the same circuit, with more noise."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt, unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import iSwapGate
from qiskit.converters import circuit_to_dag
from qiskit.quantum_info import Operator, SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.layers import layers_of
from qiskit_local_runtime.sweeps.schedule import scheduled, timeline
from qiskit_local_runtime.techniques.zne_folding import AMPLIFIERS, folded

_TWO_QUBIT = ("cz", "cx", "ecr", "rzz", "swap")


def _layers(layers: int = 5) -> QuantumCircuit:
    circuit = QuantumCircuit(3, global_phase=0.3)
    for layer in range(layers):
        circuit.rx(0.4 + layer, 0)
        circuit.sx(1)
        circuit.rz(0.2, 2)
        getattr(circuit, ("cz", "cx", "ecr")[layer % 3])(layer % 2, layer % 2 + 1)
    circuit.rzz(0.7, 0, 2)
    return circuit


def _two_qubit(circuit: QuantumCircuit) -> int:
    return sum(circuit.count_ops().get(name, 0) for name in _TWO_QUBIT)


def _copies(circuit: QuantumCircuit) -> list[int]:
    """How many copies of each two-qubit gate there are in a row, on a line of gates with different angles."""
    angles = [abs(entry.operation.params[0]) for entry in circuit.data if entry.operation.name == "rzz"]
    return [angles.count(angle) for angle in dict.fromkeys(angles)]


def _line(gates: int) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    for gate in range(gates):
        circuit.rzz(0.1 * (gate + 1), 0, 1)
    return circuit


@ddt
class TestFolded(unittest.TestCase):
    """``folded``."""

    @settings(derandomize=True, deadline=None, max_examples=40)
    @given(factor=st.floats(1, 9), where=st.sampled_from(AMPLIFIERS), seed=st.integers(0, 99))
    def test_the_unitary_stays_the_same_with_its_phase_and_the_factor_is_the_nearest(
        self, factor: float, where: str, seed: int
    ) -> None:
        circuit = _layers()
        result = folded(circuit, factor, where, seed)
        np.testing.assert_allclose(Operator(result.circuit).data, Operator(circuit).data, atol=1e-12)
        self.assertAlmostEqual(_two_qubit(result.circuit) / _two_qubit(circuit), result.factor, places=12)
        self.assertLessEqual(abs(result.factor - factor), 1 / _two_qubit(circuit) + 1e-12)
        self.assertEqual(result.notes, ())

    @data(*AMPLIFIERS)
    def test_only_two_qubit_gates_are_folded(self, where: str) -> None:
        circuit = _layers()
        result, _, _ = folded(circuit, 3.0, where)
        before, after = circuit.count_ops(), result.count_ops()
        for name in ("rx", "sx", "rz"):
            self.assertEqual(after[name], before[name])
        self.assertEqual({name: after[name] for name in ("cz", "cx", "ecr")}, {"cz": 6, "cx": 6, "ecr": 3})

    @unpack
    @data(("gate_folding_front", [3, 3, 1, 1, 1]), ("gate_folding_back", [1, 1, 1, 3, 3]))
    def test_the_first_or_last_gates_are_folded_once_more(self, where: str, copies: list[int]) -> None:
        self.assertEqual(_copies(folded(_line(5), 1.8, where).circuit), copies)
        self.assertEqual(_copies(folded(_line(5), 3.8, where).circuit), [copy + 2 for copy in copies])

    def test_the_random_choice_takes_every_gate_equally_often_and_repeats_with_its_seed(self) -> None:
        drawn = np.array([_copies(folded(_line(5), 1.8, seed=seed).circuit) for seed in range(400)])
        np.testing.assert_array_equal(drawn.sum(axis=1), 9)
        chosen = (drawn == 3).sum(axis=0)  # binomial: 160 ± 9.8
        self.assertTrue((np.abs(chosen - 160) < 4 * 9.8).all(), chosen)
        again = [folded(_line(5), 1.8, seed=np.random.SeedSequence(7)).circuit for _ in range(2)]
        self.assertEqual(*again)

    def test_first_means_first_in_the_topological_order_of_the_graph(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.rzz(0.1, 2, 3)
        circuit.rzz(0.2, 0, 1)
        first = next(node.op.params[0] for node in circuit_to_dag(circuit).topological_op_nodes())
        result = folded(circuit, 2.0, "gate_folding_front").circuit
        often = [abs(e.operation.params[0]) for e in result.data if e.operation.name == "rzz"]
        self.assertEqual(often.count(first), 3)

    def test_an_optimising_transpiler_cancels_nothing_of_it(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cz(0, 1)
        circuit.cz(0, 1)
        manager = generate_preset_pass_manager(optimization_level=3, basis_gates=["cz", "rz", "sx", "x"])
        self.assertEqual(manager.run(folded(circuit, 3.0).circuit).count_ops()["cz"], 6)
        self.assertEqual(manager.run(folded(circuit, 2.0).circuit).count_ops()["cz"], 4)

    def test_parameters_stay_parameters_and_values_can_be_assigned_in_place(self) -> None:
        angle = Parameter("a")
        circuit = QuantumCircuit(2)
        circuit.rx(angle, 0)
        circuit.rzz(2 * angle, 0, 1)
        result = folded(circuit, 5.0).circuit
        self.assertEqual(result.parameters, circuit.parameters)
        result.assign_parameters({angle: 0.3}, inplace=True)
        self.assertEqual(set(circuit.parameters), {angle})
        np.testing.assert_allclose(Operator(result).data, Operator(circuit.assign_parameters({angle: 0.3})).data, atol=1e-12)

    def test_measurements_registers_and_metadata_are_kept(self) -> None:
        circuit = QuantumCircuit(2, 2, metadata={"a": 1}, name="bell")
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.measure([0, 1], [1, 0])
        result = folded(circuit, 3.0).circuit
        self.assertEqual((result.metadata, result.name, result.cregs), (circuit.metadata, circuit.name, circuit.cregs))
        wires = {(result.find_bit(e.qubits[0]).index, result.find_bit(e.clbits[0]).index) for e in result.data if e.clbits}
        self.assertEqual(wires, {(0, 1), (1, 0)})

    def test_what_is_left_alone_is_named(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.cz(0, 1)
        circuit.ccx(0, 1, 2)
        circuit.append(iSwapGate(), [0, 1])
        circuit.append(Gate("mystery", 2, []), [1, 2])
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.cz(1, 2)
        result = folded(circuit, 3.0)
        self.assertEqual([note.split()[0] for note in result.notes], ["ccx", "if_else", "iswap", "mystery"])
        self.assertEqual(result.circuit.count_ops()["cz"], 3)
        for name in ("ccx", "if_else", "iswap", "mystery"):
            self.assertEqual(result.circuit.count_ops()[name], 1)
        block = next(e.operation.blocks[0] for e in result.circuit.data if e.operation.name == "if_else")
        self.assertEqual(block.count_ops(), {"cz": 1})

    def test_without_two_qubit_gates_nothing_changes_and_the_factor_is_the_one_asked_for(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.sx(0)
        result = folded(circuit, 3.0)
        self.assertEqual((result.circuit, result.factor), (circuit, 3.0))
        self.assertIn("no two-qubit gate", result.notes[0])

    def test_factor_one_is_the_circuit_itself(self) -> None:
        result = folded(_layers(), 1.0)
        self.assertEqual(circuit_to_dag(result.circuit), circuit_to_dag(_layers()))
        self.assertEqual(result.factor, 1.0)

    @data(0.99, -1, float("nan"), float("inf"))
    def test_factors_that_folding_cannot_reach_are_refused(self, factor: float) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"zne.amplifier .*zne.noise_factors .*at least 1; found {factor}"):
            folded(_layers(), factor)

    def test_an_unknown_amplifier_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "found 'pea'"):
            folded(_layers(), 3.0, "pea")


def _ising(steps: int = 10) -> QuantumCircuit:
    """Six qubits in a line, five CZ in two layers a step."""
    circuit = QuantumCircuit(6)
    for _ in range(steps):
        circuit.rx(0.4, range(6))
        for first in (0, 1):
            for qubit in range(first, 5, 2):
                circuit.rz(-np.pi / 2, [qubit, qubit + 1])
                circuit.cz(qubit, qubit + 1)
    return circuit


def _layers_of(circuit: QuantumCircuit) -> list[set[tuple[int, ...]]]:
    """The qubits of the gates of each layer that has any, those that can be twirled."""
    layers = layers_of(circuit)
    return [{gate.qubits for gate in layer.gates if gate.group} for layer in layers.layers if layer.gates]


@ddt
class TestFiftyGates(unittest.TestCase):
    """A circuit of 50 CZ in 20 layers on a line."""

    @unpack
    @data((1.0, 1.0), (1.02, 1.04), (1.1, 1.12), (1.5, 1.52), (2.0, 2.0), (2.5, 2.52), (3.0, 3.0), (4.2, 4.2), (5.0, 5.0))
    def test_the_factors_achieved_are_the_nearest_that_whole_gates_allow(self, asked: float, achieved: float) -> None:
        for where in AMPLIFIERS:
            result = folded(_ising(), asked, where)
            self.assertEqual(result.circuit.count_ops()["cz"], round(50 * achieved))
            self.assertAlmostEqual(result.factor, achieved, delta=1e-12)

    @data(3, 5)
    def test_folding_all_gates_repeats_each_layer(self, factor: int) -> None:
        before = _layers_of(_ising())
        self.assertEqual(len(before), 20)
        self.assertEqual(_layers_of(folded(_ising(), factor).circuit), [layer for layer in before for _ in range(factor)])

    @data(*[(factor, where) for factor in (1.5, 2.0, 3.8) for where in AMPLIFIERS])
    @unpack
    def test_every_copy_stands_in_a_layer_and_can_be_twirled(self, factor: float, where: str) -> None:
        result = folded(_ising(), factor, where)
        layers = _layers_of(result.circuit)
        self.assertEqual(sum(map(len, layers)), result.circuit.count_ops()["cz"])
        self.assertEqual(layers_of(result.circuit).skipped, ())
        for layer in layers:
            self.assertEqual(len({qubit for qubits in layer for qubit in qubits}), 2 * len(layer))

    def test_one_qubit_gates_stay_outside_of_the_copies_of_a_gate(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.sx(0)
        circuit.cz(0, 1)
        circuit.sx(1)
        names = [[placed.item.name for placed in layer.before] for layer in layers_of(folded(circuit, 5).circuit).layers]
        self.assertEqual([("sx" in layer) for layer in names], [True, False, False, False, False, True])

    @data(1.5, 3.0, 5.0)
    def test_it_can_be_scheduled_and_lasts_as_much_longer_as_its_layers(self, factor: float) -> None:
        ticks = {"rx": 8, "rz": 0, "cz": 20}
        durations = Durations(lambda name, qubits, params: ticks[name] * 1e-9, dt=1e-9)
        result = folded(_ising(), factor, "gate_folding_front").circuit
        out = scheduled(result, durations)
        self.assertEqual([item for item in out.data if item.name != "delay"], list(result.data))
        where = {bit: index for index, bit in enumerate(out.qubits)}
        end = max(entry.end for entry in timeline(list(out.data), where, durations))
        self.assertEqual(end, 10 * 8 + 20 * len(_layers_of(result)))


class TestAmplification(unittest.TestCase):
    """What folding is for."""

    def test_depolarising_gates_damp_a_pauli_by_a_power_of_the_achieved_factor(self) -> None:
        circuit = QuantumCircuit(2)
        for _ in range(5):
            circuit.rx(0.3, 0)
            circuit.cz(0, 1)
        noise = NoiseModel()
        noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cz"])
        exact = _value(circuit, None)
        for factor in (1.0, 1.8, 3.0, 5.0):
            result = folded(circuit, factor)
            self.assertAlmostEqual(_value(result.circuit, noise), exact * 0.98 ** (5 * result.factor), delta=1e-12)


def _value(circuit: QuantumCircuit, noise: NoiseModel | None) -> float:
    measured = circuit.copy()
    measured.save_expectation_value(SparsePauliOp("IZ"), [0, 1], label="value")  # type: ignore[attr-defined]
    simulator = AerSimulator(method="density_matrix", noise_model=noise, basis_gates=["rx", "cz"])
    return float(simulator.run(measured, shots=1).result().data()["value"])
