"""Which qubits of a circuit meet, and circuits cut where none do."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.simulators.cut import Part, cut
from qiskit_local_runtime.simulators.parts import lonely, may_separate, packed, parts_of
from qiskit_local_runtime.sweeps import Sweep

from ...support.simulation import noiseless, noisy


def _sweep(circuit: QuantumCircuit, *endings: QuantumCircuit, shots: int = 1) -> Sweep:
    parameters = tuple(circuit.parameters)
    return Sweep(circuit, parameters, np.zeros((1, len(parameters))), shots, endings)


def _found(circuit: QuantumCircuit, device: ActiveDevice | None = None) -> list[tuple[int, ...]]:
    return parts_of(_sweep(circuit), device or noiseless(circuit.num_qubits))


class TestParts(unittest.TestCase):
    """``parts_of`` and ``may_separate``."""

    def test_gates_of_several_qubits_join_and_barriers_do_not(self) -> None:
        circuit = QuantumCircuit(6)
        circuit.cx(0, 4)
        circuit.ccx(1, 3, 5)
        circuit.barrier()
        circuit.h(2)
        self.assertEqual(sorted(_found(circuit)), [(0, 4), (1, 3, 5), (2,)])
        self.assertTrue(may_separate(_sweep(circuit), noiseless(6)))

    def test_a_chain_is_one_part_whatever_follows(self) -> None:
        circuit = QuantumCircuit(4)
        for qubit in (2, 1, 0):
            circuit.cz(qubit, qubit + 1)
        circuit.h(range(4))
        self.assertEqual(_found(circuit), [(0, 1, 2, 3)])
        self.assertFalse(may_separate(_sweep(circuit), noiseless(4)))

    def test_endings_join_too(self) -> None:
        ending = QuantumCircuit(3)
        ending.swap(0, 2)
        self.assertEqual(sorted(parts_of(_sweep(QuantumCircuit(3), ending), noiseless(3))), [(0, 2), (1,)])

    def test_classical_bits_join(self) -> None:
        circuit = QuantumCircuit(5, 3)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(3)
        circuit.measure(1, 1)
        circuit.measure(4, 1)
        self.assertEqual(sorted(_found(circuit)), [(0, 3), (1, 4), (2,)])

    def test_a_condition_on_a_register_joins_all_that_writes_it(self) -> None:
        pair, other = ClassicalRegister(2, "pair"), ClassicalRegister(1, "other")
        circuit = QuantumCircuit(4)
        circuit.add_register(pair, other)
        circuit.measure([0, 2], pair)
        with circuit.if_test((pair, 3)):
            circuit.x(1)
        circuit.measure(3, other)
        self.assertEqual(sorted(_found(circuit)), [(0, 1, 2), (3,)])

    def test_classical_variables_join_everything(self) -> None:
        circuit = QuantumCircuit(3, 3)
        circuit.add_var("flag", False)
        circuit.measure(0, 0)
        self.assertEqual(_found(circuit), [(0, 1, 2)])
        self.assertFalse(may_separate(_sweep(circuit), noiseless(3)))

    def test_correlated_readout_joins(self) -> None:
        model = NoiseModel()
        joint = np.full((4, 4), 0.05) + 0.8 * np.eye(4)
        model.add_readout_error(ReadoutError(joint), [0, 2])
        model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]))
        circuit = QuantumCircuit(3, 3)
        circuit.measure(range(3), range(3))
        self.assertEqual(sorted(_found(circuit, noisy(3, model))), [(0, 2), (1,)])

    def test_lonely_qubits_have_nothing_after_or_instead_of_a_measurement(self) -> None:
        circuit = QuantumCircuit(6, 6)
        circuit.cx(0, 1)
        circuit.reset(2)
        circuit.measure(3, 3)
        circuit.x(3)
        circuit.h(4)
        circuit.measure([4, 5], [4, 5])
        sweep = _sweep(circuit)
        self.assertEqual(lonely(sweep, parts_of(sweep, noiseless(6))), {4, 5})

    def test_lonely_qubits_are_put_together_and_others_are_not(self) -> None:
        parts = [(0, 1), (2,), (3,), (4,), (5,)]
        self.assertEqual(packed(parts, {2, 3, 5}, 2), [(0, 1), (4,), (2, 3), (5,)])


class TestCut(unittest.TestCase):
    """``cut``."""

    def _parts(self, circuits: bool) -> dict[tuple[int, ...], Part]:
        angles = [Parameter(name) for name in "abc"]
        circuit = QuantumCircuit(4, 5)
        circuit.rx(angles[2], 0)
        circuit.rzz(angles[0] + 1, 0, 3)
        circuit.ry(angles[1], 1)
        circuit.measure([3, 0, 1, 2], [1, 4, 2, 0])
        sweep = Sweep(circuit, tuple(angles), np.array([[1.0, 2.0, 3.0]]), 5, flips=np.eye(5, dtype=bool)[None, None])
        self.sweep = sweep
        return {part.qubits: part for part in cut(sweep, noiseless(4), 1, circuits=circuits)}

    def test_each_part_has_its_own_values_bits_and_flips_only(self) -> None:
        for circuits in (False, True):
            part = self._parts(circuits)[(0, 3)]
            own = part.of(self.sweep)
            self.assertEqual([parameter.name for parameter in own.parameters], ["a", "c"])
            self.assertEqual(own.values.tolist(), [[1.0, 3.0]])
            self.assertEqual(part.clbits, (1, 4))
            self.assertEqual(own.num_clbits, 2)
            self.assertEqual(np.argwhere(own.flips[0, 0]).tolist(), [[1, 0], [4, 1]])  # type: ignore[index]
            self.assertEqual(own.tape.final_measurements, ((1, 0), (0, 1)))

    def test_tapes_are_those_of_the_circuits(self) -> None:
        for part in self._parts(True).values():
            self.assertEqual(part.of(self.sweep).tape.steps, Sweep(part.circuits[0], (), np.zeros((1, 0)), 1).tape.steps)

    def test_a_device_is_cut_to_the_physical_qubits(self) -> None:
        model = NoiseModel()
        model.add_quantum_error(depolarizing_error(0.1, 1), "h", [2])
        circuit = QuantumCircuit(3)
        circuit.h(range(3))
        parts = cut(_sweep(circuit), noisy(3, model), 1, circuits=False)
        noise = {part.device.qubits: part.device.noise.after(part.tapes[0].steps[0]) for part in parts}  # type: ignore[union-attr]
        self.assertEqual({qubits: len(found) for qubits, found in noise.items()}, {(0,): 0, (1,): 0, (2,): 1})
        self.assertEqual(noise[(2,)][0][1], (0,))


if __name__ == "__main__":
    unittest.main()
