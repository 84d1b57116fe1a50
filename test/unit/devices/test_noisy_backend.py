"""A backend with presets looks like the one inside."""

from __future__ import annotations

import unittest

from qiskit import transpile
from qiskit.circuit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.devices import Calibration, Coherent, Drift, with_noise
from qiskit_local_runtime.errors import IBMBackendError


class TestNoisyBackend(unittest.TestCase):
    """What users see of it."""

    def test_its_name_tells_its_presets(self) -> None:
        backend = with_noise(FakeManilaV2(), Coherent(0.1), Drift(1e4))
        self.assertEqual(backend.name, "fake_manila+coherent+drift")
        self.assertIn("coherent+drift", backend.description)
        self.assertEqual(with_noise(FakeManilaV2()).name, "fake_manila+noiseless")

    def test_it_has_the_target_and_the_options_of_the_backend(self) -> None:
        inner = AerSimulator(max_parallel_threads=1)
        backend = with_noise(inner, Coherent(0.1))
        self.assertEqual(backend.target.operation_names, inner.target.operation_names)
        self.assertEqual(backend.options.max_parallel_threads, 1)
        backend.set_options(max_parallel_threads=2)
        self.assertEqual(inner.options.max_parallel_threads, 1)

    def test_circuits_are_transpiled_for_it(self) -> None:
        backend = with_noise(GenericBackendV2(4, coupling_map=[[0, 1], [1, 2], [2, 3]], seed=1), Calibration())
        circuit = QuantumCircuit(4)
        circuit.cx(0, 3)
        circuit.measure_all()
        done = transpile(circuit, backend, seed_transpiler=1)
        self.assertTrue(all(backend.target.instruction_supported(i.name) for i in done.data if i.name != "barrier"))
        self.assertEqual((backend.num_qubits, backend.max_circuits), (4, None))

    def test_it_is_equal_to_itself_only(self) -> None:
        inner = FakeManilaV2()
        first, second = with_noise(inner, Drift(1.0)), with_noise(inner, Drift(1.0))
        self.assertEqual(len({first, second, first}), 2)
        self.assertEqual((first.inner, first.presets, first.seed), (inner, (Drift(1.0),), 0))
        self.assertEqual(repr(first), "<NoisyBackend('fake_manila+drift', seed=0)>")

    def test_run_says_what_to_use_instead(self) -> None:
        with self.assertRaisesRegex(IBMBackendError, r"SamplerV2\(mode=backend\)"):
            with_noise(FakeManilaV2()).run(QuantumCircuit(1))
