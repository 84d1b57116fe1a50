"""What simulator options change about a device."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, pauli_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.devices.isa import isa_problem
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError

from ...support.backends import CountsBackend


def _model(strength: float = 0.1) -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(pauli_error([("X", strength), ("I", 1 - strength)]), ["x"])
    return model


@ddt
class TestOverrides(unittest.TestCase):
    """Noise, gates and coupling in place of the backend's own."""

    def test_a_noise_model_replaces_the_backends_noise(self) -> None:
        device = device_of(GenericBackendV2(3, seed=1), noise_model=_model())
        noise = device.restrict((1,)).noise
        assert noise is not None
        self.assertFalse(noise.readout)
        self.assertEqual(list(noise.aer_model()._default_quantum_errors), ["x"])

    def test_an_empty_noise_model_means_no_noise(self) -> None:
        noise = device_of(GenericBackendV2(3, seed=1), noise_model=NoiseModel()).restrict((0,)).noise
        assert noise is not None
        self.assertFalse(noise.readout)

    def test_the_same_options_give_the_same_device(self) -> None:
        backend, model = GenericBackendV2(3, seed=1), _model()
        first = device_of(backend, noise_model=model)
        self.assertIs(device_of(backend, noise_model=model), first)
        self.assertIsNot(device_of(backend, noise_model=_model()), first)
        model.add_all_qubit_quantum_error(pauli_error([("Z", 0.1), ("I", 0.9)]), ["h"])
        self.assertIsNot(device_of(backend, noise_model=model), first)
        self.assertIsNot(device_of(backend), first)

    def test_gates_and_couplings_are_those_asked_for(self) -> None:
        device = device_of(AerSimulator(), basis_gates=["cx", "h"], coupling_map=[[0, 1], [1, 2]])
        assert device.target is not None
        self.assertEqual(device.num_qubits, 3)
        self.assertEqual(set(device.target.operation_names), {"cx", "h", "measure", "reset", "delay"})
        self.assertEqual(set(device.target["cx"]), {(0, 1), (1, 2)})

    def test_gates_alone_leave_the_backends_coupling(self) -> None:
        backend = GenericBackendV2(3, coupling_map=CouplingMap.from_line(3), seed=1)
        target = device_of(backend, basis_gates=("cz", "sx", "rz")).target
        assert target is not None
        self.assertEqual(set(target["cz"]), {(0, 1), (1, 0), (1, 2), (2, 1)})
        self.assertFalse(target.instruction_supported("cx", (0, 1)))

    def test_a_coupling_alone_leaves_the_backends_gates(self) -> None:
        backend = GenericBackendV2(3, basis_gates=["cz", "sx", "rz", "x"], control_flow=True, seed=1)
        target = device_of(backend, coupling_map=CouplingMap([[0, 2]])).target
        assert target is not None
        self.assertEqual(set(target["cz"]), {(0, 2)})
        self.assertIn("if_else", target.operation_names)
        self.assertNotIn("cx", target.operation_names)

    def test_all_that_a_fake_device_names_can_be_asked_for(self) -> None:
        backend = FakeManilaV2()
        device = device_of(AerSimulator(), basis_gates=backend.operation_names, coupling_map=backend.coupling_map)
        circuit = QuantumCircuit(5, 1)
        circuit.sx(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.cx(0, 1)
        assert device.target is not None
        self.assertIsNone(isa_problem(circuit, device.target))

    def test_matrices_of_any_width_can_be_asked_for(self) -> None:
        target = device_of(AerSimulator(), basis_gates=["unitary", "x"]).target
        circuit = QuantumCircuit(3)
        circuit.unitary(np.eye(8), [0, 1, 2])
        assert target is not None
        self.assertIsNone(isa_problem(circuit, target))

    @data(["cx", "sqrtx"], ["kraus"])
    def test_gates_that_nobody_knows_are_named(self, gates: list[str]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"basis_gates.*found {gates[-1]}"):
            device_of(AerSimulator(), basis_gates=gates)

    def test_what_is_no_noise_model_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "found dict"):
            device_of(AerSimulator(), noise_model={})

    def test_a_backend_that_runs_circuits_itself_takes_no_changes(self) -> None:
        with self.assertRaisesRegex(IBMBackendError, "runs circuits itself"):
            device_of(CountsBackend(), noise_model=_model())
