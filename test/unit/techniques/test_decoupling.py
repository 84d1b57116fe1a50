"""Dynamical decoupling: idle windows are filled, and what the circuit does and lasts stays."""

from __future__ import annotations

import copy
import unittest
from collections import defaultdict

import numpy as np
from ddt import data, ddt, unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import transpile
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import XGate, YGate
from qiskit.circuit.random import random_circuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator, Statevector
from qiskit.transpiler import InstructionProperties, PassManager, Target
from qiskit.transpiler.passes import ALAPScheduleAnalysis, ASAPScheduleAnalysis, PadDynamicalDecoupling
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime.errors import IBMInputValueError, OptionError
from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.pulses import SEQUENCES
from qiskit_local_runtime.sweeps.schedule import scheduled, timeline
from qiskit_local_runtime.techniques.decoupling import Decoupling, Window, decoupled, spread

_TICKS = {"x": 10, "sx": 6, "cx": 25, "rz": 0, "measure": 100, "reset": 60}
_NS = 1e-9


def _durations(alignment: int = 1, **other: int) -> Durations:
    ticks = _TICKS | other
    return Durations(lambda n, q, p: ticks[n] * _NS if n in ticks else None, dt=_NS, alignment=alignment)


def _of_target(target: Target) -> Durations:
    def seconds(name, qubits, params):
        return target[name][qubits].duration if target.instruction_supported(name, qubits) else None

    return Durations(seconds, target.dt, target.pulse_alignment)


def _timeline(circuit: QuantumCircuit, durations: Durations):
    return timeline(list(circuit.data), {bit: i for i, bit in enumerate(circuit.qubits)}, durations)


def _ends(circuit: QuantumCircuit, durations: Durations) -> dict[int, int]:
    clock: dict[int, int] = defaultdict(int)
    for entry in _timeline(circuit, durations):
        clock.update((q, max(clock[q], entry.end)) for q in entry.qubits)
    return dict(clock)


def _per_qubit(circuit: QuantumCircuit) -> dict[int, list[tuple]]:
    found = defaultdict(list)
    for item in circuit.data:
        for bit in item.qubits:
            found[circuit.find_bit(bit).index].append((item.name, *(int(p) for p in item.params if item.name == "delay")))
    return dict(found)


def _detuned(circuit: QuantumCircuit, radians_per_tick: float, excess: float = 0.0) -> QuantumCircuit:
    """The circuit with each delay as the Z rotation of a constant detuning, each ``x`` turning too far by ``excess``."""
    out = circuit.copy_empty_like()
    for item in circuit.data:
        if item.name == "delay":
            out.rz(radians_per_tick * item.params[0], item.qubits[0])
        elif item.name == "x" and excess:
            out.rx(np.pi + excess, item.qubits[0])
        else:
            out.append(item)
    return out


def _idle(ticks: int, qubits: int = 1) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    circuit.sx(range(qubits))
    circuit.barrier()
    for q in range(qubits):
        circuit.delay(ticks, q)
    circuit.barrier()
    circuit.sx(range(qubits))
    return circuit


@st.composite
def _circuits(draw) -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    for _ in range(draw(st.integers(0, 10))):
        name = draw(st.sampled_from(["x", "sx", "cx", "rz", "delay", "barrier"]))
        a, b = draw(st.permutations(range(3)))[:2]
        if name == "cx":
            circuit.cx(a, b)
        elif name == "rz":
            circuit.rz(0.3, a)
        elif name == "delay":
            circuit.delay(draw(st.integers(1, 200)), a)
        elif name == "barrier":
            circuit.barrier(a, b)
        else:
            getattr(circuit, name)(a)
    return circuit


_OPTIONS = st.builds(
    Decoupling,
    sequence_type=st.sampled_from(sorted(SEQUENCES)),
    extra_slack_distribution=st.sampled_from(["middle", "edges"]),
    skip_reset_qubits=st.booleans(),
    staggered=st.sampled_from([frozenset(), frozenset({1})]),
)


