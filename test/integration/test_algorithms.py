"""qiskit-algorithms, unmodified, on our primitives."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit.library import efficient_su2, n_local, real_amplitudes
from qiskit.primitives import StatevectorEstimator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_algorithms import (
    QAOA,
    VQD,
    VQE,
    AmplificationProblem,
    EstimationProblem,
    Grover,
    IterativeAmplitudeEstimation,
    NumPyMinimumEigensolver,
)
from qiskit_algorithms.gradients import ParamShiftEstimatorGradient, SPSAEstimatorGradient
from qiskit_algorithms.optimizers import COBYLA, SLSQP, SPSA
from qiskit_algorithms.state_fidelities import ComputeUncompute
from qiskit_algorithms.utils import algorithm_globals

from qiskit_local_runtime import EstimatorV2, SamplerV2

H2 = SparsePauliOp(
    ["II", "IZ", "ZI", "ZZ", "XX"],
    [-1.052373245772859, 0.39793742484318045, -0.39793742484318045, -0.01128010425623538, 0.18093119978423156],
)
"""Hydrogen at 0.735 Å, two qubits (parity mapping)."""
ENERGY = -1.857275030202382
"""Its electronic ground-state energy in hartree."""


def _estimator(**options: object) -> EstimatorV2:
    return EstimatorV2(AerSimulator(), options={"simulator": {"seed_simulator": 7}, **options})


def _sampler(shots: int = 4096) -> SamplerV2:
    return SamplerV2(AerSimulator(), options={"default_shots": shots, "simulator": {"seed_simulator": 7}})


class TestVQE(unittest.TestCase):
    """The variational eigensolver finds the energy of H2."""

    def setUp(self) -> None:
        algorithm_globals.random_seed = 3

    def test_exact_expectation_values_reach_the_known_energy(self) -> None:
        vqe = VQE(_estimator(default_precision=0.0), n_local(2, ["ry", "rz"], "cz"), SLSQP(maxiter=200))
        result = vqe.compute_minimum_eigenvalue(H2)
        self.assertAlmostEqual(result.eigenvalue.real, ENERGY, delta=1e-5)

    def test_with_shots_the_energy_is_within_shot_noise(self) -> None:
        ansatz = real_amplitudes(2, reps=1)
        exact = VQE(StatevectorEstimator(), ansatz, SLSQP(maxiter=200)).compute_minimum_eigenvalue(H2)
        result = _estimator().run([(ansatz, H2, exact.optimal_point)], precision=0.005).result()[0]
        self.assertLess(abs(result.data.evs - exact.eigenvalue), 4 * result.data.stds)

    def test_a_transpiler_puts_the_ansatz_on_a_device(self) -> None:
        backend = GenericBackendV2(4, basis_gates=["cz", "rz", "sx", "x"], seed=5, noise_info=False)
        manager = generate_preset_pass_manager(optimization_level=1, backend=backend, seed_transpiler=1)
        estimator = EstimatorV2(backend, options={"default_precision": 0.0})
        vqe = VQE(estimator, n_local(2, ["ry", "rz"], "cz"), SLSQP(maxiter=200), transpiler=manager)
        self.assertAlmostEqual(vqe.compute_minimum_eigenvalue(H2).eigenvalue.real, ENERGY, delta=1e-4)

    def test_spsa_with_default_options_comes_close(self) -> None:
        vqe = VQE(_estimator(), real_amplitudes(2, reps=1), SPSA(maxiter=60))
        self.assertAlmostEqual(vqe.compute_minimum_eigenvalue(H2).eigenvalue.real, ENERGY, delta=0.1)


class TestOthers(unittest.TestCase):
    """Other algorithms that read our results and metadata."""

    def setUp(self) -> None:
        algorithm_globals.random_seed = 3

    def test_qaoa_finds_the_maximum_cut_of_a_square(self) -> None:
        cost = SparsePauliOp.from_sparse_list([("ZZ", [i, (i + 1) % 4], 0.5) for i in range(4)], 4)
        result = QAOA(_sampler(), COBYLA(maxiter=60), reps=2).compute_minimum_eigenvalue(cost)
        self.assertIn(result.best_measurement["bitstring"], ("0101", "1010"))

    def test_vqd_finds_two_levels(self) -> None:
        vqd = VQD(
            _estimator(default_precision=0.0),
            ComputeUncompute(_sampler(20_000)),
            n_local(2, ["ry", "rz"], "cx", reps=1),
            COBYLA(maxiter=300),
            k=2,
            betas=[3.0],
        )
        found = np.sort(vqd.compute_eigenvalues(H2).eigenvalues.real)
        levels = np.sort(np.linalg.eigvalsh(H2.to_matrix()))[:2]
        np.testing.assert_allclose(found, levels, atol=0.1)

    def test_parameter_shift_gradients_are_exact(self) -> None:
        circuit = efficient_su2(2, reps=1)
        point = np.random.default_rng(0).random(circuit.num_parameters)
        ours = ParamShiftEstimatorGradient(_estimator(default_precision=0.0)).run([circuit], [H2], [point]).result()
        theirs = ParamShiftEstimatorGradient(StatevectorEstimator()).run([circuit], [H2], [point]).result()
        np.testing.assert_allclose(ours.gradients[0], theirs.gradients[0], atol=1e-9)

    def test_spsa_gradients_read_the_metadata_they_need(self) -> None:
        circuit = real_amplitudes(2, reps=1)
        gradient = SPSAEstimatorGradient(_estimator(), epsilon=0.1, seed=1).run([circuit], [H2], [[0.1] * 4]).result()
        self.assertEqual(len(gradient.gradients[0]), 4)

    def test_amplitude_estimation_finds_a_known_probability(self) -> None:
        rotation = 2 * np.arcsin(np.sqrt(0.2))
        prepare, grover = QuantumCircuit(1), QuantumCircuit(1)
        prepare.ry(rotation, 0)
        grover.ry(2 * rotation, 0)
        problem = EstimationProblem(prepare, objective_qubits=[0], grover_operator=grover)
        estimation = IterativeAmplitudeEstimation(epsilon_target=0.01, alpha=0.05, sampler=_sampler())
        self.assertAlmostEqual(estimation.estimate(problem).estimation, 0.2, delta=0.01)

    def test_grover_finds_the_marked_state(self) -> None:
        oracle = QuantumCircuit(2)
        oracle.cz(0, 1)
        result = Grover(sampler=_sampler(), iterations=1).amplify(AmplificationProblem(oracle, is_good_state=["11"]))
        self.assertEqual(result.top_measurement, "11")

    def test_fidelity_of_rotated_states_is_the_cosine_squared(self) -> None:
        circuit = QuantumCircuit(1)
        from qiskit.circuit import Parameter

        circuit.ry(Parameter("t"), 0)
        fidelity = ComputeUncompute(_sampler(100_000)).run(circuit, circuit, [0.3], [1.1]).result().fidelities[0]
        truth = np.cos(0.4) ** 2
        error = np.sqrt(truth * (1 - truth) / 100_000)
        self.assertLess(abs(fidelity - truth), 4 * error)

    def test_the_reference_solver_agrees_with_the_known_energy(self) -> None:
        self.assertAlmostEqual(NumPyMinimumEigensolver().compute_minimum_eigenvalue(H2).eigenvalue.real, ENERGY, places=6)
