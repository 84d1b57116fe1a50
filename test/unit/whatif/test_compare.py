"""Modes compared, with numbers worked out by hand."""

from __future__ import annotations

import itertools
import json
import unittest
from dataclasses import replace

from ddt import data, ddt, unpack

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.whatif import Comparison, OtherLoad, Outcome, Step, chain, compare_modes

LOAD = OtherLoad(jobs_per_hour=60, quantum_seconds=40)
VQE = chain([Step(quantum_seconds=4, before_seconds=1, after_seconds=0.5, think_seconds=3)] * 30)
FIVE = [Step(quantum_seconds=4, before_seconds=6)] * 5


def walls(comparison: Comparison) -> list[float]:
    return [outcome.wall_seconds for outcome in comparison.outcomes]


def usages(comparison: Comparison) -> list[float]:
    return [outcome.usage_seconds for outcome in comparison.outcomes]


class TestAnEmptyBackend(unittest.TestCase):
    """Nobody else is there."""

    def test_one_job_takes_its_own_time_and_only_a_session_is_charged_for_classical_work(self) -> None:
        found = compare_modes([Step(think_seconds=0.25, before_seconds=1, quantum_seconds=2, after_seconds=0.5)])
        self.assertEqual(walls(found), [3.75, 3.75, 3.75])
        self.assertEqual(usages(found), [2, 2, 3.5])
        self.assertEqual([outcome.queue_seconds for outcome in found.outcomes], [0, 0, 0])

    def test_five_jobs_of_a_batch_overlap_their_classical_work_and_single_jobs_do_not(self) -> None:
        found = compare_modes(FIVE)
        self.assertEqual(walls(found), [50, 26, 26])
        self.assertEqual(usages(found), [20, 20, 26])

    def test_queue_times_are_told_per_job(self) -> None:
        single = compare_modes(FIVE, modes=["job"])["job"]
        self.assertEqual([job.queue_seconds for job in single.jobs], [0, 10, 20, 30, 40])
        self.assertEqual((single.queue_seconds, single.longest_queue_seconds), (100, 40))

    def test_jobs_in_lanes_wait_for_the_qpu_one_after_the_other(self) -> None:
        batch = compare_modes(FIVE, modes=["batch"])["batch"]
        self.assertEqual([job.qpu_wait_seconds for job in batch.jobs], [0, 4, 8, 12, 16])
        self.assertEqual(batch.qpu_wait_seconds, 40)

    def test_a_batch_with_two_lanes_works_on_two_jobs_at_a_time(self) -> None:
        # lane 1: 0-10, 10-20, 20-30; lane 2: 0-14, 14-24
        self.assertEqual(walls(compare_modes(FIVE, lanes=2, modes=["batch"])), [30])

    def test_single_jobs_run_side_by_side_where_the_backend_allows_it(self) -> None:
        self.assertEqual(walls(compare_modes(FIVE, at_once=5, modes=["job"])), [10])

    def test_a_step_begins_when_all_that_it_waits_for_have_ended(self) -> None:
        steps = [Step(quantum_seconds=1), Step(quantum_seconds=5), Step(quantum_seconds=2, think_seconds=3, after=(0, 1))]
        found = compare_modes(steps)
        self.assertEqual([outcome.jobs[2].submitted for outcome in found.outcomes], [9, 9, 9])
        self.assertEqual(usages(found), [8, 8, 11])


class TestTimers(unittest.TestCase):
    """Interactive and maximum time."""

    def test_a_session_that_waits_too_long_for_a_thought_is_deactivated_and_charged_for_its_windows_only(self) -> None:
        steps = chain([Step(quantum_seconds=1), Step(quantum_seconds=1, think_seconds=100)])
        session = compare_modes(steps, modes=["session"], interactive_timeout=60)["session"]
        self.assertEqual(session.windows, ((0, 61), (101, 102)))
        self.assertEqual((session.usage_seconds, session.wall_seconds), (62, 102))

    def test_a_session_that_waits_longer_for_a_thought_is_charged_for_it(self) -> None:
        steps = chain([Step(quantum_seconds=1), Step(quantum_seconds=1, think_seconds=100)])
        session = compare_modes(steps, modes=["session"], interactive_timeout=200)["session"]
        self.assertEqual((session.usage_seconds, session.wall_seconds), (102, 102))

    def test_a_job_submitted_after_the_maximum_time_fails_and_what_waits_for_it_does_not_run(self) -> None:
        steps = chain([Step(quantum_seconds=4, think_seconds=4)] * 3)
        session = compare_modes(steps, modes=["session"], max_time=6)["session"]
        self.assertEqual([job.end for job in session.jobs], ["done", "failed", "not run"])
        # its first job starts at 4: from then on 6 seconds; the second comes at 12
        self.assertEqual((session.usage_seconds, session.wall_seconds, session.done), (6, 12, 1))

    def test_at_the_maximum_time_running_jobs_complete_and_queued_ones_fail(self) -> None:
        session = compare_modes([Step(quantum_seconds=4)] * 3, modes=["session"], max_time=6, lanes=1)["session"]
        self.assertEqual([(job.end, job.finished) for job in session.jobs], [("done", 4), ("done", 8), ("failed", 6)])
        self.assertEqual((session.usage_seconds, session.wall_seconds), (8, 8))

    def test_job_mode_knows_no_timers(self) -> None:
        self.assertEqual(compare_modes(VQE, modes=["job"], max_time=1, interactive_timeout=0)["job"].done, 30)


