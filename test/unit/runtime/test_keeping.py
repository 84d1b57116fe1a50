"""Requests and results on their way."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2, LocalRuntime, SamplerV2
from qiskit_local_runtime.errors import IBMRuntimeError


class TestKeeping(unittest.TestCase):
    """In a store that outlives the process."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.runtime = LocalRuntime(store=Path(folder.name) / "jobs.sqlite")
        self.addCleanup(self.runtime.close)
        self.circuit = QuantumCircuit(1)
        self.circuit.rx(Parameter("a"), 0)

    def stored(self, job_id: str) -> Any:
        return self.runtime._keeper.read_request(job_id).pubs[0]

    def test_a_result_is_the_computed_one_first_and_then_each_time_one_of_its_own_that_is_equal(self) -> None:
        job = SamplerV2(AerSimulator(), runtime=self.runtime).run([(self.circuit.measure_all(inplace=False), [0.7])], shots=50)
        first, second, third = job.result(), job.result(), job.result()
        self.assertFalse(first is second or second is third)
        for other in (second, third):
            self.assertTrue(np.array_equal(first[0].data.meas.array, other[0].data.meas.array))
            self.assertEqual((first.metadata, first[0].metadata), (other.metadata, other[0].metadata))

    def test_what_a_user_does_to_a_result_reaches_no_later_one(self) -> None:
        job = EstimatorV2(AerSimulator(), runtime=self.runtime).run([(self.circuit, "Z", [0.0])])
        job.result()[0].data.evs[...] = 7.0
        self.assertEqual(float(job.result()[0].data.evs), 1.0)

    def test_a_result_that_was_forgotten_is_nowhere(self) -> None:
        job = EstimatorV2(AerSimulator(), runtime=self.runtime).run([(self.circuit, "Z", [0.0])])
        job.wait_for_final_state()
        self.assertTrue(self.runtime.forget_result(job.job_id()))
        with self.assertRaisesRegex(IBMRuntimeError, "not in the store"):
            job.result()

    def test_a_circuit_that_was_changed_between_two_jobs_is_stored_as_it_was_for_each(self) -> None:
        estimator = EstimatorV2(AerSimulator(), runtime=self.runtime)
        first = estimator.run([(self.circuit, "Z", [0.5])])
        before = self.circuit.copy()
        self.circuit.x(0)
        second = estimator.run([(self.circuit, "Z", [0.5])])
        third = estimator.run([(self.circuit, "X", [0.25])])
        for job, circuit, observable, value in (
            (first, before, "Z", 0.5),
            (second, self.circuit, "Z", 0.5),
            (third, self.circuit, "X", 0.25),
        ):
            pub = self.stored(job.job_id())
            self.assertEqual((pub.circuit, pub.observables.tolist()), (circuit, {observable: 1.0}))
            self.assertEqual(pub.parameter_values.as_array().tolist(), [value])