class TestLaws(unittest.TestCase):
    @settings(derandomize=True, deadline=None, max_examples=150)
    @given(_circuits(), _OPTIONS, st.sampled_from([1, 4, 16]), st.sampled_from(["alap", "asap"]))
    def test_the_unitary_phase_and_every_qubits_time_are_kept(self, circuit, options, alignment, method) -> None:
        durations = _durations(alignment)
        before = scheduled(circuit, durations, method)
        after, report = decoupled(before, durations, options)
        np.testing.assert_allclose(Operator(after).data, Operator(circuit).data, atol=1e-12)
        self.assertEqual(_ends(after, durations), _ends(before, durations))
        for entry in _timeline(after, durations):
            if entry.ticks and entry.item.name != "delay":
                self.assertEqual(entry.start % alignment, 0)
        self.assertEqual(len(report.windows), before.count_ops().get("delay", 0))
        self.assertEqual(after == before, report.decoupled == 0)

    @settings(derandomize=True, deadline=None, max_examples=200)
    @given(
        st.integers(1, 5000), st.sampled_from([2, 4]), st.sampled_from([1, 3, 16]), st.integers(0, 15), _OPTIONS, st.booleans()
    )
    def test_waits_fill_the_window_and_keep_pulses_aligned(self, slack, pulses, alignment, lead, options, late) -> None:
        lead = min(lead % alignment, slack)
        waits = spread(slack, lead, pulses, _durations(alignment), options, late=late)
        self.assertEqual((len(waits), sum(waits)), (pulses + 1, slack))
        self.assertGreaterEqual(min(waits), 0)
        self.assertEqual({(waits[0] - lead) % alignment, *(wait % alignment for wait in waits[1:-1])}, {0})


