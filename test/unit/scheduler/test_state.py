"""The contract of the execution modes, one example for each of its sentences."""

from __future__ import annotations

import unittest

from qiskit_local_runtime.scheduler import Refused
from qiskit_local_runtime.scheduler import commands as cmd
from qiskit_local_runtime.scheduler import events as ev

from .story import Story


class TestJobMode(unittest.TestCase):
    """Single jobs."""

    def test_one_job_runs_at_once_and_the_others_wait_in_order(self) -> None:
        story = Story()
        self.assertEqual(story.submit("a", "b", "c"), ["start a"])
        self.assertEqual([story.state.position(job) for job in "abc"], [None, 1, 2])
        self.assertEqual(story.finish("a"), ["start b"])

    def test_as_many_single_jobs_run_at_once_as_the_backend_is_told(self) -> None:
        story = Story(at_once=2)
        self.assertEqual(story.submit("a", "b", "c"), ["start a", "start b"])
        self.assertEqual(story.tell(ev.Configured("qpu", at_once=3)), ["start c"])

    def test_never_more_jobs_than_lanes(self) -> None:
        story = Story(lanes=2, at_once=9)
        self.assertEqual(story.submit("a", "b", "c"), ["start a", "start b"])

    def test_backends_do_not_wait_for_each_other(self) -> None:
        story = Story()
        story.submit("a")
        self.assertEqual(story.tell(ev.Submitted("b", "another")), ["start b"])

    def test_a_cancelled_job_in_the_queue_is_settled_and_a_running_one_is_interrupted(self) -> None:
        story = Story()
        story.submit("a", "b")
        self.assertEqual(story.cancel("b"), ["CANCELLED b"])
        self.assertEqual(story.cancel("a"), ["interrupt a"])
        self.assertEqual(story.finish("a"), [])

    def test_nothing_happens_to_a_job_that_has_ended_when_it_is_cancelled(self) -> None:
        story = Story()
        story.submit("a")
        story.finish("a")
        self.assertEqual(story.cancel("a", "never was"), [])


class TestQpu(unittest.TestCase):
    """The one thing only one job has."""

    def test_quantum_parts_are_packed_one_after_the_other(self) -> None:
        story = Story()
        story.open("b", "batch")
        self.assertEqual(story.submit("a", "b", "c", to="b"), ["start a", "start b", "start c"])
        self.assertEqual(story.ready("b", "c", "a"), ["grant b"])
        self.assertEqual(story.released("b"), ["grant a"])
        self.assertEqual(story.finish("a"), ["grant c"])

    def test_the_jobs_of_the_window_have_the_qpu_before_others(self) -> None:
        story = Story(at_once=2)
        story.submit("single")
        story.open("b", "batch")
        story.submit("b1", "b2", "b3", to="b")
        self.assertEqual(story.ready("b1", "b2", "single", "b3"), ["grant b1", "grant b2"])
        self.assertEqual(story.released("b1"), ["grant b3"])
        self.assertEqual(story.released("b2"), ["grant single"])

    def test_a_session_has_one_job_on_the_qpu_whatever_the_backend_could_do(self) -> None:
        story = Story(at_once=3)
        story.open("s", "dedicated")
        story.submit("s1", "s2", to="s")
        self.assertEqual(story.ready("s1", "s2"), ["grant s1"])

    def test_a_job_may_end_without_ever_wanting_the_qpu(self) -> None:
        story = Story()
        story.submit("a", "b")
        self.assertEqual(story.finish("a"), ["start b"])


