"""Every standard gate in every simulator of ours, against Qiskit's own matrices."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import QFTGate, UnitaryGate, get_standard_gate_name_mapping
from qiskit.quantum_info import SparsePauliOp, Statevector, random_clifford, random_unitary

from qiskit_local_runtime.simulators.clifford import table_of
from qiskit_local_runtime.simulators.density import DensitySimulator
from qiskit_local_runtime.simulators.ptm import unitary_ptms
from qiskit_local_runtime.simulators.sampling import draw
from qiskit_local_runtime.simulators.state import StateSimulator
from qiskit_local_runtime.sweeps import Sweep, Terms

from ...support.simulation import LEAST_P, chi_square, noiseless, tools

_GATES = {n: g for n, g in get_standard_gate_name_mapping().items() if n not in ("measure", "reset", "delay")}


def _sweep(name: str, *, fixed: bool, num_qubits: int) -> Sweep:
    gate = _GATES[name]
    rng = np.random.default_rng(len(name))
    circuit = QuantumCircuit(num_qubits)
    for qubit in range(num_qubits):
        circuit.ry(0.3 + qubit, qubit)
        circuit.rz(0.7 * qubit - 1, qubit)
    count = len(gate.params)
    values = rng.uniform(-3, 3, (2, count))
    parameters = [Parameter(f"p{i}") for i in range(count)]
    where = [int(q) for q in rng.permutation(num_qubits)[: gate.num_qubits]]
    fresh = gate.to_mutable() if count else gate
    if count:
        fresh.params = values[0].tolist() if fixed else parameters
    circuit.append(fresh, where)
    if fixed:
        return Sweep(circuit, (), np.zeros((1, 0)), 0)
    return Sweep(circuit, tuple(parameters), values, 0)


@ddt
class TestStandardGates(unittest.TestCase):
    """Fixed and parametrised, on qubits in any order and across groups."""

    @data(*sorted(_GATES))
    def test_the_state_is_qiskits(self, name: str) -> None:
        for num_qubits in (4, 6):
            letters = np.random.default_rng(3).integers(0, 4, (30, num_qubits)).astype(np.uint8)
            for fixed in (True, False):
                sweep = _sweep(name, fixed=fixed, num_qubits=num_qubits)
                simulators = [StateSimulator()] if num_qubits == 6 else [StateSimulator(), DensitySimulator()]
                for simulator in simulators:
                    if simulator.refuses(sweep, noiseless(num_qubits)):
                        continue
                    found = simulator.expect(sweep, noiseless(num_qubits), Terms(letters), tools())
                    for row in range(len(sweep.values)):
                        values = dict(zip(sweep.parameters, sweep.values[row], strict=True))
                        state = Statevector(sweep.circuit.assign_parameters(values))
                        labels = ["".join("IXYZ"[letter] for letter in term[::-1]) for term in letters]
                        wanted = [state.expectation_value(SparsePauliOp(label)).real for label in labels]
                        np.testing.assert_allclose(found[row], wanted, atol=1e-10, err_msg=f"{name} {simulator.name}")

    def test_unitaries_of_any_width_state_preparations_and_definitions(self) -> None:
        circuit = QuantumCircuit(6)
        circuit.initialize(np.arange(1, 5) / np.sqrt(30), [4, 1])
        circuit.append(UnitaryGate(random_unitary(8, seed=1)), [5, 0, 2])
        circuit.append(UnitaryGate(random_unitary(4, seed=2)), [3, 4])
        circuit.append(QFTGate(5), [0, 2, 1, 5, 4])
        circuit.mcx([0, 1, 2, 3], 4)
        letters = np.random.default_rng(3).integers(0, 10, (20, 6)).astype(np.uint8)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 0)
        found = StateSimulator().expect(sweep, noiseless(6), Terms(letters), tools())[0]
        state = Statevector(_unitary_part(circuit))
        for term, value in zip(letters, found, strict=True):
            self.assertAlmostEqual(value, _product_value(state, term), places=10)


def _unitary_part(circuit: QuantumCircuit) -> QuantumCircuit:
    out = QuantumCircuit(circuit.num_qubits)
    for item in circuit.data:
        qubits = [circuit.find_bit(q).index for q in item.qubits]
        if item.operation.name == "initialize":
            out.prepare_state(np.asarray(item.operation.params), qubits)
        else:
            out.append(item.operation, qubits)
    return out


def _product_value(state: Statevector, letters: np.ndarray) -> float:
    from ...conformance.test_simulators import _operator

    return float(state.expectation_value(_operator(letters)).real)


class TestTables(unittest.TestCase):
    """Clifford tables and transfer matrices."""

    def test_tables_are_qiskits_cliffords(self) -> None:
        for seed in range(30):
            clifford = random_clifford(2, seed=seed)
            table = table_of(np.asarray(clifford.to_operator().data))
            assert table is not None
            for bit in range(4):
                row = (clifford.tableau[0], clifford.tableau[2], clifford.tableau[1], clifford.tableau[3])[bit]
                image = int(table.image[1 << bit])
                wanted = sum((int(row[q]) << 2 * q) | (int(row[2 + q]) << (2 * q + 1)) for q in range(2))
                self.assertEqual(image, wanted)
                self.assertEqual(bool(table.negative[1 << bit]), bool(row[4]))

    def test_inverse_tables_undo(self) -> None:
        table = table_of(np.asarray(random_clifford(2, seed=5).to_operator().data))
        assert table is not None
        np.testing.assert_array_equal(table.inverse.image[table.image], np.arange(16))
        np.testing.assert_array_equal(table.inverse.negative[table.image], table.negative)

    def test_what_is_not_clifford_has_no_table(self) -> None:
        self.assertIsNone(table_of(_GATES["t"].to_matrix()))
        self.assertIsNone(table_of(random_unitary(4, seed=0).data))

    def test_transfer_matrices_compose(self) -> None:
        a, b = random_unitary(4, seed=0).data, random_unitary(4, seed=1).data
        np.testing.assert_allclose(unitary_ptms(a @ b), unitary_ptms(a) @ unitary_ptms(b), atol=1e-12)


class TestDraw(unittest.TestCase):
    """Sampling from probabilities."""

    def test_frequencies_follow_the_probabilities(self) -> None:
        probabilities = np.array([0.0, 0.2, 0.0, 0.5, 0.25, 0.05, 0.0])
        found = np.bincount(draw(probabilities, 100_000, np.random.default_rng(1)), minlength=7)
        self.assertGreater(chi_square(found, probabilities), LEAST_P)

    def test_the_order_is_random(self) -> None:
        found = draw(np.array([0.5, 0.5]), 1000, np.random.default_rng(1))
        runs = 1 + np.count_nonzero(np.diff(found))
        # runs of 1000 fair coins: mean 500.5, standard deviation 15.8; four of them
        self.assertAlmostEqual(runs, 500.5, delta=4 * 15.8)

    def test_rounding_never_gives_an_impossible_outcome(self) -> None:
        probabilities = np.array([1e-30, 1.0 - 1e-16, 0.0, 0.0])
        self.assertLess(draw(probabilities, 10_000, np.random.default_rng(0)).max(), 2)
