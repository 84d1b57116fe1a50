"""Durations of a target's instructions on active qubits."""

from __future__ import annotations

import unittest

from ddt import data, ddt, unpack
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import CXGate, RZGate, UGate, XGate
from qiskit.circuit.random import random_circuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeFez, FakeSherbrooke

from qiskit_local_runtime.devices.durations import durations_for_decoupling, durations_of, has_durations, seconds_of
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.schedule import scheduled, without_duration


def _target() -> Target:
    target = Target(num_qubits=3, dt=1e-9, pulse_alignment=4)
    target.add_instruction(XGate(), {(q,): InstructionProperties(duration=(10 + q) * 1e-9) for q in range(3)})
    target.add_instruction(CXGate(), {(0, 2): InstructionProperties(duration=50e-9), (2, 1): None})
    target.add_instruction(RZGate(0.0), {(q,): None for q in range(3)})
    return target


@ddt
class TestDurationsOf(unittest.TestCase):
    """``durations_of``."""

    def _of(self, *qubits: int) -> Durations:
        durations = durations_of(_target(), qubits)
        assert durations is not None
        return durations

    def test_active_qubits_are_looked_up_as_physical_ones(self) -> None:
        durations = self._of(2, 0)
        self.assertEqual([durations.ticks("x", (q,)) for q in (0, 1)], [12, 10])
        self.assertEqual(durations.ticks("cx", (1, 0)), 50)
        self.assertEqual((durations.dt, durations.alignment), (1e-9, 4))

    def test_what_the_target_does_not_have_or_does_not_time_has_no_duration(self) -> None:
        durations = self._of(0, 1, 2)
        for name, qubits in (("cx", (2, 0)), ("cx", (2, 1)), ("cx", (0, 1)), ("h", (0,)), ("measure", (0,))):
            self.assertIsNone(durations.ticks(name, qubits), (name, qubits))

    def test_changes_of_frame_take_no_time_where_the_device_has_them(self) -> None:
        durations = self._of(0, 1)
        self.assertEqual([durations.ticks("rz", (1,), (0.3,)), durations.ticks("global_phase", ())], [0, 0])
        self.assertIsNone(durations.ticks("p", (1,), (0.3,)))
        circuit = QuantumCircuit(2)
        circuit.append(RZGate(0.2), [0])
        circuit.x(1)
        self.assertEqual(without_duration(circuit, durations), ())

    def test_a_change_of_frame_takes_the_time_the_target_says(self) -> None:
        target = Target(dt=1e-9)
        target.add_instruction(RZGate(0.0), {(0,): InstructionProperties(duration=3e-9)})
        self.assertEqual(seconds_of(target, "rz", (0,)), 3e-9)

    @data(None, Target(num_qubits=2), AerSimulator().target, AerSimulator(n_qubits=3).target)
    def test_devices_that_tell_no_durations_have_none(self, target: Target | None) -> None:
        self.assertIsNone(durations_of(target, (0, 1)))
        with self.assertRaisesRegex(
            IBMInputValueError, r"dynamical_decoupling.enable = True .*in that of lab\. Set dynamical_decoupling.enable = False"
        ):
            durations_for_decoupling("lab", target, (0, 1))

    def test_gates_that_take_no_time_are_no_durations(self) -> None:
        target = Target(num_qubits=1)
        target.add_instruction(UGate(0.0, 0.0, 0.0), {(0,): InstructionProperties(duration=0.0)})
        self.assertFalse(has_durations(target))

    @unpack
    @data(
        (FakeFez(), (3, 4, 5)),
        (FakeSherbrooke(), (0, 1, 2)),
        (AerSimulator.from_backend(FakeFez()), (3, 4, 5)),
        (GenericBackendV2(6, coupling_map=[[3, 4], [4, 3], [4, 5], [5, 4]], seed=1), (3, 4, 5)),
    )
    def test_transpiled_circuits_can_be_scheduled(self, backend: AerSimulator, qubits: tuple[int, ...]) -> None:
        circuit = random_circuit(3, 5, max_operands=2, measure=True, seed=1)
        circuit.reset(0)
        whole = transpile(circuit, backend, initial_layout=list(qubits), optimization_level=1, seed_transpiler=0)
        used = sorted({whole.find_bit(bit).index for item in whole.data if item.name != "barrier" for bit in item.qubits})
        active = QuantumCircuit(len(used), whole.num_clbits)
        for item in whole.data:
            places = [used.index(i) for i in (whole.find_bit(bit).index for bit in item.qubits) if i in used]
            active.append(item.operation, places, [whole.find_bit(bit).index for bit in item.clbits])
        durations = durations_for_decoupling(backend.name, backend.target, tuple(used))
        self.assertEqual(without_duration(active, durations), ())
        self.assertIn("delay", scheduled(active, durations).count_ops())
