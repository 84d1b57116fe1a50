"""From backends to devices."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from qiskit.providers import Options
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties, QubitProperties
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, pauli_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.devices import SOURCES, device_of
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError
from qiskit_local_runtime.sweeps import Step, tape_of

from ...support.backends import CountsBackend, DescribedBackend, line_target


def _source(backend: Any) -> str:
    return next(name for name, source in SOURCES.items() if source.recognises(backend))


def _step(name: str, num_qubits: int = 1) -> Step:
    circuit = QuantumCircuit(num_qubits)
    getattr(circuit, name)(*range(num_qubits))
    return tape_of(circuit).steps[0]


class _Talkative(DescribedBackend):
    def run(self, run_input: Any, **options: Any) -> Any:
        circuits = len(run_input)
        raise RuntimeError(f"{self.name} is a drawing of a device; {circuits} circuits not run")


class _Picky(DescribedBackend):
    def run(self, run_input: Any, **options: Any) -> Any:
        if options.get("memory"):
            raise NotImplementedError
        return AerSimulator().run(run_input)


class _Real(GenericBackendV2):
    def run(self, run_input: Any, **options: Any) -> Any:
        return AerSimulator().run(run_input)


class _Spy(AerSimulator):
    def run(self, *args: Any, **options: Any) -> Any:
        return super().run(*args, **options)


class _Limited(CountsBackend):
    @classmethod
    def _default_options(cls) -> Options:
        options = Options(shots=1024)
        options.set_validator("shots", (1, 4096))
        return options


class _Targetless(CountsBackend):
    @property
    def target(self) -> Any:
        return None


def _cloud() -> object:
    """An object of a class named as IBM's."""
    kind = type("IBMBackend", (), {"__module__": "qiskit_ibm_runtime.ibm_backend", "name": "ibm_somewhere"})
    return kind()