@ddt
class TestAmongOthers(unittest.TestCase):
    """Other users are there."""

    @data(*range(8))
    def test_under_load_a_session_ends_an_iteration_sooner_than_single_jobs_and_costs_more(self, seed: int) -> None:
        found = compare_modes(VQE, other_load=replace(LOAD, jobs_per_hour=80), seed=seed, modes=["job", "session"])
        self.assertLess(found["session"].wall_seconds, found["job"].wall_seconds)
        self.assertGreater(found["session"].usage_seconds, found["job"].usage_seconds)

    @data(*range(8))
    def test_the_wall_time_of_a_chain_is_its_own_time_and_its_waiting(self, seed: int) -> None:
        for outcome in compare_modes(VQE, other_load=LOAD, seed=seed).outcomes:
            waiting = outcome.queue_seconds + outcome.qpu_wait_seconds
            self.assertAlmostEqual(outcome.wall_seconds, 30 * 8.5 + waiting, msg=outcome.mode)

    @data(*range(8))
    def test_the_usage_of_a_session_is_the_length_of_its_windows(self, seed: int) -> None:
        session = compare_modes(VQE, other_load=LOAD, seed=seed)["session"]
        self.assertAlmostEqual(session.usage_seconds, sum(end - start for start, end in session.windows))
        self.assertAlmostEqual(session.usage_seconds, session.wall_seconds - 3 - session.queue_seconds)

    @data(*range(4))
    def test_nobody_else_starts_in_the_window_of_a_session(self, seed: int) -> None:
        session = compare_modes(VQE, other_load=LOAD, seed=seed)["session"]
        starts = [job.started for job in session.others if job.started is not None]
        self.assertTrue(starts)
        for start, end in session.windows:
            self.assertFalse([when for when in starts if start <= when < end])

    @data(*range(4))
    def test_two_jobs_are_never_on_the_qpu_and_never_in_one_lane(self, seed: int) -> None:
        for outcome in compare_modes(FIVE * 4, other_load=replace(LOAD, jobs_per_hour=200), seed=seed).outcomes:
            jobs = [job for job in (*outcome.jobs, *outcome.others) if job.granted is not None]
            self._apart([(job.granted, job.released) for job in jobs])
            for lane in range(5):
                self._apart([(job.started, job.finished) for job in jobs if job.lane == lane])

    def test_a_batch_of_five_ends_sooner_than_five_single_jobs(self) -> None:
        load = OtherLoad(jobs_per_hour=60, quantum_seconds=20, instances=1)
        for seed in range(8):
            found = compare_modes(FIVE, other_load=load, seed=seed)
            self.assertLess(found["batch"].wall_seconds, found["job"].wall_seconds)
            self.assertEqual(found["batch"].usage_seconds, 20)

    def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(self) -> None:
        first, again = (compare_modes(VQE, other_load=LOAD, seed=5) for _ in range(2))
        self.assertEqual(first, again)
        self.assertNotEqual(walls(first), walls(compare_modes(VQE, other_load=LOAD, seed=6)))

    def test_a_backend_without_arrivals_is_an_empty_one(self) -> None:
        nobody = OtherLoad(jobs_per_hour=0, quantum_seconds=1)
        self.assertEqual(compare_modes(VQE, other_load=nobody).rows(), compare_modes(VQE).rows())

    def test_a_day_of_work_among_others_comes_to_its_end(self) -> None:
        steps = chain([Step(quantum_seconds=4, think_seconds=20)] * 1000)
        found = compare_modes(steps, other_load=LOAD, max_time=1e6)
        self.assertEqual([outcome.done for outcome in found.outcomes], [1000, 1000, 1000])
        self.assertGreater(min(walls(found)), 6 * 3600)

    def _apart(self, times: list[tuple[float | None, float | None]]) -> None:
        known = sorted((start, end) for start, end in times if start is not None and end is not None)
        for (_, end), (start, _) in itertools.pairwise(known):
            self.assertLessEqual(end, start)


@ddt
class TestWhatIsAsked(unittest.TestCase):
    """Arguments and the shape of the answer."""

    def test_modes_are_answered_in_the_order_they_were_asked_for(self) -> None:
        found = compare_modes(FIVE, modes=("session", "job"))
        self.assertEqual([outcome.mode for outcome in found.outcomes], ["session", "job"])

    def test_a_mode_that_was_not_asked_for_is_not_there(self) -> None:
        with self.assertRaisesRegex(KeyError, "'batch' was not compared"):
            _ = compare_modes(FIVE, modes=["job"])["batch"]

    def test_rows_are_plain_data(self) -> None:
        rows = compare_modes(FIVE, modes=["job"]).rows()
        self.assertEqual(json.loads(json.dumps(rows)), rows)
        self.assertEqual((rows[0]["mode"], rows[0]["wall_seconds"], rows[0]["jobs_done"]), ("job", 50, 5))

    def test_steps_may_come_from_a_generator(self) -> None:
        self.assertEqual(walls(compare_modes((step for step in FIVE), modes=["job"])), [50])

    @data(
        ({"modes": ["dedicated"]}, "job, batch, session"),
        ({"modes": []}, "found \\[\\]"),
        ({"modes": ["job", "job"]}, "each once"),
        ({"modes": "job"}, "modes: expected"),
        ({"lanes": 0}, "lanes: expected at least 1, found 0"),
        ({"at_once": 0}, "at_once: expected at least 1"),
        ({"max_time": -1.0}, "max_time: expected a finite number >= 0, found -1.0"),
        ({"interactive_timeout": float("nan")}, "interactive_timeout: expected a finite"),
    )
    @unpack
    def test_arguments_that_make_no_sense_are_refused(self, arguments: dict[str, object], text: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, text):
            compare_modes(FIVE, **arguments)  # type: ignore[arg-type]

    def test_an_outcome_belongs_to_the_package(self) -> None:
        self.assertIsInstance(compare_modes(FIVE)["job"], Outcome)
