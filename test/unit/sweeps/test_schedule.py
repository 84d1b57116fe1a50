"""Scheduling: every idle time becomes a delay, and nothing else changes."""

from __future__ import annotations

import unittest
from collections import defaultdict

import numpy as np
from ddt import data, ddt, unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import transpile
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.random import random_circuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import PassManager, Target
from qiskit.transpiler.passes import ALAPScheduleAnalysis, ASAPScheduleAnalysis, PadDelay
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps import tape_of
from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.schedule import blocks_of, scheduled, segments, timeline, without_duration

_TICKS = {"x": 10, "sx": 7, "cx": 25, "rz": 0, "measure": 100, "reset": 60}
_PASSES = {"alap": ALAPScheduleAnalysis, "asap": ASAPScheduleAnalysis}


def _durations(alignment: int = 1) -> Durations:
    return Durations(lambda name, qubits, params: _TICKS.get(name), dt=1.0, alignment=alignment)


def _of_target(target: Target) -> Durations:
    return Durations(lambda name, qubits, params: target[name][qubits].duration, target.dt, target.pulse_alignment)


def _per_qubit(circuit: QuantumCircuit) -> dict[int, list[tuple[str, int | None]]]:
    """What happens on each qubit, in order."""
    found = defaultdict(list)
    for item in circuit.data:
        for bit in item.qubits:
            found[circuit.find_bit(bit).index].append((item.name, item.params[0] if item.name == "delay" else None))
    return dict(found)


def _timeline(circuit: QuantumCircuit, durations: Durations):
    return timeline(list(circuit.data), {bit: i for i, bit in enumerate(circuit.qubits)}, durations)


def _without_delays(circuit: QuantumCircuit) -> list:
    return [item for item in circuit.data if item.name != "delay"]


@st.composite
def _circuits(draw) -> QuantumCircuit:
    circuit = QuantumCircuit(3, 2)
    for _ in range(draw(st.integers(0, 12))):
        name = draw(st.sampled_from(["x", "sx", "cx", "rz", "delay", "barrier", "reset", "measure"]))
        a, b = draw(st.permutations(range(3)))[:2]
        if name == "cx":
            circuit.cx(a, b)
        elif name == "rz":
            circuit.rz(0.3, a)
        elif name == "delay":
            circuit.delay(draw(st.integers(1, 40)), a)
        elif name == "barrier":
            circuit.barrier(a, b)
        elif name == "measure":
            circuit.measure(a, draw(st.integers(0, 1)))
        else:
            getattr(circuit, name)(a)
    return circuit


