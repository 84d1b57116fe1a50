"""How long instructions last."""

from __future__ import annotations

import unittest

from ddt import data, ddt, unpack
from qiskit.circuit import Parameter, QuantumCircuit

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.durations import Durations


def _only(circuit: QuantumCircuit):
    return circuit.data[0]


@ddt
class TestDurations(unittest.TestCase):
    def setUp(self) -> None:
        self.durations = Durations(lambda name, qubits, params: {"x": 31e-9, "rx": 10e-9}.get(name), dt=4e-9, alignment=4)

    @data((500, "dt", 500), (1.0, "us", 250), (2e-6, "s", 500), (10, "ns", 2), (4000, "ps", 1))
    @unpack
    def test_a_delay_in_any_unit_is_counted_in_ticks(self, amount, unit, ticks) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(amount, 0, unit)
        self.assertEqual(self.durations.of(_only(circuit), (0,)), ticks)

    def test_gates_are_rounded_and_unknown_ones_have_none(self) -> None:
        self.assertEqual(self.durations.ticks("x", (0,)), 8)
        self.assertIsNone(self.durations.ticks("y", (0,)))

    def test_without_dt_a_tick_is_a_picosecond(self) -> None:
        durations = Durations(self.durations.seconds)
        self.assertEqual((durations.ticks("x", (0,)), durations.delay(5).unit), (31_000, "ps"))

    def test_the_callable_sees_name_qubits_and_angles(self) -> None:
        seen = []
        durations = Durations(lambda *args: seen.append(args) or 0.0)
        circuit = QuantumCircuit(2)
        circuit.rzz(0.5, 0, 1)
        durations.of(_only(circuit), (7, 3))
        self.assertEqual(seen, [("rzz", (7, 3), (0.5,))])

    def test_barriers_and_simulators_directives_take_no_time(self) -> None:
        from qiskit_aer import library  # noqa: F401 - adds save_statevector

        circuit = QuantumCircuit(1)
        circuit.barrier()
        circuit.save_statevector()
        self.assertEqual([self.durations.of(item, (0,)) for item in circuit.data], [0, 0])

    @data((0, 0, 0), (1, 4, 0), (4, 4, 4), (7, 8, 4))
    @unpack
    def test_rounding_to_the_alignment(self, ticks, up, down) -> None:
        self.assertEqual((self.durations.up(ticks), self.durations.down(ticks)), (up, down))

    def test_a_delay_with_a_parameter_is_refused(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(Parameter("t"), 0)
        with self.assertRaisesRegex(IBMInputValueError, "delay of t .*Assign"):
            self.durations.of(_only(circuit), (0,))

    def test_a_delay_in_dt_is_refused_where_dt_is_unknown(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(100, 0, "dt")
        with self.assertRaisesRegex(IBMInputValueError, "found 100 dt. Change the unit"):
            Durations(self.durations.seconds).of(_only(circuit), (0,))

    def test_what_has_a_duration_is_known_and_nothing_is_refused(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.barrier()
        circuit.delay(1, 0, "us")
        circuit.y(0)
        circuit.delay(Parameter("t"), 0)
        known = [self.durations.known(item, (0,)) for item in circuit.data]
        self.assertEqual(known, [True, True, True, False, False])

    @data({"alignment": 0}, {"dt": 0.0})
    def test_impossible_constraints_are_refused(self, arguments) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "expected alignment ≥ 1 and dt > 0"):
            Durations(self.durations.seconds, **arguments)


if __name__ == "__main__":
    unittest.main()
