"""What the machine does about odd clocks, impossible events, and what another process left behind."""

from __future__ import annotations

import unittest

from qiskit_local_runtime.scheduler import IllegalEvent, Refused
from qiskit_local_runtime.scheduler import events as ev

from .story import Story


class TestClock(unittest.TestCase):
    """Time is an argument."""

    def test_a_clock_that_was_set_back_stands_still(self) -> None:
        story = Story()
        story.open("s", "dedicated")
        story.at(100.0)
        story.now = 20.0
        story.submit("s1", to="s")
        self.assertEqual(story.state.groups["s"].started_at, 100.0)

    def test_a_refusal_carries_what_was_due_before_it(self) -> None:
        story = Story()
        story.open("s", "dedicated", max_time=10.0)
        story.submit("s1", to="s")
        story.now = 10.0
        with self.assertRaises(Refused) as caught:
            story.submit("s2", to="s")
        self.assertEqual(len(caught.exception.commands), 1)
        self.assertEqual(story.is_state("s"), "closed")


class TestImpossible(unittest.TestCase):
    """Faults of the caller tell the job's story."""

    def test_a_job_that_is_not_where_the_event_says_is_told_from_its_start(self) -> None:
        story = Story()
        story.submit("a")
        story.ready("a")
        with self.assertRaisesRegex(IllegalEvent, "Job a cannot be ready.*on the QPU.*submitted, started, ready, granted"):
            story.ready("a")
        self.assertEqual(story.released("a"), [], "nothing has changed")

    def test_nothing_ends_that_does_not_run(self) -> None:
        story = Story()
        story.submit("a", "b")
        with self.assertRaisesRegex(IllegalEvent, "Job b finished but does not run.*queued"):
            story.finish("b")
        with self.assertRaises(IllegalEvent):
            story.finish("unknown")

    def test_nothing_comes_twice(self) -> None:
        story = Story()
        story.submit("a")
        story.open("s", "dedicated")
        with self.assertRaisesRegex(IllegalEvent, "a second time"):
            story.submit("a")
        with self.assertRaisesRegex(IllegalEvent, "a second time"):
            story.open("s", "batch")

    def test_there_is_no_unknown_workload(self) -> None:
        story = Story()
        for event in (story.close, story.abandon):
            with self.assertRaisesRegex(IllegalEvent, "no workload s"):
                event("s")
        with self.assertRaises(Refused):
            story.submit("s1", to="s")


class TestRestored(unittest.TestCase):
    """What a process left behind goes on as if time had passed."""

    def setUp(self) -> None:
        self.story = Story()
        self.opened = ev.Opened("s", "dedicated", "qpu", "local", 1000.0, 60.0)

    def test_an_open_window_is_open_again_for_its_jobs(self) -> None:
        self.story.now = 300.0
        self.story.tell(ev.Restored(self.opened, "active", True, 100.0, None, 200.0, 7.0))
        self.assertEqual(self.story.submit("stranger"), [])
        self.assertEqual(self.story.submit("s1", to="s"), ["start s1"])
        self.story.close("s")
        self.assertEqual(self.story.finish("s1"), ["start stranger"])
        self.assertEqual(self.story.usage("s"), 107.0)

    def test_an_idle_window_goes_on_idling_and_is_deactivated_at_its_time(self) -> None:
        self.story.now = 300.0
        self.story.tell(ev.Restored(self.opened, "active", True, 100.0, 150.0, 100.0, 0.0))
        self.story.at(300.0)
        self.assertEqual((self.story.is_state("s"), self.story.usage("s")), ("inactive", 110.0))

    def test_the_maximum_time_went_on(self) -> None:
        self.story.now = 5000.0
        self.story.tell(ev.Restored(self.opened, "inactive", True, 100.0, None, None, 7.0))
        self.assertEqual(self.story.state.deadline, 1100.0)
        with self.assertRaises(Refused):
            self.story.submit("s1", to="s")
        self.assertEqual(self.story.usage("s"), 7.0)

    def test_of_two_open_windows_the_second_waits_for_its_turn(self) -> None:
        self.story.tell(ev.Restored(self.opened, "active", True, 0.0, None, 0.0, 0.0))
        other = ev.Opened("t", "dedicated", "qpu", "local", 1000.0, 60.0)
        self.story.tell(ev.Restored(other, "active", True, 0.0, None, 0.0, 0.0))
        self.assertEqual(self.story.submit("t1", to="t"), [])
        self.assertEqual(self.story.submit("s1", to="s"), ["start s1"])


if __name__ == "__main__":
    unittest.main()
