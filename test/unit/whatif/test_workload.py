"""Steps and what they wait for."""

from __future__ import annotations

import unittest

from ddt import data, ddt, unpack

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.whatif import Step, chain
from qiskit_local_runtime.whatif.workload import checked


@ddt
class TestWorkload(unittest.TestCase):
    """What can be run to its end."""

    def test_a_chain_waits_step_by_step(self) -> None:
        self.assertEqual([step.after for step in chain([Step(quantum_seconds=1)] * 3)], [(), (0,), (1,)])

    @data(("quantum_seconds", -1.0), ("before_seconds", -0.1), ("after_seconds", float("inf")), ("think_seconds", float("nan")))
    @unpack
    def test_a_time_that_is_none_is_refused_by_its_name(self, field: str, value: float) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"{field}: expected a finite number >= 0, found {value}"):
            Step(**{"quantum_seconds": 1.0, field: value})

    @data("4 s", None)
    def test_what_is_no_number_is_no_time(self, value: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"quantum_seconds: expected a finite number >= 0, found {value!r}"):
            Step(quantum_seconds=value)  # type: ignore[arg-type]

    @data(0, "0", (0.5,))
    def test_places_are_given_as_a_tuple(self, after: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "after: expected places in the workload"):
            Step(quantum_seconds=1, after=after)  # type: ignore[arg-type]

    def test_no_steps_are_no_workload(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "at least one step"):
            checked([])

    def test_something_else_than_a_step_is_named(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "found float at place 1"):
            checked([Step(quantum_seconds=1), 2.0])  # type: ignore[list-item]

    @data(3, -1)
    def test_a_step_that_does_not_exist_cannot_be_waited_for(self, other: int) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"Step 0 waits for step {other}.*expected 0 to 1"):
            checked([Step(quantum_seconds=1, after=(other,)), Step(quantum_seconds=1)])

    def test_steps_that_wait_for_each_other_are_told_in_their_order(self) -> None:
        steps = [Step(quantum_seconds=1, after=(2,)), Step(quantum_seconds=1, after=(0,)), Step(quantum_seconds=1, after=(1,))]
        with self.assertRaisesRegex(IBMInputValueError, "0 waits for 2 waits for 1 waits for 0|1 .* 0 .* 2|2 .* 1 .* 0"):
            checked(steps)

    def test_a_step_cannot_wait_for_itself(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "0 waits for 0"):
            checked([Step(quantum_seconds=1, after=(0,))])

    def test_a_step_may_wait_for_a_later_one(self) -> None:
        steps = (Step(quantum_seconds=1, after=(1,)), Step(quantum_seconds=1))
        self.assertEqual(checked(steps), steps)