class TestSession(unittest.TestCase):
    """Nobody else in between."""

    def test_it_waits_for_an_empty_backend_and_is_not_overtaken(self) -> None:
        story = Story(at_once=2)
        story.submit("a")
        story.open("s", "dedicated")
        self.assertEqual(story.submit("s1", to="s"), [])
        self.assertEqual(story.submit("later"), [])
        self.assertEqual(story.submit("other", instance="used nothing"), [])
        self.assertEqual(story.finish("a", usage=9.0), ["start s1"])

    def test_it_gives_way_when_its_waiting_jobs_are_cancelled(self) -> None:
        story = Story(at_once=2)
        story.submit("a")
        story.open("s", "dedicated")
        story.submit("s1", to="s")
        story.submit("later")
        self.assertEqual(story.cancel("s1"), ["CANCELLED s1", "start later"])

    def test_no_stranger_starts_while_its_window_is_open(self) -> None:
        story = Story(at_once=5)
        story.open("s", "dedicated")
        story.submit("s1", to="s")
        self.assertEqual(story.submit("a"), [])
        self.assertEqual(story.finish("s1"), [])
        story.now = 30.0
        self.assertEqual(story.submit("s2", to="s"), ["start s2"])

    def test_its_jobs_fill_the_lanes(self) -> None:
        story = Story(lanes=2)
        story.open("s", "dedicated")
        self.assertEqual(story.submit("s1", "s2", "s3", to="s"), ["start s1", "start s2"])
        self.assertEqual(story.finish("s2"), ["start s3"])

    def test_its_usage_is_the_wall_clock_of_its_windows(self) -> None:
        story = Story()
        story.open("s", "dedicated")
        story.now = 100.0
        story.submit("s1", to="s")
        story.now = 110.0
        story.finish("s1", usage=3.0)
        story.at(500.0)
        self.assertEqual((story.is_state("s"), story.usage("s")), ("inactive", 70.0))
        story.submit("s2", to="s")
        story.close("s")
        story.now = 505.0
        story.finish("s2", usage=1.0)
        self.assertEqual((story.is_state("s"), story.usage("s")), ("closed", 75.0))


class TestBatch(unittest.TestCase):
    """Front of the queue, not alone."""

    def test_once_it_has_started_its_jobs_go_before_all_others(self) -> None:
        story = Story(lanes=2)
        story.open("b", "batch")
        story.submit("b1", "b2", to="b")
        story.submit("single")
        story.submit("b3", to="b")
        self.assertEqual(story.finish("b1"), ["start b3"])
        self.assertEqual(story.finish("b2"), ["start single"])

    def test_it_waits_in_the_normal_queue_until_then(self) -> None:
        story = Story()
        story.submit("a", "b")
        story.open("batch", "batch")
        self.assertEqual(story.submit("b1", to="batch"), [])
        self.assertEqual(story.finish("a"), ["start b", "start b1"])

    def test_single_jobs_fill_the_lanes_it_leaves_free(self) -> None:
        story = Story()
        story.open("b", "batch")
        story.submit("b1", to="b")
        self.assertEqual(story.submit("a", "c"), ["start a"])

    def test_no_session_and_no_other_batch_starts_beside_it(self) -> None:
        story = Story()
        story.open("b", "batch")
        story.submit("b1", to="b")
        story.open("other", "batch")
        story.open("s", "dedicated")
        self.assertEqual(story.submit("o1", to="other"), [])
        self.assertEqual(story.submit("a"), ["start a"])
        self.assertEqual(story.submit("s1", to="s"), [])
        story.finish("a")
        self.assertEqual(story.submit("after the session"), [])

    def test_its_usage_is_the_sum_of_its_jobs(self) -> None:
        story = Story()
        story.open("b", "batch")
        story.submit("b1", "b2", to="b")
        story.now = 500.0
        story.finish("b1", "b2", usage=3.0)
        self.assertEqual(story.usage("b"), 6.0)


class TestInteractiveTime(unittest.TestCase):
    """How long a window may stand with nothing to do."""

    def setUp(self) -> None:
        self.story = Story()
        self.story.open("s", "dedicated", idle=60.0)
        self.story.submit("s1", to="s")
        self.story.submit("waits")
        self.story.now = 10.0
        self.story.finish("s1")

    def test_no_clock_runs_before_the_first_job(self) -> None:
        story = Story()
        story.open("s", "dedicated", max_time=5.0, idle=5.0)
        self.assertIsNone(story.state.deadline)
        self.assertEqual(story.is_state("s"), "open")

    def test_when_it_runs_out_normal_selection_resumes(self) -> None:
        self.assertEqual(self.story.state.deadline, 70.0)
        self.assertEqual(self.story.at(69.9), [])
        self.assertEqual(self.story.at(70.0), ["start waits"])
        self.assertEqual(self.story.is_state("s"), "inactive")

    def test_a_new_job_stops_it(self) -> None:
        self.story.now = 69.0
        self.assertEqual(self.story.submit("s2", to="s"), ["start s2"])
        self.assertEqual(self.story.at(500.0), [])
        self.assertEqual(self.story.is_state("s"), "active")

    def test_the_next_job_goes_through_the_queue_and_reactivates(self) -> None:
        self.story.at(100.0)
        self.assertEqual(self.story.submit("s2", to="s"), [])
        self.story.now = 120.0
        self.assertEqual(self.story.finish("waits"), ["start s2"])
        self.assertEqual(self.story.is_state("s"), "active")
        self.assertEqual(self.story.state.groups["s"].activated_at, 120.0)

    def test_a_tick_that_comes_late_acts_at_its_own_time(self) -> None:
        self.assertEqual(self.story.at(900.0), ["start waits"])
        self.assertEqual(self.story.usage("s"), 70.0)

    def test_a_job_that_comes_when_it_has_run_out_comes_too_late(self) -> None:
        self.story.now = 70.0
        self.assertEqual(self.story.submit("s2", to="s"), ["start waits"])


