"""Workloads read from rows of jobs."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime, timedelta
from typing import Any

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.whatif import compare_modes, recorded

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def job(name: str, created: float, running: float | None, finished: float | None, **fields: Any) -> Job:
    def time(seconds: float | None) -> datetime | None:
        return None if seconds is None else BEGIN + timedelta(seconds=seconds)

    known = {"status": "DONE", "busy_seconds": 1.0, **fields}
    return Job(
        id=name,
        routine="sampler",
        backend_name="b",
        created=BEGIN + timedelta(seconds=created),
        running=time(running),
        finished=time(finished),
        **known,
    )


class TestRecorded(unittest.TestCase):
    """What waited for what, and how long was thought about it."""

    def test_jobs_one_after_the_other_are_a_chain_with_think_times(self) -> None:
        steps = recorded([job("a", 0, 1, 4), job("b", 9, 9, 12), job("c", 14, 15, 18)])
        self.assertEqual([step.after for step in steps], [(), (0,), (1,)])
        self.assertEqual([step.think_seconds for step in steps], [0, 5, 2])
        self.assertEqual([step.name for step in steps], ["a", "b", "c"])

    def test_jobs_submitted_together_wait_for_nothing(self) -> None:
        steps = recorded([job("a", 0, 1, 4), job("b", 0.5, 4, 7), job("c", 1, 7, 10)])
        self.assertEqual([step.after for step in steps], [(), (), ()])
        self.assertEqual([step.think_seconds for step in steps], [0, 0.5, 1])

    def test_a_job_waits_for_all_jobs_of_the_round_before(self) -> None:
        steps = recorded([job("a", 0, 0, 2), job("b", 3, 3, 5), job("c", 3, 5, 8), job("d", 9, 9, 10)])
        self.assertEqual([step.after for step in steps], [(), (0,), (0,), (1, 2)])
        self.assertEqual(steps[3].think_seconds, 1)

    def test_rows_come_in_any_order(self) -> None:
        rows = [job("a", 0, 1, 4), job("b", 9, 9, 12)]
        self.assertEqual(recorded(reversed(rows)), recorded(rows))

    def test_two_threads_are_told_apart_by_their_tags(self) -> None:
        rows = [
            job("a", 0, 0, 2, tags=("x",)),
            job("b", 1, 2, 4, tags=("y",)),
            job("c", 3, 4, 6, tags=("x",)),
            job("d", 5, 6, 8, tags=("y",)),
        ]
        self.assertEqual([step.after for step in recorded(rows, by_tags=True)], [(), (), (0,), (1,)])
        self.assertEqual([step.think_seconds for step in recorded(rows, by_tags=True)], [0, 1, 1, 1])

    def test_modelled_quantum_time_goes_before_the_measured_one(self) -> None:
        measured, modelled = recorded([job("a", 0, 0, 3), job("b", 0, 3, 6, quantum_seconds=2.5)])
        self.assertEqual((measured.quantum_seconds, modelled.quantum_seconds), (1.0, 2.5))

    def test_time_in_the_lane_beyond_the_measured_one_is_classical_work(self) -> None:
        step = recorded([job("a", 0, 10, 13, quantum_seconds=20)])[0]
        self.assertEqual((step.before_seconds, step.quantum_seconds, step.after_seconds), (2, 20, 0))

    def test_a_job_that_never_ran_is_left_out(self) -> None:
        steps = recorded([job("a", 0, 0, 3), job("b", 1, None, 2, status="CANCELLED")])
        self.assertEqual([step.name for step in steps], ["a"])

    def test_a_job_that_has_not_ended_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Job b is RUNNING.*wait for its result"):
            recorded([job("a", 0, 0, 3), job("b", 1, 3, None, status="RUNNING")])

    def test_no_jobs_are_no_workload(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "at least one job that ran, found none among 0"):
            recorded([])

    def test_a_recorded_workload_on_an_empty_backend_takes_the_time_it_took(self) -> None:
        rows = [job("a", 0, 0, 3), job("b", 5, 5, 9), job("c", 10, 10, 12)]
        self.assertEqual(compare_modes(recorded(rows), modes=["job"])["job"].wall_seconds, 12)
