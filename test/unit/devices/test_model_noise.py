"""Noise given as an Aer model acts as it does in Aer."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from numpy.typing import NDArray
from qiskit.circuit import Delay, QuantumCircuit
from qiskit.circuit.library import CXGate
from qiskit.quantum_info import DensityMatrix, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    ReadoutError,
    RelaxationNoisePass,
    amplitude_damping_error,
    depolarizing_error,
    pauli_error,
)
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.devices.device import Noise
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError
from qiskit_local_runtime.sweeps import tape_of


def _noise(backend: Any, qubits: tuple[int, ...]) -> Noise:
    noise = device_of(backend).restrict(qubits).noise
    assert noise is not None
    return noise


def _evolved(circuit: QuantumCircuit, noise: Noise) -> NDArray[np.complex128]:
    """The state at the end, each step followed by its channels."""
    state = DensityMatrix.from_int(0, 2**circuit.num_qubits)
    for step in tape_of(circuit).steps:
        if step.name != "delay":
            state = state.evolve(step.operation, list(step.qubits))
        for channel, qubits in noise.after(step):
            state = state.evolve(SuperOp(channel.superop), list(qubits))
    return np.asarray(state.data)


def _aers(circuit: QuantumCircuit, model: NoiseModel) -> NDArray[np.complex128]:
    circuit = circuit.copy()
    circuit.save_density_matrix()
    backend = AerSimulator(method="density_matrix", noise_model=model)
    return np.asarray(backend.run(circuit).result().data()["density_matrix"])


def _shuffled() -> QuantumCircuit:
    """Gates in both orders of their qubits, labelled and not."""
    circuit = QuantumCircuit(3)
    for qubit in range(3):
        circuit.sx(qubit)
        circuit.rz(0.3 * (qubit + 1), qubit)
    circuit.cx(0, 1)
    circuit.append(CXGate(label="slow"), [2, 1])
    circuit.append(CXGate(label="known to nobody"), [1, 2])
    circuit.x(0, label="slow")
    circuit.cx(1, 0)
    circuit.reset(2)
    circuit.sx(2)
    return circuit


def _model() -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx"])
    model.add_quantum_error(pauli_error([("IX", 0.2), ("ZI", 0.1), ("II", 0.7)]), "cx", [1, 0])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["sx", "reset"])
    model.add_quantum_error(amplitude_damping_error(0.4), "sx", [1])
    model.add_all_qubit_quantum_error(pauli_error([("X", 0.2), ("I", 0.8)]), ["x", "slow"])
    return model


@ddt
class TestAgainstAer(unittest.TestCase):
    """The same states and the same readings."""

    def test_gates_labels_and_resets_are_noisy_as_in_aer(self) -> None:
        model = _model()
        circuit = _shuffled()
        noise = _noise(AerSimulator(noise_model=model), (0, 1, 2))
        np.testing.assert_allclose(_evolved(circuit, noise), _aers(circuit, model), atol=1e-12)

    def test_the_restricted_model_is_the_same_noise(self) -> None:
        model = _model()
        noise = _noise(AerSimulator(noise_model=model), (0, 1, 2))
        circuit = _shuffled()
        np.testing.assert_allclose(_evolved(circuit, noise), _aers(circuit, noise.aer_model()), atol=1e-12)

    @data("device", "simulator")
    def test_a_fake_device_and_its_simulator_are_as_noisy_as_aer_says(self, kind: str) -> None:
        backend = FakeManilaV2()
        model = NoiseModel.from_backend(backend)
        source = backend if kind == "device" else AerSimulator(noise_model=model)
        circuit = QuantumCircuit(3)
        for qubit in range(3):
            circuit.sx(qubit)
        circuit.cx(0, 1)
        circuit.delay(900, 1, "ns")
        circuit.cx(2, 1)
        circuit.delay(2, 0, "us")
        circuit.x(2)
        # the circuit sits on qubits 1, 2, 3
        physical = QuantumCircuit(5)
        physical.compose(circuit, [1, 2, 3], inplace=True)
        expected = DensityMatrix(_aers(physical, model)).data.reshape((2,) * 10)
        reduced = np.einsum("abcdeaBCDe->bcdBCD", expected).reshape(8, 8)
        noise = _noise(source, (1, 2, 3))
        np.testing.assert_allclose(_evolved(circuit, noise), reduced, atol=1e-10)
        np.testing.assert_allclose(_evolved(circuit, noise), _aers(circuit, noise.aer_model()), atol=1e-10)

    def test_a_qubits_own_readout_error_goes_before_a_joint_one(self) -> None:
        model = NoiseModel()
        model.add_readout_error(ReadoutError(np.eye(4)[[3, 2, 1, 0]]), [0, 1])
        model.add_readout_error(ReadoutError([[0.8, 0.2], [0.1, 0.9]]), [0])
        groups = _noise(AerSimulator(noise_model=model), (0, 1)).readout.groups
        self.assertEqual([group.qubits for group in groups], [(0,)])

    def test_a_joint_readout_error_is_one_of_its_qubits_together(self) -> None:
        matrix = np.eye(4)[[3, 2, 1, 0]]
        model = NoiseModel()
        model.add_readout_error(ReadoutError(matrix), [4, 2])
        (group,) = _noise(AerSimulator(noise_model=model), (2, 3, 4)).readout.groups
        self.assertEqual(group.qubits, (2, 0))
        np.testing.assert_allclose(group.matrix, matrix)
        self.assertFalse(_noise(AerSimulator(noise_model=model), (2, 3)).readout)

    def test_qubits_share_the_channel_of_a_common_error(self) -> None:
        noise = _noise(AerSimulator(noise_model=_model()), (0, 2))
        circuit = QuantumCircuit(2)
        circuit.sx([0, 1])
        (first, _), (second, _) = (noise.after(step)[0] for step in tape_of(circuit).steps)
        self.assertIs(first, second)


@ddt
class TestRefusals(unittest.TestCase):
    """What cannot be simulated is said."""

    def test_an_error_wider_than_its_instruction_is_refused(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["wide"])
        circuit = QuantumCircuit(1)
        circuit.x(0, label="wide")
        with self.assertRaisesRegex(IBMInputValueError, "error of 2 qubits for 'wide'"):
            _noise(AerSimulator(noise_model=model), (0,)).after(tape_of(circuit).steps[0])

    @data((None,), ((Delay, CXGate),))
    @unpack
    def test_noise_passes_for_more_than_delays_are_refused(self, kinds: Any) -> None:
        model = NoiseModel()
        model._custom_noise_passes.append(RelaxationNoisePass([1e-5], [1e-5], dt=1e-9, op_types=kinds))
        with self.assertRaisesRegex(IBMBackendError, "RelaxationNoisePass"):
            device_of(AerSimulator(noise_model=model))

    def test_a_delay_in_dt_needs_to_know_dt(self) -> None:
        model = NoiseModel()
        model._custom_noise_passes.append(RelaxationNoisePass([1e-5], [1e-5], op_types=Delay))
        circuit = QuantumCircuit(1)
        circuit.delay(100, 0)
        with self.assertRaisesRegex(IBMInputValueError, "dt is unknown"):
            _noise(AerSimulator(noise_model=model), (0,)).after(tape_of(circuit).steps[0])
