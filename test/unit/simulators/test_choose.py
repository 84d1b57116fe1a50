"""Which simulator runs what."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from qiskit_aer import AerSimulator

from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError, SimulationTooLargeError
from qiskit_local_runtime.simulators import SIMULATORS, choose
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


def _copies(circuit: QuantumCircuit, count: int) -> QuantumCircuit:
    """A circuit side by side with itself."""
    width = circuit.num_qubits
    out = QuantumCircuit(width * count, width * count)
    for first in range(0, width * count, width):
        bits = range(first, first + circuit.num_clbits)
        out.compose(circuit, range(first, first + width), bits, inplace=True)
    return out


class TestParts(unittest.TestCase):
    """When a circuit is run in parts."""

    def test_what_is_too_wide_as_a_whole_is_run_in_parts(self) -> None:
        circuit = _copies(_entangled(4), 10)
        for device, methods in ((noiseless(40), ["statevector"]), (noisy(40, damping_noise()), ["density_matrix"])):
            simulator, estimate = choose(_sweep(circuit), device, exact=False)
            self.assertEqual(simulator.name, "separate_parts")
            self.assertEqual(estimate.facts, {"parts": 10, "largest_part": 4, "methods": methods})
            self.assertLess(estimate.bytes, 1 << 23)

    def test_what_is_quick_as_a_whole_stays_whole(self) -> None:
        self.assertEqual(choose(_sweep(_copies(_entangled(2), 4)), noiseless(8), exact=False)[0].name, "statevector")
        self.assertEqual(choose(_sweep(measured(QuantumCircuit(60))), noiseless(60), exact=False)[0].name, "stabilizer")

    def test_parts_that_are_four_times_as_fast_are_preferred(self) -> None:
        circuit = _copies(_entangled(4), 5)
        whole, parts = (choose(_sweep(circuit), noiseless(20), exact=False, method=m)[1] for m in ("statevector", None))
        self.assertEqual(parts.facts["parts"], 5)
        self.assertLess(4 * parts.seconds, whole.seconds)

    def test_exact_parts_are_preferred_to_a_whole_that_is_twirled(self) -> None:
        pair = QuantumCircuit(2)
        pair.cx(0, 1)
        pair.sdg([0, 1])
        circuit = _copies(measured(pair), 15)
        self.assertEqual(choose(_sweep(circuit), noisy(30, pauli_noise()), exact=False)[0].name, "stabilizer")
        simulator, estimate = choose(_sweep(circuit), noisy(30, damping_noise()), exact=False)
        self.assertEqual((simulator.name, estimate.note), ("separate_parts", ""))

    def test_exact_values_of_parts_have_methods_that_have_them(self) -> None:
        circuit = _copies(_entangled(6).remove_final_measurements(inplace=False), 6)
        _, estimate = choose(_sweep(circuit, 0), noisy(36, damping_noise()), exact=True)
        self.assertEqual(estimate.facts["methods"], ["density_matrix"])

    def test_large_parts_stay_exact_as_long_as_a_state_could_be_held(self) -> None:
        for width, method in ((28, "statevector"), (40, "pauli_propagation")):
            circuit = QuantumCircuit(2 * width)
            for half in (0, width):
                for qubit in range(half, half + width - 1):
                    circuit.cx(qubit, qubit + 1)
                    circuit.t(qubit)
            estimate = SIMULATORS["separate_parts"].estimate(_sweep(circuit, 0), noiseless(2 * width))
            self.assertEqual(estimate.facts["methods"], [method])

    def test_parts_are_run_by_the_method_asked_for(self) -> None:
        circuit = _copies(_entangled(4), 10)
        for method in ("statevector", "density_matrix", "trajectories"):
            simulator, estimate = choose(_sweep(circuit), noiseless(40), exact=False, method=method)
            self.assertEqual((simulator.name, estimate.facts["methods"]), ("separate_parts", [method]))

    def test_feed_forward_in_parts_goes_to_aer(self) -> None:
        simulator, estimate = choose(_sweep(_copies(_feed_forward(), 20)), noisy(40, pauli_noise()), exact=False)
        self.assertEqual((simulator.name, estimate.facts["parts"]), ("separate_parts", 20))

    def test_a_part_that_is_too_large_is_named(self) -> None:
        circuit = QuantumCircuit(48, 48)
        circuit.compose(_entangled(42), range(3, 45), range(3, 45), inplace=True)
        device = ActiveDevice("mine", tuple(range(100, 148)))
        with self.assertRaisesRegex(SimulationTooLargeError, r"part of 42 qubits, \[103, 104, .*statevector .*TB"):
            choose(_sweep(circuit), device, exact=False)

    def test_limits_of_memory_hold_for_parts(self) -> None:
        circuit = _copies(_entangled(12), 4)
        with self.assertRaisesRegex(SimulationTooLargeError, "part of 12 qubits.* 1 MB"):
            choose(_sweep(circuit), noisy(48, damping_noise()), exact=False, max_memory_mb=1)
        self.assertEqual(choose(_sweep(circuit), noiseless(48), exact=False, max_memory_mb=50)[0].name, "separate_parts")
