"""Which simulator runs what."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from qiskit_aer import AerSimulator

from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError, SimulationTooLargeError
from qiskit_local_runtime.simulators import choose
from qiskit_local_runtime.sweeps import Sweep

from ...support.simulation import damping_noise, measured, noiseless, noisy, pauli_noise, random_clifford


def _entangled(num_qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    for layer in range(num_qubits):
        circuit.ry(0.1 + layer, range(num_qubits))
        for qubit in range(num_qubits - 1):
            circuit.cx(qubit, qubit + 1)
    return measured(circuit)


def _chain(num_qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    circuit.ry(0.3, 0)
    for qubit in range(num_qubits - 1):
        circuit.cx(qubit, qubit + 1)
    return measured(circuit)


def _feed_forward() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


def _sweep(circuit: QuantumCircuit, shots: int = 1000) -> Sweep:
    return Sweep(circuit, (), np.zeros((1, 0)), shots)


@ddt
class TestChoice(unittest.TestCase):
    """The rules of the table."""

    @data(
        ("small and noiseless", _entangled(4), None, ("statevector",)),
        ("small and noisy", _entangled(4), damping_noise(), ("density_matrix",)),
        ("16 noisy qubits", _entangled(16), damping_noise(), ("trajectories",)),
        ("wide Clifford", measured(random_clifford(60, 200, 1)), None, ("stabilizer",)),
        ("wide Clifford with Pauli noise", measured(random_clifford(60, 200, 1)), pauli_noise(), ("stabilizer",)),
        ("wide with little entanglement", _chain(60), None, ("matrix_product_state",)),
        ("feed-forward", _feed_forward(), None, ("statevector", "density_matrix")),
        ("noisy feed-forward", _feed_forward(), damping_noise(), ("density_matrix", "trajectories")),
    )
    def test_free(self, case) -> None:  # type: ignore[no-untyped-def]
        name, circuit, model, wanted = case
        count = circuit.num_qubits
        device = noiseless(count) if model is None else noisy(count, model)
        simulator, estimate = choose(_sweep(circuit), device, exact=False)
        self.assertIn(simulator.name, wanted, name)
        self.assertEqual(estimate.note, "", name)

    @data((10, 5), (10, 1), (14, 1), (20, 1))
    def test_many_shots_without_noise_are_drawn_from_a_state_vector(self, case: tuple[int, int]) -> None:
        num_qubits, rows = case
        sweep = Sweep(_chain(num_qubits), (), np.zeros((rows, 0)), 10**6)
        self.assertEqual(choose(sweep, noiseless(num_qubits), exact=False)[0].name, "statevector")

    @data("statevector", "density_matrix", "trajectories", "stabilizer", "matrix_product_state", "extended_stabilizer")
    def test_a_method_asked_for_is_used(self, method: str) -> None:
        sweep = _sweep(measured(random_clifford(3, 10, 1)))
        self.assertEqual(choose(sweep, noiseless(3), exact=False, method=method)[0].name, method)
        device = ActiveDevice("mine", (0, 1, 2), method=method)
        self.assertEqual(choose(sweep, device, exact=False)[0].name, method)

    def test_a_method_that_cannot_is_refused_with_the_reason(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "stabilizer.*ry on qubits .* is not a Clifford gate"):
            choose(_sweep(_entangled(3)), noiseless(3), exact=False, method="stabilizer")
        with self.assertRaisesRegex(IBMInputValueError, "no exact expectation values"):
            choose(_sweep(_entangled(3)), noiseless(3), exact=True, method="trajectories")
        with self.assertRaisesRegex(IBMInputValueError, "'magic'"):
            choose(_sweep(_entangled(3)), noiseless(3), exact=False, method="magic")

    def test_a_gpu_that_is_not_there_is_refused(self) -> None:
        if "GPU" in AerSimulator().available_devices():
            self.skipTest("there is a GPU")
        device = ActiveDevice("mine", (0, 1, 2), aer_options={"device": "GPU"})
        with self.assertRaisesRegex(IBMBackendError, "'GPU'.*offers CPU only"):
            choose(_sweep(_entangled(3)), device, exact=False)

    def test_memory_is_checked_before_anything_runs(self) -> None:
        with self.assertRaisesRegex(SimulationTooLargeError, "40 qubits .* statevector .*TB"):
            choose(_sweep(_entangled(40)), noiseless(40), exact=False)
        with self.assertRaisesRegex(SimulationTooLargeError, "1 MB"):
            choose(_sweep(_entangled(20)), noiseless(20), exact=False, method="statevector", max_memory_mb=1)

    def test_noise_that_must_be_twirled_is_said_to_be(self) -> None:
        device = noisy(60, damping_noise())
        circuit = random_clifford(60, 200, 1)
        circuit.sdg(range(60))
        _, estimate = choose(_sweep(measured(circuit)), device, exact=False)
        self.assertIn("Pauli twirl", estimate.note)
