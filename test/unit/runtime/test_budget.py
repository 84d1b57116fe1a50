"""What an instance used, as IBM's API says it."""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta, timezone

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.runtime import budget
from qiskit_local_runtime.runtime.settings import RuntimeSettings

_NOON = datetime(2026, 3, 1, 13, 0, 0, 500, tzinfo=timezone(timedelta(hours=1)))


class TestJson(unittest.TestCase):
    """:func:`as_json`."""

    def test_without_a_budget_there_are_no_limits(self) -> None:
        found = budget.as_json(RuntimeSettings(), "mine", 12.5, _NOON)
        self.assertEqual(
            found,
            {
                "instance_id": "mine",
                "plan_id": "paid",
                "usage_consumed_seconds": 12.5,
                "usage_period": {"start_time": "2026-02-01T12:00:00.000500Z", "end_time": "2026-03-01T12:00:00.000500Z"},
                "usage_limit_reached": False,
            },
        )

    def test_a_budget_is_a_limit_that_is_reached_when_nothing_remains(self) -> None:
        settings = RuntimeSettings(budget=30.0)
        for spent, remaining, reached in ((12.0, 18.0, False), (30.0, 0.0, True), (31.0, 0.0, True)):
            found = budget.as_json(settings, "mine", spent, _NOON)
            self.assertEqual((found["usage_limit_seconds"], found["usage_allocation_seconds"]), (30.0, 30.0))
            self.assertEqual((found["usage_remaining_seconds"], found["usage_limit_reached"]), (remaining, reached))


class TestCheck(unittest.TestCase):
    """:func:`check_spent`."""

    def test_a_job_is_refused_when_the_whole_budget_is_used(self) -> None:
        settings = RuntimeSettings(budget=30.0)
        budget.check_spent(settings, "mine", 29.9)
        with self.assertRaisesRegex(IBMRuntimeError, "'mine' has used 30.0 of 30 seconds in 28 days"):
            budget.check_spent(settings, "mine", 30.0)

    def test_without_a_budget_nothing_is_too_much(self) -> None:
        budget.check_spent(RuntimeSettings(), "mine", 1e9)


if __name__ == "__main__":
    unittest.main()
