"""Idle time becomes rotations: exactly what the Hamiltonian does, tick by tick."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt, unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator, Statevector

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps import tape_of
from qiskit_local_runtime.sweeps.durations import NOISELESS, Durations
from qiskit_local_runtime.sweeps.schedule import scheduled, timeline
from qiskit_local_runtime.sweeps.weave import Woven, woven
from qiskit_local_runtime.techniques.decoupling import Decoupling, decoupled

_NS = 1e-9
_TICKS = {"x": 10, "sx": 6, "h": 8, "cx": 25, "cz": 20, "rz": 0, "t": 0, "measure": 100, "reset": 60}
_DURATIONS = Durations(lambda name, qubits, params: _TICKS[name] * _NS if name in _TICKS else None, dt=_NS)


def _exact(circuit: QuantumCircuit, zz: dict[tuple[int, int], float], detuning: list[float]) -> Statevector:
    """Evolution tick by tick: gates act when they start, the Hamiltonian of idle qubits in between."""
    entries = timeline(list(circuit.data), {bit: i for i, bit in enumerate(circuit.qubits)}, _DURATIONS)
    signs = 1 - 2 * ((np.arange(2**circuit.num_qubits)[:, None] >> np.arange(circuit.num_qubits)) & 1)
    state = Statevector.from_label("0" * circuit.num_qubits)
    for tick in range(max((entry.end for entry in entries), default=0) + 1):
        for entry in entries:
            if entry.start == tick and entry.item.name not in ("delay", "barrier"):
                state = state.evolve(entry.item.operation, list(entry.qubits))
        idle = {e.qubits[0] for e in entries if e.item.name == "delay" and e.start <= tick < e.end}
        energies = sum(np.pi * detuning[q] * signs[:, q] for q in idle)
        energies = energies + sum(np.pi / 2 * f * signs[:, a] * signs[:, b] for (a, b), f in zz.items() if {a, b} <= idle)
        state = Statevector(state.data * np.exp(-1j * energies * _NS))
    return Statevector(np.exp(1j * circuit.global_phase) * state.data)


def _bound(found: Woven, detuning: list[float]) -> QuantumCircuit:
    return found.circuit.assign_parameters([detuning[q] for q in _sorted_columns(found)])


def _sorted_columns(found: Woven) -> list[int]:
    column = dict(zip(found.parameters, found.columns, strict=True))
    return [column[parameter] for parameter in found.circuit.parameters]


def _idle(circuit: QuantumCircuit) -> list[tuple[str, tuple[int, ...], float]]:
    steps = tape_of(circuit).steps
    return [(s.name, s.qubits, s.params[0]) for s in steps if s.label == NOISELESS]


@ddt
class TestWoven(unittest.TestCase):
    """Scheduled circuits and their timed noise."""

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 6))
    def test_it_does_what_the_hamiltonian_does(self, seed: int, num_qubits: int, depth: int) -> None:
        rng = np.random.default_rng(seed)
        circuit = QuantumCircuit(num_qubits)
        for _ in range(depth * num_qubits):
            pair = rng.permutation(num_qubits).tolist()[:2]
            name = str(rng.choice(["x", "sx", "h", "rz", "t", "delay", "cx" if num_qubits > 1 else "x"]))
            arguments = {"rz": [0.7], "delay": [int(rng.integers(1, 40))]}.get(name, [])
            getattr(circuit, name)(*arguments, *pair[: 2 if name == "cx" else 1])
        ready = scheduled(circuit, _DURATIONS, "alap" if rng.random() < 0.5 else "asap")
        zz = {(a, b): float(rng.normal(0, 2e6)) for a in range(num_qubits) for b in range(a)}
        detuning = rng.normal(0, 2e6, num_qubits).tolist()
        found = woven(ready, _DURATIONS, list(zz.items()), range(num_qubits))
        done = Statevector(_bound(found, detuning))
        np.testing.assert_allclose(done.data, _exact(ready, zz, detuning).data, atol=1e-10)

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.integers(0, 2**32 - 1))
    def test_without_rates_a_circuit_only_changes_its_order(self, seed: int) -> None:
        circuit = random_circuit(3, 6, max_operands=1, seed=seed)
        durations = Durations(lambda name, qubits, params: 10 * _NS, dt=_NS)
        found = woven(scheduled(circuit, durations), durations, [((0, 1), 0.0)], ())
        self.assertEqual((found.parameters, found.columns, _idle(found.circuit)), ((), (), []))
        np.testing.assert_allclose(Operator(found.circuit).data, Operator(circuit).data, atol=1e-12)

    def test_zz_lasts_while_both_qubits_are_idle(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.delay(100, 0)
        circuit.x(0)
        circuit.delay(90, 0)
        circuit.delay(50, 1)
        circuit.x(1)
        circuit.delay(140, 1)
        found = _idle(woven(circuit, _DURATIONS, [((0, 1), 1e6)], ()).circuit)
        ticks = [angle / (np.pi * 1e6 * _NS) for _, _, angle in found]
        np.testing.assert_allclose(ticks, [50, 40, 90])

    def test_idle_time_is_gathered_past_virtual_gates_and_barriers(self) -> None:
        circuit = QuantumCircuit(2)
        for qubit in (0, 1):
            circuit.delay(30, qubit)
            circuit.rz(0.3, qubit)
        circuit.barrier()
        circuit.delay(20, 0)
        circuit.delay(20, 1)
        found = woven(circuit, _DURATIONS, [((0, 1), 1e6)], (1,))
        self.assertEqual([(name, qubits) for name, qubits, _ in _idle(found.circuit)], [("rzz", (0, 1)), ("rz", (1,))])
        self.assertAlmostEqual(_idle(found.circuit)[0][2], np.pi * 1e6 * 50 * _NS)

    def test_only_detuned_qubits_with_idle_time_get_parameters(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.delay(10, 0)
        circuit.x(1)
        circuit.delay(10, 2)
        found = woven(circuit, _DURATIONS, [], (1, 2))
        self.assertEqual(found.columns, (2,))
        self.assertEqual(set(found.parameters), set(found.circuit.parameters))

    @data("measure", "reset")
    def test_noise_comes_before_what_ends_the_idle_time(self, name: str) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.delay(50, 0)
        getattr(circuit, name)(0, *([0] if name == "measure" else []))
        circuit.delay(50 + _TICKS[name], 1)
        found = woven(circuit, _DURATIONS, [((0, 1), 1e6)], (0,)).circuit
        self.assertEqual([item.name for item in found.data], ["delay", "delay", "rzz", "rz", name])

    def test_blocks_of_control_flow_are_woven_by_themselves(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.h([0, 1, 2])
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(2)
            circuit.delay(50, 2)
            circuit.delay(60, 1)
        found = _weave_all(circuit)
        (border,) = [item for item in found.circuit.data if item.name == "if_else"]
        block = border.operation.blocks[0]
        outer = [found.circuit.find_bit(bit).index for bit in border.qubits]
        inside = [(name, tuple(outer[q] for q in qubits)) for name, qubits, _ in _idle(block)]
        self.assertIn(("rzz", (1, 2)), inside)
        self.assertEqual({qubits for name, qubits in inside if name == "rz"}, {(1,), (2,)})
        self.assertLessEqual(set(block.parameters), set(found.parameters))
        bound = found.circuit.assign_parameters(dict.fromkeys(found.parameters, 1e5))
        self.assertFalse(bound.parameters)

    def test_a_store_keeps_its_place(self) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.delay(300, 1)
        circuit.measure(1, 1)
        circuit.store(circuit.clbits[0], circuit.clbits[1])
        circuit.measure(0, 0)
        names = [item.name for item in woven(circuit, _DURATIONS, [], ()).circuit.data]
        self.assertEqual(names, ["delay", "measure", "store", "measure"])

    def test_binding_keeps_the_label(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(10, 0)
        found = woven(circuit, _DURATIONS, [], (0,))
        self.assertEqual([s.label for s in tape_of(_bound(found, [1e5])).steps], [None, NOISELESS])

    def test_a_circuit_that_is_not_scheduled_is_refused(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.x(0)
        circuit.cx(0, 1)
        with self.assertRaisesRegex(IBMInputValueError, "scheduled"):
            woven(circuit, _DURATIONS, [], (0, 1))

    @data(("aligned", 1.0), ("staggered", 0.0))
    @unpack
    def test_staggered_decoupling_removes_zz_and_aligned_leaves_it(self, kind: str, left: float) -> None:
        circuit = QuantumCircuit(2)
        circuit.delay(4000, 0)
        circuit.delay(4000, 1)
        late = frozenset({1} if kind == "staggered" else ())
        pulsed, _ = decoupled(circuit, _DURATIONS, Decoupling("XX", staggered=late))
        found = Operator(woven(pulsed, _DURATIONS, [((0, 1), 5e4)], ()).circuit).data
        angle = np.angle(found[1, 1] / found[0, 0])
        # pulses take 20 of 4000 ns, during which the noise pauses
        self.assertAlmostEqual(angle, left * np.pi * 5e4 * 4e-6, delta=0.011 * np.pi * 5e4 * 4e-6)


def _weave_all(circuit: QuantumCircuit) -> Woven:
    count = circuit.num_qubits
    pairs = [((a, b), 1e5) for b in range(count) for a in range(b)]
    return woven(scheduled(circuit, _DURATIONS), _DURATIONS, pairs, range(count))
