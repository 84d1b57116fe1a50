"""What will run, before it runs."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2, LocalRuntime, SamplerV2
from qiskit_local_runtime.records.query import Query


def _turned() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.cx(0, 1)
    return circuit


class TestPlan(unittest.TestCase):
    """``primitive.plan(pubs)``."""

    def setUp(self) -> None:
        self.runtime = LocalRuntime()
        self.addCleanup(self.runtime.close)

    def test_a_samplers(self) -> None:
        options = {"twirling": {"enable_measure": True, "num_randomizations": 8, "shots_per_randomization": 50}}
        sampler = SamplerV2(AerSimulator(), options=options, runtime=self.runtime)
        plan = sampler.plan([(_turned().measure_all(inplace=False), np.zeros((5, 1)), 400)])
        (row,) = plan.rows
        self.assertEqual((row.what, row.circuits, row.randomizations, row.shots), ("PUB 0", 5, 8, 50))
        self.assertEqual((plan.circuits, plan.shots, plan.quantum_seconds), (40, 2000, None))
        self.assertEqual((row.active_qubits, row.method), (2, "statevector"))
        self.assertIn("40 circuits, 2000 shots, quantum time not known", str(plan))

    def test_an_estimators_with_its_calibration_is_what_the_job_is_charged_for(self) -> None:
        backend = GenericBackendV2(3, seed=1)
        estimator = EstimatorV2(backend, options={"transpilation": {"optimization_level": 1}}, runtime=self.runtime)
        pub = (_turned(), [["ZZ"], ["XX"]], [[0.1], [0.2]])
        plan = estimator.plan([pub], precision=0.05)
        self.assertEqual([row.what for row in plan.rows], ["PUB 0", "readout calibration"])
        self.assertEqual(self.runtime.count(Query()), 0)
        job = estimator.run([pub], precision=0.05)
        job.result()
        self.assertAlmostEqual(plan.quantum_seconds or 0, job.usage(), places=9)
        self.assertEqual(plan.rows[0].circuits * plan.rows[0].randomizations * plan.rows[0].shots % 32, 0)

    def test_exact_values_take_no_quantum_time(self) -> None:
        estimator = EstimatorV2(GenericBackendV2(2, seed=1), options={"default_precision": 0}, runtime=self.runtime)
        circuit = QuantumCircuit(1)
        circuit.x(0)
        plan = estimator.plan([(circuit, "Z")])
        self.assertEqual((plan.quantum_seconds, plan.shots, plan.rows[0].shots), (0.0, 0, 0))
        self.assertIn("exact", str(plan))

    def test_usage_is_estimated_before_and_charged_after(self) -> None:
        backend = GenericBackendV2(2, seed=1)
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.measure_all()
        sampler = SamplerV2(backend, runtime=self.runtime)
        estimate = sampler.estimate_usage([circuit], shots=1000)
        job = sampler.run([circuit], shots=1000)
        job.result()
        assert estimate is not None
        self.assertAlmostEqual(estimate, 0.995 + 1000 * 250e-6, delta=0.05)
        self.assertEqual((job.usage(), job.usage_estimation), (estimate, {"quantum_seconds": estimate}))
        self.assertIsNone(SamplerV2(AerSimulator(), runtime=self.runtime).estimate_usage([circuit]))