@ddt
class TestPeer(unittest.TestCase):
    """Qiskit's pass is the reference for where the pulses of XX go."""

    @data(*[(m, s, k, a) for m in ("alap", "asap") for s in ("middle", "edges") for k in (False, True) for a in (1, 8)])
    @unpack
    def test_pulses_are_where_qiskits_pass_puts_them(self, method, slack, skip, alignment) -> None:
        target = GenericBackendV2(4, coupling_map=[[i, i + 1] for i in range(3)], seed=2).target
        for name in ("cx", "x", "sx"):
            for qubits, properties in target[name].items():
                ticks = -(-round(properties.duration / target.dt) // alignment) * alignment
                target.update_instruction_properties(name, qubits, InstructionProperties(duration=ticks * target.dt))
        target.pulse_alignment = alignment
        circuit = transpile(
            random_circuit(4, 5, max_operands=2, seed=5),
            target=target,
            initial_layout=list(range(4)),
            optimization_level=1,
            seed_transpiler=0,
        )
        durations = _of_target(target)
        options = Decoupling("XX", slack, skip)
        ours, report = decoupled(scheduled(circuit, durations, method), durations, options)
        analysis = {"alap": ALAPScheduleAnalysis, "asap": ASAPScheduleAnalysis}[method]
        padding = PadDynamicalDecoupling(
            target=target, dd_sequence=[XGate(), XGate()], skip_reset_qubits=skip, extra_slack_distribution=slack
        )
        peer = PassManager([analysis(target=target), padding]).run(circuit)
        self.assertGreater(report.decoupled, 1)
        self.assertEqual(_per_qubit(ours), _per_qubit(peer))

    @data(*[(device, sequence) for device in ("fez", "generic") for sequence in ("XX", "XpXm", "XY4")])
    @unpack
    def test_every_sequence_has_its_pulses_at_the_times_of_qiskits_pass_and_lasts_as_long(self, device, sequence) -> None:
        backend = FakeFez() if device == "fez" else GenericBackendV2(4, coupling_map=[[i, i + 1] for i in range(3)], seed=2)
        circuit = random_circuit(4, 6, max_operands=2, seed=3)
        circuit = transpile(circuit, backend, initial_layout=[0, 1, 2, 3], seed_transpiler=0)
        durations = _of_target(backend.target)
        ours, report = decoupled(scheduled(circuit, durations), durations, Decoupling(sequence))
        target = copy.deepcopy(backend.target)  # the pass turns about Y by a gate only; signs take no time
        target.add_instruction(YGate(), dict(target["x"].items()))
        pulses = [XGate(), YGate(), XGate(), YGate()] if sequence == "XY4" else [XGate(), XGate()]
        padding = PadDynamicalDecoupling(target=target, dd_sequence=pulses, skip_reset_qubits=False)
        peer = PassManager([ALAPScheduleAnalysis(target=target), padding]).run(circuit)
        self.assertGreater(report.decoupled, 3)
        known = _of_target(target)
        self.assertEqual(max(_ends(ours, durations).values()), max(_ends(peer, known).values()))
        found = [
            sorted((e.qubits[0], e.start, e.ticks) for e in _timeline(out, of) if e.item.name in ("x", "y"))
            for out, of in ((ours, durations), (peer, known))
        ]
        used = {circuit.find_bit(bit).index for item in circuit.data for bit in item.qubits}  # the pass pulses the rest too
        self.assertEqual(found[0], [pulse for pulse in found[1] if pulse[0] in used])

    @data("XX", "XpXm", "XY4")
    def test_on_a_fake_device_nothing_lasts_longer(self, sequence) -> None:
        backend = FakeFez()
        circuit = transpile(
            random_circuit(4, 6, max_operands=2, seed=3), backend, initial_layout=[0, 1, 2, 3], seed_transpiler=0
        )
        durations = _of_target(backend.target)
        before = scheduled(circuit, durations)
        after, report = decoupled(before, durations, Decoupling(sequence))
        self.assertEqual(_ends(after, durations), _ends(before, durations))
        self.assertGreater(report.fraction, 0.5)
        self.assertTrue(all(item.name in backend.target.operation_names for item in after.data))


@ddt
class TestPhysics(unittest.TestCase):
    @data("XX", "XpXm", "XY4")
    def test_slow_dephasing_of_a_long_idle_cancels_exactly(self, sequence) -> None:
        """10 kHz rms for 4 µs costs 3 % of the coherence without pulses, and nothing with them."""
        durations = _durations(x=0)
        before = scheduled(_idle(4000), durations)
        after, _ = decoupled(before, durations, Decoupling(sequence))
        ideal = Statevector(before)
        kept: dict[str, list[float]] = {"before": [], "after": []}
        for hertz in np.random.default_rng(0).normal(0, 10e3, 200):
            for name, circuit in (("before", before), ("after", after)):
                noisy = Statevector(_detuned(circuit, 2 * np.pi * hertz * _NS))
                kept[name].append(abs(np.vdot(ideal.data, noisy.data)) ** 2)
        self.assertLess(np.mean(kept["before"]), 0.99)
        self.assertAlmostEqual(np.min(kept["after"]), 1.0, delta=1e-12)

    @data(
        *[(sequence, where, ticks) for sequence in SEQUENCES for where in ("middle", "edges") for ticks in (4001, 4002, 4007)]
    )
    @unpack
    def test_at_most_the_ticks_that_cannot_be_divided_are_left(self, sequence, where, ticks) -> None:
        durations = _durations()
        after, _ = decoupled(scheduled(_idle(ticks), durations), durations, Decoupling(sequence, where))
        waits = [item.params[0] for item in after.data if item.name == "delay"]
        self.assertLess(abs(sum(waits[::2]) - sum(waits[1::2])), 2 * len(waits))

    def test_where_the_extra_slack_goes(self) -> None:
        durations = _durations(alignment=4)
        waits = {}
        for where in ("middle", "edges"):
            after, _ = decoupled(scheduled(_idle(132), _durations()), durations, Decoupling("XX", where))
            waits[where] = [item.params[0] for item in after.data if item.name == "delay"]
        # 132 less two slots of 12 and a lead of 2 is 106 = 24 + 52 + 24 and 6 to spare; 2 ticks follow each pulse
        self.assertEqual(waits["middle"], [26, 2, 56, 2, 26])
        self.assertEqual(waits["edges"], [26, 2, 52, 2, 30])

    def test_pulses_that_turn_too_far_harm_xx_and_xy4_and_not_xpxm(self) -> None:
        durations = _durations(x=0)
        infidelity = {}
        for sequence in ("XX", "XpXm", "XY4"):
            after, _ = decoupled(scheduled(_idle(400), durations), durations, Decoupling(sequence))
            noisy = Operator(_detuned(after, 0.0, excess=0.05)).data
            ideal = Operator(_detuned(after, 0.0)).data
            infidelity[sequence] = 1 - abs(np.vdot(ideal, noisy)) / 2
        self.assertAlmostEqual(infidelity["XX"], 1 - np.cos(0.05), delta=1e-12)
        self.assertAlmostEqual(infidelity["XpXm"], 0, delta=1e-12)
        # errors about X and about Y each add up in IBM's XY4 (X, Y, −X, −Y): √2 × 0.05, to the next order
        self.assertAlmostEqual(infidelity["XY4"], 1 - np.cos(np.sqrt(2) * 0.05), delta=1e-5)

    @data("XX", "XpXm", "XY4")
    def test_aligned_pulses_leave_zz_between_neighbours_and_staggered_ones_remove_it(self, sequence) -> None:
        durations = _durations(x=0)
        left = {}
        for staggered in (frozenset(), frozenset({1})):
            options = Decoupling(sequence, staggered=staggered)
            after, _ = decoupled(scheduled(_idle(1600, qubits=2), durations), durations, options)
            signs = _toggling(after, durations, 1600)
            left[bool(staggered)] = int(signs[0] @ signs[1]), signs.sum(axis=1).tolist()
        self.assertEqual(left[False], (1600, [0, 0]))
        self.assertEqual(left[True], (0, [0, 0]))


def _toggling(circuit: QuantumCircuit, durations: Durations, window: int) -> np.ndarray:
    """The sign of each qubit's Z during each tick of the window between the gates; shape ``(qubits, ticks)``."""
    signs = np.ones((circuit.num_qubits, window), dtype=int)
    for entry in _timeline(circuit, durations):
        if entry.item.name == "x":
            signs[entry.qubits[0], entry.start - _TICKS["sx"] :] *= -1
    return signs


@ddt
class TestExceptions(unittest.TestCase):
    def _outcomes(self, circuit: QuantumCircuit, options: Decoupling, durations: Durations | None = None):
        durations = durations or _durations()
        after, report = decoupled(scheduled(circuit, durations), durations, options)
        return after, [window.outcome for window in report.windows]

    @data(("XX", 20), ("XpXm", 20), ("XY4", 40))
    @unpack
    def test_a_window_too_short_gets_nothing(self, sequence, busy) -> None:
        for ticks, outcome in ((busy, "too short"), (busy + 1, "decoupled")):
            after, outcomes = self._outcomes(_idle(ticks), Decoupling(sequence))
            self.assertEqual(outcomes, [outcome])
            self.assertEqual("x" in after.count_ops(), outcome == "decoupled")

    def test_windows_below_the_shortest_asked_for_get_nothing(self) -> None:
        self.assertEqual(self._outcomes(_idle(100), Decoupling(shortest=101 * _NS))[1], ["too short"])
        self.assertEqual(self._outcomes(_idle(100), Decoupling(shortest=100 * _NS))[1], ["decoupled"])

    @data((False, ["decoupled"] * 3), (True, ["reset", "reset", "decoupled"]))
    @unpack
    def test_qubits_in_their_ground_state_are_skipped_where_asked(self, skip, expected) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(50, 0)
        circuit.barrier()
        circuit.reset(0)
        circuit.delay(50, 0)
        circuit.sx(0)
        circuit.delay(50, 0)
        circuit.sx(0)
        self.assertEqual(self._outcomes(circuit, Decoupling(skip_reset_qubits=skip))[1], expected)

    def test_a_measured_qubit_is_left_alone_until_it_is_used_again(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        circuit.delay(50, 0)
        circuit.sx(0)
        circuit.delay(50, 0)
        circuit.sx(0)
        self.assertEqual(self._outcomes(circuit, Decoupling())[1], ["measured", "decoupled"])

    def test_a_qubit_without_pulses_is_named(self) -> None:
        durations = Durations(lambda n, q, p: 6 * _NS if n == "sx" and q == (0,) else None if n != "h" else 6 * _NS, _NS)
        circuit = QuantumCircuit(2)
        circuit.h([0, 1])
        circuit.delay(100, [0, 1])
        _, report = decoupled(scheduled(circuit, durations), durations, Decoupling("XX"))
        self.assertEqual([w.outcome for w in sorted(report.windows)], ["decoupled", "no pulses"])
        self.assertEqual(report.notes, ("qubit 1: the device's gates do not make the pulses of XX",))

    def test_a_circuit_without_idle_time_is_unchanged(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.sx(0)
        after, report = decoupled(circuit, _durations(), Decoupling())
        self.assertEqual(after, circuit)
        self.assertEqual((report.windows, report.decoupled, report.fraction), ((), 0, 0.0))

    def test_the_report_tells_each_window(self) -> None:
        _, report = decoupled(scheduled(_idle(100), _durations()), _durations(), Decoupling())
        self.assertEqual(report.windows, (Window(0, 6, 100, "decoupled"),))
        self.assertEqual((report.decoupled, report.fraction), (1, 1.0))

    def test_blocks_of_control_flow_are_decoupled_with_a_note(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.sx(2)
            circuit.delay(100, 2)
            circuit.sx(2)
        circuit.delay(60, 2)
        circuit.sx(2)
        durations = _durations()
        after, report = decoupled(scheduled(circuit, durations), durations, Decoupling("XpXm", skip_reset_qubits=True))
        block = next(item for item in after.data if item.name == "if_else").operation.blocks[0]
        self.assertEqual(block.count_ops()["x"], 2)
        self.assertEqual([(w.qubit, w.outcome) for w in report.windows][-2:], [(2, "decoupled"), (2, "decoupled")])
        self.assertEqual(len(report.notes), 1)
        self.assertRegex(report.notes[0], "if_else: qubits that wait for it have no idle window")
        delays = [item for item in block.data if item.name == "delay"]
        self.assertEqual(sum(item.params[0] for item in delays) + 20, 100)

    def test_a_device_without_dt_is_decoupled_in_picoseconds(self) -> None:
        durations = Durations(lambda n, q, p: _TICKS[n] * _NS if n in _TICKS else None)
        circuit = QuantumCircuit(1)
        circuit.sx(0)
        circuit.delay(1, 0, "us")
        circuit.sx(0)
        after, _ = decoupled(scheduled(circuit, durations), durations, Decoupling())
        waits = [(item.params[0], item.operation.unit) for item in after.data if item.name == "delay"]
        self.assertEqual(waits, [(245_000, "ps"), (490_000, "ps"), (245_000, "ps")])

    def test_an_unscheduled_circuit_is_refused(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.sx(0)
        circuit.cx(0, 1)
        with self.assertRaisesRegex(IBMInputValueError, "Expected a scheduled circuit.*scheduled\\(\\)"):
            decoupled(circuit, _durations(), Decoupling())

    @data(("sequence_type", "X"), ("extra_slack_distribution", "start"))
    @unpack
    def test_unknown_values_are_refused_by_their_options_name(self, name, value) -> None:
        with self.assertRaisesRegex(OptionError, f"options.dynamical_decoupling.{name}: expected .* found '{value}'"):
            Decoupling(**{name: value})


if __name__ == "__main__":
    unittest.main()