class TestMaximumTime(unittest.TestCase):
    """The clock that never stops."""

    def setUp(self) -> None:
        self.story = Story(lanes=1)
        self.story.open("s", "dedicated", max_time=100.0)
        self.story.submit("s1", "s2", to="s")
        self.story.submit("waits")

    def test_queued_jobs_fail_and_say_why(self) -> None:
        self.assertEqual(self.story.at(100.0), ["ERROR s2"])
        settled = next(command for command in self.story.commands if isinstance(command, cmd.Settle))
        self.assertIn("maximum time", settled.reason)
        self.assertEqual((self.story.is_state("s"), self.story.state.groups["s"].closed_at), ("closed", 100.0))

    def test_running_jobs_complete_and_keep_the_window(self) -> None:
        self.story.at(150.0)
        self.story.now = 160.0
        self.assertEqual(self.story.finish("s1"), ["start waits"])
        self.assertEqual((self.story.usage("s"), self.story.state.groups["s"].closed_at), (160.0, 100.0))

    def test_no_new_job_is_accepted(self) -> None:
        self.story.at(100.0)
        with self.assertRaises(Refused):
            self.story.submit("s3", to="s")

    def test_it_does_not_pause_while_inactive(self) -> None:
        story = Story()
        story.open("s", "dedicated", max_time=100.0, idle=10.0)
        story.submit("s1", to="s")
        story.finish("s1")
        story.at(50.0)
        story.submit("s2", to="s")
        story.finish("s2")
        story.at(99.0)
        self.assertEqual(story.state.deadline, 100.0)
        story.at(100.0)
        self.assertEqual((story.is_state("s"), story.usage("s")), ("closed", 20.0))


class TestClosing(unittest.TestCase):
    """No more jobs."""

    def setUp(self) -> None:
        self.story = Story(lanes=1)
        self.story.open("s", "dedicated")

    def test_queued_and_running_jobs_complete_with_the_same_priority(self) -> None:
        self.story.submit("s1", "s2", to="s")
        self.story.submit("waits")
        self.assertEqual(self.story.close("s"), [])
        self.assertEqual(self.story.close("s"), [], "closing twice is fine")
        self.assertEqual(self.story.finish("s1"), ["start s2"])
        self.assertEqual(self.story.is_state("s"), "active")

    def test_it_is_closed_as_soon_as_the_last_job_ends(self) -> None:
        self.story.submit("s1", to="s")
        self.story.submit("waits")
        self.story.close("s")
        self.story.now = 5.0
        self.assertEqual(self.story.finish("s1"), ["start waits"])
        self.assertEqual((self.story.is_state("s"), self.story.usage("s")), ("closed", 5.0))

    def test_with_nothing_outstanding_it_is_closed_at_once(self) -> None:
        self.story.close("s")
        self.assertEqual(self.story.is_state("s"), "closed")

    def test_a_closed_workload_refuses_jobs_and_nothing_changes(self) -> None:
        self.story.submit("s1", to="s")
        self.story.close("s")
        with self.assertRaises(Refused):
            self.story.submit("s2", to="s")
        self.assertEqual(list(self.story.state.jobs), ["s1"])
        self.assertEqual(self.story.finish("s1"), [])

    def test_a_job_accepted_before_a_crash_is_taken_all_the_same(self) -> None:
        self.story.submit("s1", to="s")
        self.story.close("s")
        self.story.tell(ev.Submitted("s2", "qpu", "local", "s", again=True))
        self.assertEqual(self.story.finish("s1"), ["start s2"])

    def test_abandoned_it_is_closed_at_once_and_running_jobs_complete(self) -> None:
        self.story.submit("s1", "s2", to="s")
        self.story.submit("waits")
        self.assertEqual(self.story.abandon("s"), ["CANCELLED s2"])
        self.assertEqual(self.story.is_state("s"), "closed")
        self.assertEqual(self.story.finish("s1"), ["start waits"])
        self.assertEqual(self.story.abandon("s"), [])


if __name__ == "__main__":
    unittest.main()
