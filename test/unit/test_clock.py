"""A clock that jumps."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime

from qiskit_local_runtime.clock import VirtualClock

START = datetime(2026, 1, 1, tzinfo=UTC)


class _Watcher:
    """Wants to be told at some times, and writes down when it was."""

    def __init__(self, clock: VirtualClock, *due: float) -> None:
        self.clock, self.due = clock, [START.timestamp() + seconds for seconds in due]
        self.told: list[float] = []
        self.settled = 0

    def deadline(self) -> float | None:
        return self.due[0] if self.due else None

    def tick(self) -> None:
        now = self.clock.now().timestamp()
        while self.due and self.due[0] <= now:
            self.due.pop(0)
            self.told.append(round(self.clock.monotonic(), 3))

    def settle(self) -> None:
        self.settled += 1


class TestVirtualClock(unittest.TestCase):
    """Deadlines come in order, each at its own time."""

    def test_it_stands_still_until_it_is_moved(self) -> None:
        clock = VirtualClock(START)
        self.assertEqual((clock.now(), clock.monotonic()), (START, 0))
        clock.advance(1.5)
        self.assertEqual((clock.now().microsecond, clock.monotonic()), (500_000, 1.5))

    def test_watchers_are_told_at_their_deadlines(self) -> None:
        clock = VirtualClock(START)
        one, other = _Watcher(clock, 1, 5, 5, 20), _Watcher(clock, 3)
        clock.watch(one)
        clock.watch(other)
        clock.advance(10)
        self.assertEqual((one.told, other.told, clock.monotonic()), ([1, 5, 5], [3], 10))
        self.assertEqual(one.settled, 0)
        clock.sleep(10)
        self.assertEqual((one.told[-1], round(clock.monotonic(), 3)), (20, 20))
        self.assertGreater(one.settled, 0)

    def test_eight_hours_of_deadlines_of_odd_lengths_end(self) -> None:
        clock = VirtualClock(START)
        watcher = _Watcher(clock, *(i / 7 for i in range(1, 2000)))
        clock.watch(watcher)
        clock.advance(8 * 3600)
        self.assertEqual(len(watcher.told), 1999)

    def test_it_does_not_run_backwards(self) -> None:
        for move in (VirtualClock().advance, VirtualClock().sleep):
            with self.assertRaisesRegex(ValueError, "does not run backwards"):
                move(-1)

    def test_a_forgotten_watcher_is_told_nothing(self) -> None:
        clock = VirtualClock(START)
        clock.watch(_Watcher(clock, 1))
        clock.advance(2)
