"""Every kind of backend gives the right distribution through the public interface."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import ClassicalRegister, Delay, QuantumRegister
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error
from qiskit_aer.noise.passes import RelaxationNoisePass
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError, RuntimeJobFailureError

from ..support.backends import CountsBackend, DescribedBackend, SilentBackend, line_target
from ..support.simulation import LEAST_P, chi_square, exact_state


def _ghz(num_qubits: int = 3) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    circuit.h(0)
    for qubit in range(num_qubits - 1):
        circuit.cx(qubit, qubit + 1)
    return circuit


def _histogram(bits: object, num_bits: int) -> np.ndarray:
    found = bits.get_int_counts()  # type: ignore[attr-defined]
    return np.array([found.get(i, 0) for i in range(2**num_bits)])


@ddt
class TestDistributions(unittest.TestCase):
    """Chi-square against the exact probabilities."""

    def _check(self, backend: object, model: NoiseModel, seed: int = 5, *, scheduled: bool = True) -> None:
        manager = generate_preset_pass_manager(optimization_level=1, backend=backend, seed_transpiler=3)
        circuit = _ghz()
        circuit.measure_all()
        isa = manager.run(circuit)
        options = {"simulator": {"seed_simulator": seed}, "default_shots": 50_000}
        found = _histogram(SamplerV2(backend, options=options).run([isa]).result()[0].data.meas, 3)
        # idle times are written out by Qiskit's own scheduling
        timed = generate_preset_pass_manager(0, backend, scheduling_method="alap").run(isa) if scheduled else isa
        self.assertGreater(chi_square(found, _exact(timed, model)), LEAST_P)

    def test_a_fake_device_of_156_qubits(self) -> None:
        """FakeFez: gates as Aer derives them, readout errors asymmetric as its properties say."""
        backend = FakeFez()
        model, properties = NoiseModel.from_backend(backend), backend.properties()
        model._local_readout_errors = {}
        for qubit in range(backend.num_qubits):
            known = properties.qubit_property(qubit)
            up, down = known["prob_meas1_prep0"][0], known["prob_meas0_prep1"][0]
            model.add_readout_error(ReadoutError([[1 - up, up], [down, 1 - down]]), [qubit])
        self._check(backend, model)

    def test_a_generic_backend(self) -> None:
        backend = GenericBackendV2(5, basis_gates=["cx", "rz", "sx", "x"], seed=2)
        self._check(backend, NoiseModel.from_backend(backend))

    def test_a_backend_that_is_only_a_target(self) -> None:
        backend = DescribedBackend(line_target(4, cz=0.02, sx=0.003, measure=0.04))
        self._check(backend, NoiseModel.from_backend(backend))

    def test_an_aer_simulator_with_a_noise_model(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx"])
        model.add_all_qubit_readout_error(ReadoutError([[0.95, 0.05], [0.1, 0.9]]))
        self._check(AerSimulator(noise_model=model, coupling_map=[[0, 1], [1, 2]]), model, scheduled=False)

    def test_options_replace_the_noise(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.2, 2), ["cx"])
        circuit = _ghz()
        circuit.measure_all()
        options = {"simulator": {"seed_simulator": 0, "noise_model": model}, "default_shots": 50_000}
        found = _histogram(SamplerV2(AerSimulator(), options=options).run([circuit]).result()[0].data.meas, 3)
        self.assertGreater(chi_square(found, _exact(circuit, model)), LEAST_P)

    @data("spaced", "plain", "hex")
    def test_a_backend_that_gives_counts_only(self, words: str) -> None:
        backend = CountsBackend(words)
        circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(1, "a"), ClassicalRegister(2, "b"))
        circuit.compose(_ghz(), inplace=True)
        circuit.measure([0, 1, 2], [0, 1, 2])
        result = SamplerV2(backend, options={"default_shots": 20_000}).run([circuit]).result()[0]
        joint = result.join_data().get_int_counts()
        self.assertEqual(set(joint), {0, 7})
        self.assertGreater(chi_square(np.array([joint[0], joint[7]]), np.array([0.5, 0.5])), LEAST_P)

    def test_values_from_counts_are_right_for_observables_off_the_axis(self) -> None:
        """X⊗X on a backend that gives counts only: where peers return all-zero bits."""
        estimator = EstimatorV2(CountsBackend(), options={"simulator": {"seed_simulator": 1}})
        data = estimator.run([(_ghz(), ["XXX", "ZZI", "IZI"])]).result()[0].data
        # stabilizers of the GHZ state have no shot noise; Z has standard error 1/sqrt(4096)
        np.testing.assert_allclose(data.evs[:2], 1.0, atol=1e-12)
        self.assertLess(abs(data.evs[2]), 4 / 64)


class TestLimits(unittest.TestCase):
    """A backend's limits are kept by splitting."""

    def test_circuits_and_shots_are_split(self) -> None:
        backend = CountsBackend(max_circuits=2, max_shots=300)
        circuit = _ghz()
        circuit.measure_all()
        result = SamplerV2(backend, options={"default_shots": 1000}).run([circuit] * 3).result()
        self.assertEqual([r.data.meas.num_shots for r in result], [1000] * 3)
        self.assertTrue(all(circuits <= 2 and shots <= 300 for circuits, shots in backend.calls))

    def test_shots_from_counts_come_in_random_order_by_the_seed(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.h(0)
        circuit.measure_all()
        runs = []
        for seed in (0, 0, 1):
            options = {"default_shots": 200, "simulator": {"seed_simulator": seed}}
            runs.append(SamplerV2(CountsBackend(), options=options).run([circuit]).result()[0].data.meas.array)
        np.testing.assert_array_equal(runs[0], runs[1])
        self.assertTrue((runs[0] != runs[2]).any())
        self.assertGreater(np.flatnonzero(np.diff(runs[0].ravel())).size, 50)

    def test_a_backend_that_gives_nothing_is_named(self) -> None:
        circuit = _ghz()
        circuit.measure_all()
        job = SamplerV2(SilentBackend()).run([circuit])
        with self.assertRaisesRegex(RuntimeJobFailureError, "neither memory nor counts"):
            job.result()

    def test_exact_values_are_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "returns counts"):
            EstimatorV2(CountsBackend()).run([(_ghz(), "ZZZ")], precision=0)

    def test_noise_cannot_be_given_to_a_backend_that_runs_circuits_itself(self) -> None:
        options = {"simulator": {"noise_model": NoiseModel()}}
        with self.assertRaisesRegex(IBMBackendError, "noise_model"):
            SamplerV2(CountsBackend(), options=options).run([_with_measurements(_ghz())])

    def test_a_cloud_backend_is_refused_with_what_to_do(self) -> None:
        cloud = type("IBMBackend", (DescribedBackend,), {"__module__": "qiskit_ibm_runtime.ibm_backend"})
        with self.assertRaisesRegex(IBMBackendError, "AerSimulator.from_backend"):
            SamplerV2(cloud(line_target(2))).run([_with_measurements(QuantumCircuit(1))])


