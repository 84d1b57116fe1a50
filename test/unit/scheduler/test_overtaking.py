"""A session that is first in line stays first, whatever its instance uses meanwhile."""

from __future__ import annotations

import unittest

from qiskit_local_runtime.scheduler import State
from qiskit_local_runtime.scheduler.commands import Start
from qiskit_local_runtime.scheduler.events import Closed, Configured, Event, Finished, Opened, Restored, Submitted


def _session(name: str, instance: str = "A") -> Opened:
    return Opened(name, "dedicated", "qpu", instance, 1000.0, 60.0)


class TestOvertaking(unittest.TestCase):
    """Instance A uses time; a later job of instance B, which used none, still waits."""

    def started_by(self, *events: Event) -> list[str]:
        """Jobs that the last of some events starts."""
        state = State()
        for time, event in enumerate(events):
            commands = state.handle(event, float(time))
        return [command.job for command in commands if isinstance(command, Start)]

    def test_while_all_lanes_are_taken(self) -> None:
        started = self.started_by(
            Configured("qpu", lanes=1),
            Submitted("a", "qpu", "A"),
            _session("s"),
            Submitted("s1", "qpu", "A", "s"),
            Submitted("late", "qpu", "B"),
            Finished("a", 5.0),
        )
        self.assertEqual(started, ["s1"])

    def test_in_the_window_of_a_batch(self) -> None:
        started = self.started_by(
            Opened("b", "batch", "qpu", "B", 1000.0, 60.0),
            Submitted("b1", "qpu", "B", "b"),
            Submitted("f", "qpu", "A"),
            _session("s"),
            Submitted("s1", "qpu", "A", "s"),
            Submitted("late", "qpu", "B"),
            Finished("f", 5.0),
        )
        self.assertEqual(started, [])

    def test_in_the_window_of_another_session(self) -> None:
        started = self.started_by(
            _session("t"),
            Submitted("t1", "qpu", "A", "t"),
            _session("s"),
            Submitted("s1", "qpu", "A", "s"),
            Submitted("late", "qpu", "B"),
            Finished("t1"),
            Closed("t"),
        )
        self.assertEqual(started, ["s1"])

    def test_a_restored_window_does_not_open_beside_a_stranger(self) -> None:
        started = self.started_by(
            Submitted("a", "qpu"),
            Restored(_session("s"), "active", True, 0.0, None, 0.0, 0.0),
            Submitted("s1", "qpu", "A", "s", again=True),
        )
        self.assertEqual(started, [])
