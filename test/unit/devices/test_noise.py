"""Device noise has the physics of Aer's own noise models."""

from __future__ import annotations

import gc
import unittest
import weakref

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Delay, QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, thermal_relaxation_error
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.devices.readout import Confusion, Readout
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps import tape_of

from ...support.backends import DescribedBackend, line_target


def _step(num_qubits: int, operation: object, qubits: list[int], clbits: list[int] | None = None):  # type: ignore[no-untyped-def]
    circuit = QuantumCircuit(num_qubits, num_qubits)
    circuit.append(operation, qubits, clbits or [])
    return tape_of(circuit).steps[0]


@ddt
class TestTargetNoise(unittest.TestCase):
    """Noise from targets."""

    @data("generic", "described", "fez")
    def test_every_channel_is_aers(self, kind: str) -> None:
        backend = {
            "generic": lambda: GenericBackendV2(5, seed=1),
            "described": lambda: DescribedBackend(line_target(5, cz=0.02, sx=0.01)),
            "fez": FakeFez,
        }[kind]()
        qubits = (1, 2, 3)
        device = device_of(backend).restrict(qubits)
        assert device.noise is not None
        model = NoiseModel.from_backend(backend)
        checked = 0
        for name, errors in model._local_quantum_errors.items():
            for where, error in errors.items():
                if name == "measure" or not set(where) <= set(qubits):
                    continue
                operation = backend.target.operation_from_name(name)
                params = [0.1] * len(operation.params)
                operation = operation.copy() if not params else type(operation)(*params)
                found = device.noise.after(_step(3, operation, [qubits.index(q) for q in where]))
                if error.ideal():
                    self.assertEqual(found, ())
                    continue
                ((channel, places),) = found
                self.assertEqual([qubits[p] for p in places], list(where))
                np.testing.assert_allclose(channel.superop, SuperOp(error).data, atol=1e-12)
                checked += 1
        self.assertGreater(checked, 8)

    def test_delays_relax(self) -> None:
        backend = DescribedBackend(line_target(2))
        device = device_of(backend).restrict((0,))
        assert device.noise is not None
        for delay in (Delay(3000, "dt"), Delay(3, "us"), Delay(3e-6, "s")):
            ((channel, _),) = device.noise.after(_step(1, delay, [0]))
            np.testing.assert_allclose(channel.superop, SuperOp(thermal_relaxation_error(50e-6, 60e-6, 3e-6)).data, atol=1e-12)

    def test_readout_errors_of_fake_devices_are_asymmetric(self) -> None:
        backend = FakeFez()
        known = backend.properties().qubit_property(7)
        readout = device_of(backend).restrict((7,)).noise.readout  # type: ignore[union-attr]
        up, down = known["prob_meas1_prep0"][0], known["prob_meas0_prep1"][0]
        np.testing.assert_allclose(readout.groups[0].matrix, [[1 - up, up], [down, 1 - down]])
        self.assertNotAlmostEqual(up, down)

    def test_a_target_without_errors_is_noiseless(self) -> None:
        self.assertIsNone(device_of(GenericBackendV2(2, noise_info=False)).restrict((0,)).noise)


class TestModelNoise(unittest.TestCase):
    """Noise given as an Aer model."""

    def test_local_errors_come_before_those_for_all_qubits(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["x"])
        model.add_quantum_error(amplitude_damping_error(0.3), "x", [4])
        device = device_of(AerSimulator(noise_model=model)).restrict((2, 4))
        for index, strength in ((0, 0.1), (1, 0.3)):
            circuit = QuantumCircuit(2)
            circuit.x(index)
            ((channel, where),) = device.noise.after(tape_of(circuit).steps[0])  # type: ignore[union-attr]
            self.assertEqual(where, (index,))
            np.testing.assert_allclose(channel.superop, SuperOp(amplitude_damping_error(strength)).data, atol=1e-12)

    def test_labels_and_measurement_errors_are_found(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(amplitude_damping_error(0.2), ["slow", "measure"])
        noise = device_of(AerSimulator(noise_model=model)).restrict((0,)).noise
        assert noise is not None
        circuit = QuantumCircuit(1, 1)
        circuit.rx(0.1, 0, label="slow")
        circuit.rx(0.1, 0)
        circuit.measure(0, 0)
        slow, plain, measure = tape_of(circuit).steps
        self.assertEqual([len(noise.after(s)) for s in (slow, plain, measure)], [1, 0, 0])
        self.assertEqual([len(noise.before(s)) for s in (slow, plain, measure)], [0, 0, 1])

    def test_the_model_for_aer_is_the_same_noise_on_active_qubits(self) -> None:
        model = NoiseModel()
        model.add_quantum_error(amplitude_damping_error(0.3), "x", [4])
        model.add_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]), [2])
        restricted = device_of(AerSimulator(noise_model=model)).restrict((2, 4)).noise.aer_model()  # type: ignore[union-attr]
        self.assertEqual(list(restricted._local_quantum_errors["x"]), [(1,)])
        self.assertEqual(list(restricted._local_readout_errors), [(0,)])


class TestCache(unittest.TestCase):
    """Descriptions are kept while they are true."""

    def test_the_same_backend_gives_the_same_device(self) -> None:
        backend = GenericBackendV2(3, seed=0)
        self.assertIs(device_of(backend), device_of(backend))
        self.assertIs(device_of(backend).restrict((0, 2)), device_of(backend).restrict((0, 2)))

    def test_a_changed_noise_model_is_noticed(self) -> None:
        backend = AerSimulator()
        self.assertIsNone(device_of(backend).restrict((0,)).noise)
        model = NoiseModel()
        model.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["x"])
        backend.set_options(noise_model=model)
        self.assertIsNotNone(device_of(backend).restrict((0,)).noise)

    def test_the_cache_does_not_keep_a_backend_alive(self) -> None:
        backend = GenericBackendV2(2, seed=0)
        device_of(backend).restrict((0,))
        gone = weakref.ref(backend)
        del backend
        gc.collect()
        self.assertIsNone(gone())

    def test_what_is_no_backend_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "found int"):
            device_of(3)


class TestReadout(unittest.TestCase):
    """Noisy reading of ideal bits."""

    def test_frequencies_are_those_of_the_matrix(self) -> None:
        rng = np.random.default_rng(0)
        matrix = np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.0, 0.1, 0.8, 0.1], [0.25, 0.25, 0.25, 0.25]])
        readout = Readout((Confusion((2, 0), matrix),))
        shots = 40_000
        for true in range(4):
            bits = np.zeros((shots, 3), dtype=bool)
            bits[:, 2], bits[:, 0] = true & 1, true >> 1
            read = readout.corrupt(bits, (0, 1, 2), rng)
            found = np.bincount(read[:, 2] + 2 * read[:, 0], minlength=4) / shots
            error = np.sqrt(matrix[true] * (1 - matrix[true]) / shots) + 1e-9
            self.assertTrue((np.abs(found - matrix[true]) < 4.5 * error).all())
            self.assertFalse(read[:, 1].any())
