"""Closed forms of calibration noise against Aer's errors."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit.library import CZGate, SXGate
from qiskit.quantum_info import SuperOp, average_gate_fidelity
from qiskit.transpiler import InstructionProperties, QubitProperties, Target
from qiskit_aer.noise import amplitude_damping_error, phase_damping_error, thermal_relaxation_error
from qiskit_aer.noise.device import basic_device_gate_errors

from qiskit_local_runtime.devices.physics import gate_noise, relaxation, together
from qiskit_local_runtime.errors import IBMBackendError

_INF = float("inf")


@ddt
class TestPhysics(unittest.TestCase):
    """Relaxation and depolarization."""

    @data(
        (50e-6, 60e-6, 1e-6, 0.0),
        (50e-6, 20e-6, 3e-6, 0.0),
        (50e-6, 100e-6, 3e-6, 0.2),
        (50e-6, 30e-6, 3e-6, 0.4),
        (_INF, 10e-6, 1e-6, 0.0),
        (10e-6, 10e-6, 0.0, 0.0),
    )
    @unpack
    def test_relaxation_is_aers(self, t1: float, t2: float, seconds: float, excited: float) -> None:
        expected = SuperOp(thermal_relaxation_error(t1, t2, seconds, excited)).data
        np.testing.assert_allclose(relaxation(t1, t2, seconds, excited), expected, atol=1e-12)

    @data((0.0, 1e-6, 1e-6), (1e-6, 3e-6, 1e-6), (1e-6, 1e-6, -1.0))
    @unpack
    def test_impossible_times_are_refused(self, t1: float, t2: float, seconds: float) -> None:
        with self.assertRaisesRegex(IBMBackendError, "T2 at most 2 T1"):
            relaxation(t1, t2, seconds)

    def test_the_first_of_two_channels_acts_on_the_less_significant_qubit(self) -> None:
        first, second = SuperOp(amplitude_damping_error(0.3)), SuperOp(phase_damping_error(0.2))
        np.testing.assert_allclose(together(first.data, second.data), second.tensor(first).data, atol=1e-12)
        three = together(together(first.data, second.data), first.data)
        np.testing.assert_allclose(three, first.tensor(second).tensor(first).data, atol=1e-12)

    @data(1e-4, 3e-3, 0.02, 0.5, 0.9, 1.5)
    def test_gates_of_two_qubits_are_aers(self, error: float) -> None:
        target = Target(qubit_properties=[QubitProperties(t1=40e-6, t2=70e-6), QubitProperties(t1=50e-6, t2=20e-6)])
        target.add_instruction(CZGate(), {(0, 1): InstructionProperties(error=error, duration=80e-9)})
        ((_, _, expected),) = basic_device_gate_errors(target=target)
        found = gate_noise(error, 80e-9, [(40e-6, 70e-6), (50e-6, 20e-6)])
        np.testing.assert_allclose(found, SuperOp(expected).data, atol=1e-12)

    def test_gates_without_duration_only_depolarize(self) -> None:
        target = Target(qubit_properties=[QubitProperties(t1=40e-6, t2=70e-6)])
        target.add_instruction(SXGate(), {(0,): InstructionProperties(error=0.01)})
        ((_, _, expected),) = basic_device_gate_errors(target=target)
        np.testing.assert_allclose(gate_noise(0.01, 0.0, [(40e-6, 70e-6)]), SuperOp(expected).data, atol=1e-12)

    def test_the_average_fidelity_is_the_reported_one(self) -> None:
        found = gate_noise(0.02, 80e-9, [(40e-6, 70e-6), (50e-6, 20e-6)])
        self.assertAlmostEqual(1 - average_gate_fidelity(SuperOp(found)), 0.02, places=12)