@ddt
class TestSources(unittest.TestCase):
    """Who describes which backend."""

    @data(
        ("aer", AerSimulator),
        ("target", lambda: GenericBackendV2(2, seed=0)),
        ("target", FakeManilaV2),
        ("target", lambda: DescribedBackend(line_target(2))),
        ("target", lambda: _Talkative(line_target(2))),
        ("backend", lambda: _Picky(line_target(2))),
        ("backend", lambda: _Real(2, seed=0)),
        ("backend", _Spy),
        ("backend", CountsBackend),
    )
    def test_a_backend_with_a_run_of_its_own_runs_circuits_itself(self, row: tuple[str, Any]) -> None:
        name, make = row
        backend = make()
        self.assertEqual(_source(backend), name)
        self.assertEqual(device_of(backend).simulated, name != "backend")

    def test_a_run_put_on_one_object_counts(self) -> None:
        backend = GenericBackendV2(2, seed=0)
        backend.run = lambda circuits, **options: AerSimulator().run(circuits)
        self.assertFalse(device_of(backend).simulated)

    def test_cloud_backends_are_refused_with_what_to_do(self) -> None:
        with self.assertRaisesRegex(IBMBackendError, r"ibm_somewhere .* AerSimulator\.from_backend"):
            device_of(_cloud())

    @data(None, "ibm_fez", 3, AerSimulator)
    def test_what_is_no_backend_is_refused(self, what: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Expected a BackendV2"):
            device_of(what)

    def test_limits_are_read_from_attributes_and_from_options(self) -> None:
        device = device_of(CountsBackend(max_circuits=3, max_shots=100)).restrict((0,))
        self.assertEqual((device.max_circuits, device.max_shots), (3, 100))
        device = device_of(_Limited()).restrict((0,))
        self.assertEqual((device.max_circuits, device.max_shots), (None, 4096))

    def test_a_backend_without_a_target_takes_anything(self) -> None:
        device = device_of(_Targetless())
        self.assertIsNone(device.target)
        self.assertIsNone(device.num_qubits)


class TestAer(unittest.TestCase):
    """The configuration of an ``AerSimulator``."""

    def test_a_plain_simulator_takes_anything(self) -> None:
        device = device_of(AerSimulator())
        self.assertIsNone(device.target)
        self.assertIsNone(device.num_qubits)
        self.assertIsNone(device.restrict((0,)).noise)
        self.assertIsNone(device.restrict((0,)).method)

    def test_method_and_changed_options_are_kept(self) -> None:
        backend = AerSimulator(method="matrix_product_state", matrix_product_state_max_bond_dimension=7, seed_simulator=3)
        active = device_of(backend).restrict((0, 5))
        self.assertEqual(active.method, "matrix_product_state")
        self.assertEqual(dict(active.aer_options), {"matrix_product_state_max_bond_dimension": 7})
        backend.set_options(matrix_product_state_max_bond_dimension=9)
        self.assertEqual(device_of(backend).restrict((0,)).aer_options["matrix_product_state_max_bond_dimension"], 9)

    def test_a_coupling_map_makes_a_target_to_transpile_to(self) -> None:
        device = device_of(AerSimulator(coupling_map=[[0, 1], [1, 2]]))
        assert device.target is not None
        # Aer runs gates on uncoupled qubits all the same, so they are no reason to refuse a circuit
        self.assertTrue(device.target.instruction_supported("cx", (0, 2)))
        self.assertEqual(list(device.target.build_coupling_map().get_edges()), [(0, 1), (1, 2)])

    def test_a_simulator_made_from_a_backend_has_its_noise(self) -> None:
        backend = FakeManilaV2()
        copied = device_of(AerSimulator.from_backend(backend)).restrict((1, 2))
        original = device_of(backend).restrict((1, 2))
        assert copied.noise is not None and original.noise is not None
        for step in (_step("cx", 2), _step("sx"), _step("x")):
            ((first, _),), ((second, _),) = copied.noise.after(step), original.noise.after(step)
            np.testing.assert_allclose(first.superop, second.superop, atol=1e-12)
        self.assertEqual(len(copied.noise.readout.groups), 2)

    def test_an_error_added_to_a_model_in_use_is_noticed(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(pauli_error([("X", 0.1), ("I", 0.9)]), ["x"])
        backend = AerSimulator(noise_model=model)
        before = device_of(backend).restrict((0,)).noise
        self.assertIs(device_of(backend).restrict((0,)).noise, before)
        model.add_all_qubit_quantum_error(pauli_error([("X", 0.1), ("I", 0.9)]), ["h"])
        after = device_of(backend).restrict((0,)).noise
        assert before is not None and after is not None
        self.assertEqual([len(noise.after(_step("h"))) for noise in (before, after)], [0, 1])


class TestCalibration(unittest.TestCase):
    """A description is used again only while the calibration is the same."""

    def test_a_new_error_of_a_gate_is_noticed(self) -> None:
        backend = DescribedBackend(line_target(2, sx=0.01))
        self.assertIs(device_of(backend), device_of(backend))
        before = device_of(backend).restrict((0,)).noise
        backend.target.update_instruction_properties("sx", (0,), InstructionProperties(error=0.2, duration=35e-9))
        after = device_of(backend).restrict((0,)).noise
        assert before is not None and after is not None
        self.assertIsNot(before, after)
        ((channel, _),) = after.after(_step("sx"))
        # an average infidelity of 0.2 is an entanglement infidelity of 0.3
        self.assertAlmostEqual(1 - np.trace(channel.superop).real / 4, 0.3, places=12)

    def test_a_new_relaxation_time_is_noticed(self) -> None:
        backend = DescribedBackend(line_target(2))
        before = device_of(backend)
        backend.target.qubit_properties = [QubitProperties(t1=1e-6, t2=1e-6)] * 2
        self.assertIsNot(device_of(backend), before)

    def test_qubits_that_only_relax_make_a_noisy_device(self) -> None:
        target = line_target(1)
        for name in ("sx", "x", "measure"):
            target.update_instruction_properties(name, (0,), InstructionProperties())
        self.assertIsNotNone(device_of(DescribedBackend(target)).restrict((0,)).noise)

    def test_durations_alone_make_no_noise(self) -> None:
        target = line_target(1)
        target.qubit_properties = [QubitProperties()]
        self.assertIsNone(device_of(DescribedBackend(target)).restrict((0,)).noise)