@ddt
class TestScheduled(unittest.TestCase):
    @data(*[(device, method, seed) for device in ("generic", "fez") for method in ("alap", "asap") for seed in range(3)])
    @unpack
    def test_every_qubit_waits_as_long_and_where_qiskits_passes_say(self, device, method, seed) -> None:
        backend = GenericBackendV2(5, coupling_map=[[i, i + 1] for i in range(4)], seed=1) if device == "generic" else FakeFez()
        circuit = random_circuit(5, 5, max_operands=2, seed=seed)
        circuit = transpile(circuit, backend, initial_layout=list(range(5)), optimization_level=1, seed_transpiler=seed)
        used = {circuit.find_bit(bit).index for item in circuit.data for bit in item.qubits}
        peer = PassManager([_PASSES[method](target=backend.target), PadDelay(target=backend.target)]).run(circuit)
        ours = scheduled(circuit, _of_target(backend.target), method)
        self.assertEqual(_per_qubit(ours), {q: row for q, row in _per_qubit(peer).items() if q in used})

    @settings(derandomize=True, deadline=None, max_examples=150)
    @given(_circuits(), st.sampled_from(["alap", "asap"]), st.sampled_from([1, 4, 16]))
    def test_gates_and_delays_tile_the_time_of_every_qubit_and_gates_start_aligned(self, circuit, method, alignment) -> None:
        durations = _durations(alignment)
        out = scheduled(circuit, durations, method)
        self.assertEqual(_without_delays(out), _without_delays(circuit))
        clock, last = defaultdict(int), {}
        for entry in _timeline(out, durations):
            if entry.item.name == "barrier":
                continue
            self.assertEqual({clock[q] for q in entry.qubits}, {entry.start})
            if entry.ticks and entry.item.name != "delay":
                self.assertEqual(entry.start % alignment, 0)
            clock.update((q, entry.end) for q in entry.qubits)
            last.update((q, entry.item.name) for q in entry.qubits)
        length = durations.up(max(clock.values(), default=0))
        for qubit, end in clock.items():
            self.assertTrue(end == length or last[qubit] == "measure", f"qubit {qubit} ends at {end} of {length}")

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(_circuits(), st.sampled_from([1, 4]))
    def test_scheduling_again_changes_nothing(self, circuit, alignment) -> None:
        for method in ("alap", "asap"):
            once = scheduled(circuit, _durations(alignment), method)
            self.assertEqual(_per_qubit(scheduled(once, _durations(alignment), method)), _per_qubit(once))

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(_circuits())
    def test_late_and_early_schedules_last_equally_long(self, circuit) -> None:
        ends = [
            max((entry.end for entry in _timeline(scheduled(circuit, _durations(), method), _durations())), default=0)
            for method in ("alap", "asap")
        ]
        self.assertEqual(*ends)

    def test_late_waits_before_and_early_after(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.x(0)
        circuit.sx(1)
        self.assertEqual(_per_qubit(scheduled(circuit, _durations(), "alap"))[1], [("delay", 3), ("sx", None)])
        self.assertEqual(_per_qubit(scheduled(circuit, _durations(), "asap"))[1], [("sx", None), ("delay", 3)])

    def test_qubits_meet_at_a_barrier(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.x(0)
        circuit.barrier()
        circuit.x(1)
        row = _per_qubit(scheduled(circuit, _durations()))[1]
        self.assertEqual(row, [("delay", 10), ("barrier", None), ("x", None)])

    def test_the_users_delays_merge_with_idle_time(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.delay(30, 0)
        circuit.delay(12, 0)
        circuit.cx(0, 1)
        rows = _per_qubit(scheduled(circuit, _durations()))
        self.assertEqual(rows, {q: [("delay", 42), ("cx", None)] for q in (0, 1)})

    @data("alap", "asap")
    def test_final_measurements_stay_final(self, method) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.measure(0, 0)
        circuit.delay(9, 0)
        circuit.barrier()
        circuit.x(1)
        circuit.measure(1, 1)
        out = tape_of(scheduled(circuit, _durations(), method))
        self.assertEqual(out.final_measurements, ((0, 0), (1, 1)))
        self.assertTrue(out.unitary_then_measure)

    def test_qubits_without_instructions_get_no_delays(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.x(0)
        circuit.barrier()
        circuit.sx(1)
        self.assertNotIn("delay", [name for name, _ in _per_qubit(scheduled(circuit, _durations()))[2]])

    def test_measurements_into_one_bit_do_not_overlap(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.measure(0, 0)
        circuit.measure(1, 0)
        entries = [e for e in _timeline(scheduled(circuit, _durations()), _durations()) if e.item.name == "measure"]
        self.assertEqual([(e.start, e.end) for e in entries], [(0, 100), (100, 200)])

    def test_a_device_without_dt_is_scheduled_in_picoseconds(self) -> None:
        durations = Durations(lambda name, qubits, params: {"x": 35.5e-9, "sx": 20e-9}.get(name))
        circuit = QuantumCircuit(2)
        circuit.x(0)
        circuit.sx(1)
        delay = scheduled(circuit, durations).data[1]
        self.assertEqual((delay.params[0], delay.operation.unit), (15_500, "ps"))

    def test_control_flow_is_a_border_and_its_blocks_are_scheduled(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.x(0)
        circuit.measure(0, 0)
        circuit.sx(2)
        with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
            circuit.x(2)
            circuit.cx(1, 2)
        with otherwise:
            circuit.x(1)
            circuit.sx(2)
        circuit.cx(0, 1)
        out = scheduled(circuit, _durations())
        before, border = next(segments(out))
        ends = defaultdict(int)
        for entry in timeline(before, {bit: i for i, bit in enumerate(out.qubits)}, _durations()):
            ends.update((q, entry.end) for q in entry.qubits)
        self.assertEqual(set(ends.values()), {110})
        waits = [[(i.name, i.params[0]) for i in block.data if i.name == "delay"] for block in blocks_of(border)]
        self.assertEqual(waits, [[("delay", 10)], [("delay", 3)]])
        self.assertEqual(_without_delays(out)[:3], _without_delays(circuit)[:3])

    def test_a_loop_with_a_break_is_scheduled(self) -> None:
        circuit = QuantumCircuit(2, 1)
        with circuit.for_loop(range(3)):
            circuit.x(0)
            circuit.sx(1)
            circuit.measure(0, 0)
            with circuit.if_test((circuit.clbits[0], 1)):
                circuit.break_loop()
        (loop,) = scheduled(circuit, _durations()).data
        (body,) = blocks_of(loop)
        self.assertEqual(body.count_ops()["delay"], 1)
        self.assertEqual(body.data[-1].operation.blocks[0].data[0].name, "break_loop")

    def test_the_circuit_given_and_its_facts_stay_as_they_are(self) -> None:
        circuit = QuantumCircuit(2, name="c", metadata={"a": 1}, global_phase=0.5)
        circuit.x(0)
        circuit.sx(1)
        before = circuit.copy()
        out = scheduled(circuit, _durations())
        self.assertEqual(circuit, before)
        self.assertEqual((out.name, out.metadata, out.global_phase), ("c", {"a": 1}, 0.5))

    def test_unknown_durations_are_named(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.h(1)
        circuit.cz(0, 1)
        with self.assertRaisesRegex(IBMInputValueError, r"found none of cz on \(0, 1\), h on \(1,\)\. Transpile"):
            scheduled(circuit, _durations())

    def test_what_would_be_refused_can_be_asked_for_before(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.x(0)
        circuit.h(1)
        circuit.delay(Parameter("t"), 0)
        circuit.barrier()
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.cz(1, 0)
        self.assertEqual(without_duration(circuit, _durations()), ("cz on (1, 0)", "delay on (0,)", "h on (1,)"))
        with self.assertRaises(IBMInputValueError):
            scheduled(circuit, _durations())

    @settings(derandomize=True, deadline=None, max_examples=20)
    @given(_circuits())
    def test_circuits_of_known_durations_lack_none(self, circuit) -> None:
        self.assertEqual(without_duration(circuit, _durations()), ())

    def test_another_method_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "scheduling_method: expected 'alap' or 'asap', found 'late'"):
            scheduled(QuantumCircuit(1), _durations(), "late")  # type: ignore[arg-type]

    def test_a_timeline_of_an_unscheduled_circuit_is_refused(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.x(0)
        circuit.cx(0, 1)
        with self.assertRaisesRegex(IBMInputValueError, r"found cx on qubits \(0, 1\).*\[0, 10\] dt.*scheduled\(\)"):
            _timeline(circuit, _durations())

    def test_angles_that_are_parameters_are_no_obstacle(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rz(Parameter("a"), 0)
        circuit.x(1)
        out = scheduled(circuit, _durations())
        self.assertEqual(out.num_parameters, 1)
        self.assertEqual(np.sum([item.name == "delay" for item in out.data]), 1)


if __name__ == "__main__":
    unittest.main()
