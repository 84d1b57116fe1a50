"""What a user changes after ``run()`` does not reach the job."""

from __future__ import annotations

import operator
import unittest
from typing import Any

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import LocalRuntime, SamplerV2
from qiskit_local_runtime.primitives.snapshot import estimator_snapshot, sampler_snapshot
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines import ROUTINES
from qiskit_local_runtime.routines.base import RoutineTools
from qiskit_local_runtime.testing import HandEngine


def _turned() -> tuple[QuantumCircuit, np.ndarray]:
    angle = Parameter("angle")
    circuit = QuantumCircuit(1, 1)
    circuit.rx(angle, 0)
    circuit.measure(0, 0)
    return circuit, np.full((3, 1), np.pi)


class _Held:
    """The real sampler, held back until the test has made its change."""

    name = "sampler"

    def __init__(self, gate: HandEngine) -> None:
        self._gate = gate

    def accept(self, request: Request) -> None:
        ROUTINES["sampler"].accept(request)

    def estimate(self, request: Request) -> float | None:
        return None

    def run(self, request: Request, tools: RoutineTools) -> Any:
        self._gate.call(operator.add, 1, 2, cancel=tools.cancel)
        return ROUTINES["sampler"].run(request, tools)


class TestSnapshot(unittest.TestCase):
    """Copies of what can be changed."""

    def test_circuit_and_values_of_a_samplers_pub(self) -> None:
        circuit, values = _turned()
        kept = sampler_snapshot(SamplerPub.coerce((circuit, values, 12)))
        circuit.x(0)
        values[:] = 0
        self.assertEqual((len(kept.circuit.data), kept.shots, kept.shape), (2, 12, (3,)))
        self.assertTrue((kept.parameter_values.as_array() == np.pi).all())

    def test_circuit_and_values_of_an_estimators_pub(self) -> None:
        circuit, values = _turned()
        circuit.remove_final_measurements()
        kept = estimator_snapshot(EstimatorPub.coerce((circuit, "Z", values, 0.5)))
        circuit.x(0)
        values[:] = 0
        self.assertEqual((len(kept.circuit.data), kept.precision, kept.shape), (1, 0.5, (3,)))
        self.assertTrue((kept.parameter_values.as_array() == np.pi).all())

    def test_values_without_parameters_keep_their_shape(self) -> None:
        kept = sampler_snapshot(SamplerPub.coerce((QuantumCircuit(1, 1), np.zeros((4, 0)))))
        self.assertEqual(kept.shape, (4,))


class TestJobs(unittest.TestCase):
    """End to end, where the job starts after the change."""

    def counts(self, backend: Any, options: dict[str, Any], circuit: QuantumCircuit, change: Any) -> dict[str, int]:
        gate = HandEngine()
        with LocalRuntime(routines={"sampler": _Held(gate)}) as runtime:
            job = SamplerV2(backend, options=options, runtime=runtime).run([circuit], shots=8)
            self.assertTrue(gate.wait_for_call())
            change()
            gate.step()
            found: dict[str, int] = job.result(timeout=60)[0].data.c.get_counts()
            return found

    def test_a_circuit_with_control_flow(self) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.x(0)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.x(1)
        circuit.measure(1, 1)

        def change() -> None:
            circuit.x(1)
            circuit.measure(1, 1)

        self.assertEqual(self.counts(AerSimulator(), {}, circuit, change), {"11": 8})

    def test_a_circuit_the_runtime_transpiles(self) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.x(0)
        circuit.measure([0, 1], [0, 1])
        backend = GenericBackendV2(3, noise_info=False, seed=1)
        options = {"transpilation": {"optimization_level": 1}}
        self.assertEqual(self.counts(backend, options, circuit, circuit.measure_all), {"01": 8})

    def test_inputs_that_a_user_changes_do_not_change_the_next_job(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.measure_all()
        with LocalRuntime() as runtime:
            sampler = SamplerV2(AerSimulator(), runtime=runtime)
            job = sampler.run([circuit], shots=8)
            job.inputs["pubs"][0].circuit.data.pop(0)
            again = sampler.run([circuit], shots=8)
            for done in (job, again):
                self.assertEqual(done.result(timeout=60)[0].data.meas.get_counts(), {"1": 8})