class TestSeeds(unittest.TestCase):
    """Where the seed comes from."""

    def test_an_aer_simulators_own_seed_counts_and_the_options_win(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.h(range(4))
        circuit.measure_all()

        def bits(backend_seed: int | None, **simulator: int) -> bytes:
            sampler = SamplerV2(AerSimulator(seed_simulator=backend_seed), options={"simulator": simulator})
            return bytes(sampler.run([circuit], shots=100).result()[0].data.meas.array)

        self.assertEqual(bits(5), bits(5))
        self.assertNotEqual(bits(5), bits(6))
        self.assertEqual(bits(5, seed_simulator=0), bits(6, seed_simulator=0))
        self.assertNotEqual(bits(None), bits(None))


class TestTranspilation(unittest.TestCase):
    """The runtime transpiles where it is asked to."""

    def test_observables_follow_the_layout(self) -> None:
        backend = GenericBackendV2(6, basis_gates=["cx", "rz", "sx", "x"], seed=2, noise_info=False)
        circuit = QuantumCircuit(3)
        circuit.ry(0.4, 0)
        circuit.ry(1.1, 1)
        circuit.cx(0, 2)
        operator = SparsePauliOp(["ZII", "IZI", "IIZ", "XIX"], [1, 2, 3, 4])
        options = {"transpilation": {"optimization_level": 1, "initial_layout": [4, 2, 5]}, "default_precision": 0}
        found = EstimatorV2(backend, options=options).run([(circuit, operator)]).result()[0].data.evs
        exact = exact_state(circuit, None).expectation_value(operator).real
        self.assertAlmostEqual(float(found), exact, places=10)

    def test_a_big_circuit_is_transpiled_in_a_child_process(self) -> None:
        circuit = _with_measurements(_ghz(4))
        options = {"transpilation": {"optimization_level": 2}, "simulator": {"seed_simulator": 0}}
        counts = SamplerV2(FakeFez(), options=options).run([circuit], shots=2000).result()[0].data.meas.get_counts()
        self.assertGreater(counts["0000"] + counts["1111"], 1700)

    def test_without_it_the_isa_error_says_what_to_do(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "options.transpilation"):
            SamplerV2(GenericBackendV2(3, seed=1)).run([_with_measurements(_ghz(3))])


class TestWideCircuits(unittest.TestCase):
    """QPU-size circuits."""

    def test_a_ghz_state_on_every_qubit_of_a_fake_device_just_works(self) -> None:
        backend = AerSimulator()
        circuit = _with_measurements(_ghz(127))
        counts = SamplerV2(backend).run([circuit], shots=500).result()[0].data.meas.get_counts()
        self.assertEqual(set(counts), {"0" * 127, "1" * 127})

    def test_device_noise_on_a_wide_clifford_circuit_is_twirled_and_said_so(self) -> None:
        backend = FakeFez()
        circuit = QuantumCircuit(156)
        for qubit in range(100):
            circuit.x(qubit)
        for one, other in backend.coupling_map.get_edges():
            # together, as qubits that do not meet are simulated apart, and exactly
            if max(one, other) < 100:
                circuit.cz(one, other)
        circuit.measure_all()
        with self.assertWarnsRegex(UserWarning, "Pauli twirl"):
            job = SamplerV2(backend, options={"simulator": {"seed_simulator": 0}}).run([circuit], shots=200)
        result = job.result()[0]
        self.assertEqual(result.metadata["simulation"]["method"], "stabilizer")
        self.assertIn("Pauli twirl", result.metadata["simulation"]["note"])
        ones = result.data.meas.slice_bits(list(range(100))).bitcount().mean()
        self.assertGreater(ones, 85)


def _with_measurements(circuit: QuantumCircuit) -> QuantumCircuit:
    out = circuit.copy()
    out.measure_all()
    return out


def _exact(circuit: QuantumCircuit, model: NoiseModel) -> np.ndarray:
    """Probabilities of three measured qubits, readout errors applied by hand."""
    where = {}
    bare = QuantumCircuit(circuit.num_qubits)
    for item in circuit.data:
        if item.operation.name == "measure":
            where[circuit.find_bit(item.clbits[0]).index] = circuit.find_bit(item.qubits[0]).index
        elif item.operation.name != "barrier":
            bare.append(item.operation, [circuit.find_bit(q).index for q in item.qubits])
    busy = {bare.find_bit(q).index for item in bare.data if item.name != "delay" for q in item.qubits}
    qubits = sorted(busy | set(where.values()))
    place = {q: i for i, q in enumerate(qubits)}
    small = QuantumCircuit(len(qubits))
    for item in bare.data:
        found = [bare.find_bit(q).index for q in item.qubits]
        if set(found) <= place.keys():
            small.append(item.operation, [place[q] for q in found])
    state = exact_state(small, _restricted(model, place))
    probabilities = np.asarray(state.probabilities([place[where[c]] for c in range(3)])).reshape(2, 2, 2)
    for clbit in range(3):
        error = model._local_readout_errors.get((where[clbit],), model._default_readout_error)
        if error is not None:
            axis = 2 - clbit
            probabilities = np.moveaxis(np.tensordot(probabilities, error.probabilities, axes=(axis, 0)), -1, axis)
    return probabilities.reshape(-1)


def _restricted(model: NoiseModel, place: dict[int, int]) -> NoiseModel:
    out = NoiseModel()
    for name, error in model._default_quantum_errors.items():
        out.add_all_qubit_quantum_error(error, name)
    for name, errors in model._local_quantum_errors.items():
        for qubits, error in errors.items():
            if set(qubits) <= place.keys():
                out.add_quantum_error(error, name, [place[q] for q in qubits])
    for noise in model._custom_noise_passes:
        times = [[values[q] for q in place] for values in (noise._t1s, noise._t2s)]
        out._custom_noise_passes.append(RelaxationNoisePass(*times, dt=noise._dt, op_types=Delay))
    return out
