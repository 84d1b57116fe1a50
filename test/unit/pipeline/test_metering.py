"""Quantum seconds of circuits, sweeps and jobs, against Qiskit's own scheduling and sums by hand."""

from __future__ import annotations

import importlib
import importlib.util
import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import CircuitInstruction, ClassicalRegister, Delay, IfElseOp, Measure, Parameter, QuantumRegister
from qiskit.circuit.classical import expr
from qiskit.circuit.library import CZGate, QFTGate, RZGate, SXGate, XGate, efficient_su2
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties, Target
from qiskit.transpiler.passes import RemoveBarriers
from qiskit_aer import AerSimulator

from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.active import restrict
from qiskit_local_runtime.pipeline.metering import (
    Meter,
    MeterModel,
    circuit_seconds,
    meter_of,
    modelled_seconds,
    sweep_seconds,
)
from qiskit_local_runtime.sweeps import Sweep

X, SX, CZ, MEASURE, DT = 20e-9, 30e-9, 100e-9, 1e-6, 4e-9


def target_of(num_qubits: int = 3, **without: bool) -> Target:
    """All pairs coupled; the same durations everywhere, but the ``x`` of qubit 2 takes twice as long."""
    target = Target(num_qubits=num_qubits, dt=None if without.get("dt") else DT)
    each = [(q,) for q in range(num_qubits)]
    pairs = [(a, b) for a in range(num_qubits) for b in range(num_qubits) if a != b]
    target.add_instruction(XGate(), {q: InstructionProperties(duration=2 * X if q == (2,) else X) for q in each})
    target.add_instruction(SXGate(), {q: None if without.get("sx") else InstructionProperties(duration=SX) for q in each})
    target.add_instruction(RZGate(Parameter("a")), dict.fromkeys(each))
    target.add_instruction(CZGate(), {p: InstructionProperties(duration=CZ) for p in pairs})
    target.add_instruction(Measure(), {q: InstructionProperties(duration=MEASURE) for q in each})
    target.add_instruction(Delay(Parameter("t")), dict.fromkeys(each))
    target.add_instruction(IfElseOp, name="if_else")
    return target


def active(*qubits: int) -> ActiveDevice:
    """A device restricted to some qubits."""
    return ActiveDevice("device", qubits)


class SecondsCase(unittest.TestCase):
    """Compares seconds."""

    def assert_seconds(self, found: float | None, expected: float) -> None:
        assert found is not None
        np.testing.assert_allclose(found, expected, rtol=1e-12)


