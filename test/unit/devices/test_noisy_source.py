"""From presets to devices."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap, InstructionProperties
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeFez, FakeManilaV2

from qiskit_local_runtime.devices import Calibration, Coherent, Crosstalk, Drift, Spread, device_of, with_noise
from qiskit_local_runtime.devices.idle import IdleNoise
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps import tape_of

from ...support.backends import DescribedBackend, line_target


def _cx() -> object:
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    return tape_of(circuit).steps[0]


@ddt
class TestNoisyDevice(unittest.TestCase):
    """What :func:`device_of` makes of a noisy backend."""

    def test_calibration_is_the_noise_of_the_backend(self) -> None:
        inner = FakeManilaV2()
        own = device_of(inner).restrict((0, 1)).noise
        found = device_of(with_noise(inner, Calibration())).restrict((0, 1))
        assert own is not None and found.noise is not None
        self.assertIsNone(found.idle)
        self.assertTrue(found.noise.readout)
        np.testing.assert_array_equal(
            found.noise.after(_cx())[0][0].superop,  # type: ignore[arg-type]
            own.after(_cx())[0][0].superop,  # type: ignore[arg-type]
        )

    def test_without_it_that_noise_is_left_out(self) -> None:
        device = device_of(with_noise(FakeManilaV2(), Drift(1e4), seed=7))
        self.assertEqual((device.name, device.num_qubits), ("fake_manila+drift", 5))
        active = device.restrict((1, 3))
        self.assertIsNone(active.noise)
        self.assertEqual(active.idle, IdleNoise((), (1e4, 1e4), 32, 7))
        self.assertEqual(active.dt, FakeManilaV2().dt)

    def test_no_presets_mean_no_noise(self) -> None:
        active = device_of(with_noise(FakeManilaV2())).restrict((0, 1))
        self.assertIsNone(active.noise)
        self.assertIsNone(active.idle)

    def test_coherent_errors_come_before_the_others(self) -> None:
        active = device_of(with_noise(FakeManilaV2(), Coherent(0.1), Calibration())).restrict((0, 1))
        assert active.noise is not None
        channels = [channel for channel, _ in active.noise.after(_cx())]  # type: ignore[arg-type]
        self.assertEqual([len(channel.kraus) == 1 for channel in channels], [True, False])

    @data("generic", "fez", "aer", "described")
    def test_crosstalk_is_between_coupled_qubits(self, kind: str) -> None:
        coupling = [[0, 1], [1, 2], [1, 0]]
        backend = {
            "generic": lambda: GenericBackendV2(3, coupling_map=coupling, seed=1),
            "fez": FakeFez,
            "aer": lambda: AerSimulator(coupling_map=CouplingMap(coupling), n_qubits=3, basis_gates=["cx", "rz", "sx"]),
            "described": lambda: DescribedBackend(line_target(3)),
        }[kind]()
        idle = device_of(with_noise(backend, Crosstalk(5e4))).restrict((0, 1, 2)).idle
        assert idle is not None
        self.assertEqual(idle.zz, (((0, 1), 5e4), ((1, 2), 5e4)))

    def test_crosstalk_between_named_pairs_needs_no_coupling(self) -> None:
        idle = device_of(with_noise(AerSimulator(), Crosstalk({(7, 2): 1e4}))).restrict((2, 3, 7)).idle
        assert idle is not None
        self.assertEqual(idle.zz, (((0, 2), 1e4),))

    def test_crosstalk_without_coupling_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Crosstalk.hertz: expected a mapping"):
            with_noise(AerSimulator(), Crosstalk(5e4))

    @data(Coherent({(0, 5): 0.1}), Crosstalk({(0, 5): 0.1}), Drift({5: 1.0}))
    def test_qubits_that_there_are_not_are_refused(self, preset: Coherent | Crosstalk | Drift) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "expected qubits below 5"):
            with_noise(FakeManilaV2(), preset)

    def test_an_aer_noise_model_is_a_calibration(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx"])
        active = device_of(with_noise(AerSimulator(noise_model=model), Calibration(), Drift(1.0))).restrict((0, 1))
        assert active.noise is not None
        self.assertTrue(active.noise.after(_cx())[0][0].is_pauli)  # type: ignore[arg-type]

    def test_the_seed_decides_spreads(self) -> None:
        found = [
            device_of(with_noise(FakeManilaV2(), Drift(Spread(1e3, 2e3)), seed=seed)).restrict((0, 1)).idle
            for seed in (1, 1, 2)
        ]
        self.assertEqual(found[0], found[1])
        self.assertNotEqual(found[0], found[2])

    def test_a_description_is_kept_until_the_calibration_changes(self) -> None:
        inner = DescribedBackend(line_target(2, cz=0.01))
        backend = with_noise(inner, Calibration(), Coherent(0.1))
        first = device_of(backend)
        self.assertIs(device_of(backend), first)
        inner.target.update_instruction_properties("cz", (0, 1), InstructionProperties(duration=80e-9, error=0.05))
        self.assertIsNot(device_of(backend), first)

    def test_its_restrictions_are_not_those_of_the_backend(self) -> None:
        inner = FakeManilaV2()
        plain = device_of(inner).restrict((0, 1))
        self.assertIsNot(device_of(with_noise(inner, Calibration())).restrict((0, 1)), plain)

    def test_a_noise_model_of_the_options_replaces_all_of_it(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx"])
        backend = with_noise(FakeManilaV2(), Coherent(0.1), Drift(1e4))
        active = device_of(backend, noise_model=model).restrict((0, 1))
        assert active.noise is not None
        self.assertIsNone(active.idle)
        self.assertEqual(len(active.noise.after(_cx())), 1)  # type: ignore[arg-type]

    def test_other_gates_leave_timed_noise_in_place(self) -> None:
        backend = with_noise(FakeManilaV2(), Drift(1e4))
        self.assertIsNotNone(device_of(backend, basis_gates=["cx", "u"]).restrict((0,)).idle)
