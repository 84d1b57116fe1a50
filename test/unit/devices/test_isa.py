"""Which circuits are in a device's instruction set."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit import transpile
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit, QuantumRegister
from qiskit.circuit.library import CXGate, CZGate, RXGate, RZZGate, SXGate
from qiskit.circuit.random import random_circuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap, Target
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.utils.utils import is_isa_circuit

from qiskit_local_runtime.devices.isa import isa_problem

_LINE = GenericBackendV2(
    4, basis_gates=["cz", "rz", "sx", "x"], coupling_map=CouplingMap.from_line(4), control_flow=True, seed=0
)
_TARGET = _LINE.target


def _fractional() -> Target:
    target = Target(num_qubits=2)
    for gate, where in (
        (SXGate(), (0,)),
        (RXGate(Parameter("t")), (0,)),
        (CZGate(), (0, 1)),
        (RZZGate(Parameter("t")), (0, 1)),
    ):
        target.add_instruction(gate, {where: None})
    return target


@ddt
class TestIsa(unittest.TestCase):
    """The semantics of IBM's check."""

    @data(*range(8))
    def test_the_verdict_is_ibms(self, seed: int) -> None:
        circuit = random_circuit(4, 3, max_operands=2, measure=True, seed=seed)
        self.assertEqual(isa_problem(circuit, _TARGET) is None, is_isa_circuit(circuit, _TARGET) == "")
        self.assertIsNone(isa_problem(transpile(circuit, _LINE, seed_transpiler=seed), _TARGET))

    def test_a_gate_on_uncoupled_qubits_is_named(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.cz(0, 2)
        self.assertEqual(isa_problem(circuit, _TARGET), is_isa_circuit(circuit, _TARGET))
        self.assertIn("cz on qubits (0, 2)", isa_problem(circuit, _TARGET) or "")

    def test_a_circuit_wider_than_the_target_is_named(self) -> None:
        self.assertIn("5 qubits", isa_problem(QuantumCircuit(5), _TARGET) or "")

    def test_barriers_and_delays_are_no_problem(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.barrier()
        circuit.delay(10, 0)
        self.assertIsNone(isa_problem(circuit, _TARGET))

    @data((0, 1, True), (1, 0, True), (0, 2, False))
    def test_blocks_are_checked_on_the_qubits_they_run_on(self, row: tuple[int, int, bool]) -> None:
        first, second, supported = row
        qubits, bits = QuantumRegister(4), ClassicalRegister(1)
        circuit = QuantumCircuit(qubits, bits)
        circuit.measure(3, 0)
        with circuit.if_test((bits, 1)), circuit.for_loop(range(2)):
            circuit.cz(first, second)
        self.assertEqual(isa_problem(circuit, _TARGET) is None, supported)
        self.assertEqual(is_isa_circuit(circuit, _TARGET) == "", supported)

    def test_control_flow_needs_a_target_that_has_it(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(1)
        plain = GenericBackendV2(2, basis_gates=["cz", "rz", "sx", "x"], seed=0).target
        self.assertIn("if_else", isa_problem(circuit, plain) or "")

    @data(0.0, 0.3, np.pi / 2, np.pi / 2 + 1e-12)
    def test_small_angles_of_fractional_rzz_are_taken(self, angle: float) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(angle, 0, 1)
        self.assertIsNone(isa_problem(circuit, _fractional()))

    @data(-0.1, np.pi / 2 + 1e-3, 7.0)
    def test_other_angles_of_fractional_rzz_are_refused_as_by_ibm(self, angle: float) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(angle, 0, 1)
        self.assertEqual(isa_problem(circuit, _fractional()), is_isa_circuit(circuit, _fractional()))

    def test_parameters_and_unbounded_devices_take_any_rzz(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(Parameter("t"), 0, 1)
        self.assertIsNone(isa_problem(circuit, _fractional()))
        fixed = QuantumCircuit(2)
        fixed.rzz(-2.0, 0, 1)
        self.assertIsNone(isa_problem(fixed, AerSimulator(coupling_map=[[0, 1], [1, 0]]).target))

    def test_instructions_for_all_qubits_are_supported_anywhere(self) -> None:
        target = Target(num_qubits=3)
        target.add_instruction(CXGate())
        circuit = QuantumCircuit(3)
        circuit.cx(2, 0)
        self.assertIsNone(isa_problem(circuit, target))