class TestCircuit(SecondsCase):
    """``circuit_seconds`` is the end of the last operation."""

    def test_operations_start_as_soon_as_their_qubits_are_free(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.x(0)
        circuit.sx(1)
        circuit.cz(0, 1)
        circuit.x(2)
        circuit.measure(1, 0)
        self.assert_seconds(circuit_seconds(circuit, target_of()), SX + CZ + MEASURE)

    def test_a_barrier_makes_qubits_wait_for_each_other(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.cz(0, 1)
        circuit.x(1)
        circuit.barrier()
        circuit.x(0)
        self.assert_seconds(circuit_seconds(circuit, target_of()), CZ + 2 * X)

    def test_virtual_rotations_take_no_time_whatever_their_angle(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.rz(0.3, 0)
        circuit.rz(Parameter("a"), 0)
        self.assert_seconds(circuit_seconds(circuit, target_of()), X)

    def test_an_empty_circuit_takes_no_time(self) -> None:
        self.assertEqual(circuit_seconds(QuantumCircuit(3, 1), target_of()), 0.0)
        self.assertEqual(circuit_seconds(QuantumCircuit(), target_of()), 0.0)

    def test_measurements_into_one_bit_follow_each_other(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.measure(0, 0)
        circuit.measure(1, 0)
        self.assert_seconds(circuit_seconds(circuit, target_of()), 2 * MEASURE)

    def test_delays_count_in_their_unit(self) -> None:
        for duration, unit, seconds in (
            (100, "dt", 100 * DT),
            (1e-6, "s", 1e-6),
            (2, "ms", 2e-3),
            (3, "us", 3e-6),
            (5, "ns", 5e-9),
        ):
            with self.subTest(unit):
                circuit = QuantumCircuit(1)
                circuit.delay(duration, 0, unit=unit)
                self.assert_seconds(circuit_seconds(circuit, target_of()), seconds)

    def test_what_the_target_does_not_say_is_not_guessed(self) -> None:
        unknown_gate, in_dt, stretched, open_delay, nested = (QuantumCircuit(1, 1) for _ in range(5))
        unknown_gate.h(0)
        in_dt.delay(100, 0, unit="dt")
        stretched.delay(stretched.add_stretch("s"), 0)
        open_delay.delay(Parameter("t"), 0, unit="us")
        with nested.if_test((0, True)):
            nested.sx(0)
        for name, circuit, target in (
            ("gate", unknown_gate, target_of()),
            ("dt", in_dt, target_of(dt=True)),
            ("stretch", stretched, target_of()),
            ("parameter", open_delay, target_of()),
            ("branch", nested, target_of(sx=True)),
        ):
            with self.subTest(name):
                self.assertIsNone(circuit_seconds(circuit, target))

    def test_a_target_without_durations_says_nothing_about_any_circuit(self) -> None:
        for backend in (AerSimulator(), GenericBackendV2(3, noise_info=False)):
            self.assertIsNone(circuit_seconds(QuantumCircuit(3), backend.target))


class TestControlFlow(SecondsCase):
    """Control flow takes as long as its longest way through."""

    def test_a_branch_waits_for_its_bit_and_the_longer_one_counts(self) -> None:
        circuit = QuantumCircuit(3, 1)
        circuit.measure(0, 0)
        with circuit.if_test((0, True)) as otherwise:
            circuit.x(1)
        with otherwise:
            circuit.sx(1)
            circuit.sx(1)
        circuit.x(1)
        self.assert_seconds(circuit_seconds(circuit, target_of()), MEASURE + 2 * SX + X)

    def test_a_branch_without_alternative_counts(self) -> None:
        circuit = QuantumCircuit(1, 1)
        with circuit.if_test((0, True)):
            circuit.x(0)
        self.assert_seconds(circuit_seconds(circuit, target_of()), X)

    def test_blocks_are_timed_on_the_qubits_they_act_on(self) -> None:
        circuit = QuantumCircuit(3, 1)
        with circuit.if_test((0, True)):
            circuit.x(2)
        self.assert_seconds(circuit_seconds(circuit, target_of()), 2 * X)

    def test_the_longest_case_of_a_switch_counts(self) -> None:
        circuit = QuantumCircuit(QuantumRegister(2), register := ClassicalRegister(2))
        with circuit.switch(register) as case:
            with case(0):
                circuit.x(0)
            with case(1, 2):
                circuit.cz(0, 1)
        self.assert_seconds(circuit_seconds(circuit, target_of()), CZ)

    def test_a_loop_takes_all_its_rounds_and_a_while_loop_as_many_as_the_model_says(self) -> None:
        counted, open_ended = QuantumCircuit(1, 1), QuantumCircuit(1, 1)
        with counted.for_loop(range(3, 10)):
            counted.x(0)
            counted.measure(0, 0)
            with counted.if_test((0, True)):
                counted.break_loop()
        with open_ended.while_loop((0, True)):
            open_ended.x(0)
        self.assert_seconds(circuit_seconds(counted, target_of()), 7 * (X + MEASURE))
        self.assert_seconds(circuit_seconds(open_ended, target_of()), X)
        self.assert_seconds(circuit_seconds(open_ended, target_of(), MeterModel(while_rounds=4)), 4 * X)

    def test_delays_may_depend_on_the_loop_parameter(self) -> None:
        circuit = QuantumCircuit(1)
        index = Parameter("i")
        with circuit.for_loop((1, 2, 5), index):
            circuit.delay(index, 0, unit="us")
        self.assert_seconds(circuit_seconds(circuit, target_of()), 8e-6)

    def test_a_box_takes_the_time_it_states_or_else_that_of_its_body(self) -> None:
        stated, unstated = QuantumCircuit(1), QuantumCircuit(1)
        with stated.box(duration=300, unit="ns"):
            stated.x(0)
        with unstated.box():
            unstated.x(0)
        self.assert_seconds(circuit_seconds(stated, target_of()), 300e-9)
        self.assert_seconds(circuit_seconds(unstated, target_of()), X)

    def test_a_branch_on_a_variable_waits_for_what_was_stored(self) -> None:
        circuit = QuantumCircuit(2, 1)
        seen = circuit.add_var("seen", expr.lift(False))
        circuit.measure(0, 0)
        circuit.store(seen, circuit.clbits[0])
        with circuit.if_test(seen):
            circuit.x(1)
        self.assert_seconds(circuit_seconds(circuit, target_of()), MEASURE + X)


@ddt
class TestAgainstQiskit(SecondsCase):
    """Qiskit's own schedulers agree."""

    @data(*range(6))
    def test_generic_backends(self, seed: int) -> None:
        backend = GenericBackendV2(6, seed=seed)
        circuit = transpile(_circuit(seed), backend, optimization_level=1, seed_transpiler=seed)
        self.assert_seconds(circuit_seconds(circuit, backend.target), circuit.estimate_duration(backend.target))

    @unittest.skipUnless(importlib.util.find_spec("qiskit_ibm_runtime"), "qiskit_ibm_runtime is not installed")
    def test_fake_devices_scheduled_and_unscheduled(self) -> None:
        fez = _fez()
        for seed in range(3):
            circuit = transpile(_circuit(seed), fez, optimization_level=1, seed_transpiler=seed)
            self.assert_seconds(circuit_seconds(circuit, fez.target), circuit.estimate_duration(fez.target))
            scheduled = transpile(circuit, fez, optimization_level=0, scheduling_method="asap", seed_transpiler=seed)
            self.assertIn("delay", scheduled.count_ops())
            end = max(
                start + _dt_of(item, scheduled, fez)
                for start, item in zip(scheduled.op_start_times, scheduled.data, strict=True)
            )
            self.assert_seconds(circuit_seconds(circuit, fez.target), end * fez.dt)
            self.assert_seconds(circuit_seconds(scheduled, fez.target), end * fez.dt)

    def test_open_angles_change_nothing(self) -> None:
        backend = GenericBackendV2(5, seed=1)
        ansatz = efficient_su2(5, reps=2)
        ansatz.measure_all()
        circuit = transpile(ansatz, backend, optimization_level=1, seed_transpiler=1)
        bound = circuit.assign_parameters(np.linspace(0, 1, circuit.num_parameters))
        self.assertTrue(circuit.parameters)
        self.assert_seconds(circuit_seconds(circuit, backend.target), bound.estimate_duration(backend.target))


class TestModel(SecondsCase):
    """Jobs take what the model says beside their circuits."""

    def test_a_job_is_overhead_plus_shots_times_duration_and_delay(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.measure(0, 0)
        model = MeterModel(overhead_seconds=2.0, rep_delay_seconds=1e-3)
        found = modelled_seconds([(circuit, 100), (QuantumCircuit(1), 10)], target_of(), model)
        self.assert_seconds(found, 2.0 + 100 * (X + MEASURE + 1e-3) + 10 * 1e-3)

    def test_one_unknown_circuit_makes_the_job_unknown(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.h(0)
        self.assertIsNone(modelled_seconds([(QuantumCircuit(1), 10), (circuit, 10)], target_of()))

    def test_the_default_is_the_recorded_fit_for_circuits_of_26_microseconds(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(25.8, 0, unit="us")
        for shots in (1, 1000, 4096, 100_000):
            self.assert_seconds(modelled_seconds([(circuit, shots)], target_of()), 0.995 + 0.2758e-3 * shots)

    @unittest.skipUnless(importlib.util.find_spec("qiskit_ibm_runtime"), "qiskit_ibm_runtime is not installed")
    def test_everyday_circuits_on_fez_come_within_a_tenth_of_the_recorded_fit(self) -> None:
        fez = _fez()
        circuit = transpile(_circuit(0), fez, optimization_level=1, seed_transpiler=0)
        for shots in (100, 4096, 100_000):
            found = modelled_seconds([(circuit, shots)], fez.target, MeterModel.of(fez))
            assert found is not None
            self.assertLess(abs(found / (0.995 + 0.2758e-3 * shots) - 1), 0.1)

    def test_a_backend_may_state_its_own_delay_between_shots(self) -> None:
        backend = GenericBackendV2(2)
        self.assertEqual(MeterModel.of(backend), MeterModel())
        for stated, expected in ((1e-4, 1e-4), (0, 0.0), (None, 250e-6), (-1.0, 250e-6), (float("nan"), 250e-6)):
            backend.default_rep_delay = stated
            self.assertEqual(MeterModel.of(backend).rep_delay_seconds, expected)

    def test_impossible_figures_are_refused_by_name(self) -> None:
        for wrong in (-1.0, float("nan"), float("inf")):
            with self.assertRaisesRegex(IBMInputValueError, "rep_delay_seconds"):
                MeterModel(rep_delay_seconds=wrong)


class TestSweep(SecondsCase):
    """A sweep takes the time of all its shots."""

    model = MeterModel(rep_delay_seconds=1e-4)

    def test_rows_endings_and_randomizations_multiply(self) -> None:
        begin, short, long = (QuantumCircuit(2, 2) for _ in range(3))
        begin.rz(Parameter("a"), 0)
        begin.x(1)
        short.measure(0, 0)
        long.sx(1)
        long.measure([0, 1], [0, 1])
        flips = np.zeros((5, 2, 3, 2), dtype=np.bool_)
        sweep = Sweep(begin, tuple(begin.parameters), np.zeros((5, 1)), 10, (short, long), flips)
        each = 2 * 1e-4 + MEASURE + (2 * X + SX + MEASURE)
        self.assert_seconds(sweep_seconds(sweep, active(0, 2), target_of(), self.model), 5 * 3 * 10 * each)

    def test_without_endings_the_circuit_is_everything(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.measure(0, 0)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 7)
        self.assert_seconds(sweep_seconds(sweep, active(2), target_of(), self.model), 7 * (2 * X + MEASURE + 1e-4))

    def test_delays_are_worked_out_for_every_row(self) -> None:
        circuit = QuantumCircuit(1, 1)
        length, angle = Parameter("t"), Parameter("a")
        circuit.rz(angle, 0)
        circuit.delay(2 * length, 0, unit="us")
        values = np.array([[0.1, 1.0], [0.2, 3.0], [0.3, 1.0]])
        sweep = Sweep(circuit, (angle, length), values, 10)
        self.assert_seconds(sweep_seconds(sweep, active(0), target_of(), self.model), 10 * (10e-6 + 3e-4))

    def test_exact_values_take_no_time(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.x(0)
        sweep = Sweep(circuit, (), np.zeros((3, 0)), 0)
        self.assertEqual(sweep_seconds(sweep, active(0), target_of(), self.model), 0.0)

    def test_plain_simulators_and_unknown_operations_leave_it_open(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.h(0)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 10)
        for target in (None, AerSimulator().target, target_of()):
            self.assertIsNone(sweep_seconds(sweep, active(0), target, self.model))

    def test_a_beginning_already_seen_gives_the_same_again(self) -> None:
        circuit, ending = QuantumCircuit(1, 1), QuantumCircuit(1, 1)
        circuit.x(0)
        ending.measure(0, 0)
        meter = Meter(target_of(), self.model)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 10, (ending, ending))
        first = meter.sweep_seconds(sweep, active(0))
        self.assertEqual(meter.sweep_seconds(sweep, active(0)), first)
        self.assert_seconds(first, 20 * (X + MEASURE + 1e-4))
        self.assert_seconds(meter.sweep_seconds(sweep, active(2)), 20 * (2 * X + MEASURE + 1e-4))

    def test_a_restricted_circuit_takes_what_the_whole_one_does_without_its_barriers(self) -> None:
        backend = GenericBackendV2(12, seed=3)
        whole = transpile(_circuit(3), backend, initial_layout=[1, 3, 5, 7, 9, 11], optimization_level=1, seed_transpiler=1)
        whole = RemoveBarriers()(whole)
        cut = restrict(whole)
        self.assertLess(len(cut.qubits), 12)
        sweep = Sweep(cut.circuit, (), np.zeros((1, 0)), 1)
        meter = meter_of(device_of(backend), MeterModel(rep_delay_seconds=0.0))
        self.assert_seconds(meter.sweep_seconds(sweep, active(*cut.qubits)), whole.estimate_duration(backend.target))

    def test_a_device_keeps_its_meter_until_its_calibration_changes(self) -> None:
        backend = GenericBackendV2(2, seed=0)
        first = meter_of(device_of(backend), MeterModel())
        self.assertIs(meter_of(device_of(backend), MeterModel()), first)
        self.assertIsNot(meter_of(device_of(backend), self.model), first)
        backend.target.update_instruction_properties("x", (0,), InstructionProperties(duration=5e-6, error=0.0))
        circuit = QuantumCircuit(2)
        circuit.x(0)
        self.assert_seconds(meter_of(device_of(backend), MeterModel()).circuit_seconds(circuit), 5e-6)

    def test_a_job_is_the_overhead_and_its_sweeps(self) -> None:
        meter = Meter(target_of(), MeterModel(overhead_seconds=1.5))
        self.assert_seconds(meter.job_seconds([0.25, 0.25]), 2.0)
        self.assert_seconds(meter.job_seconds([]), 1.5)
        self.assertIsNone(meter.job_seconds([0.25, None]))


def _circuit(seed: int) -> QuantumCircuit:
    """Six qubits, entangled, measured; with a reset and a delay in between."""
    circuit = QuantumCircuit(6)
    circuit.append(QFTGate(6), range(6))
    circuit.reset(seed % 6)
    circuit.delay(500 + 40 * seed, (seed + 1) % 6, unit="dt")
    circuit.cx(0, 5)
    circuit.barrier()
    circuit.sx(2)
    circuit.measure_all()
    return circuit


def _dt_of(item: CircuitInstruction, circuit: QuantumCircuit, backend: Any) -> int:
    """Duration of a scheduled instruction in ``dt``."""
    if item.name in ("barrier", "delay"):
        return int(item.params[0]) if item.name == "delay" else 0
    place = tuple(circuit.find_bit(q).index for q in item.qubits)
    return round(backend.target[item.name][place].duration / backend.dt)


def _fez() -> Any:
    return importlib.import_module("qiskit_ibm_runtime.fake_provider").FakeFez()
