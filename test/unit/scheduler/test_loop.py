"""The loop that drives the machine."""

from __future__ import annotations

import threading
import time
import unittest
from collections.abc import Callable
from datetime import UTC, datetime

from qiskit_local_runtime.clock import SystemClock, VirtualClock
from qiskit_local_runtime.scheduler import IllegalEvent, Refused, State
from qiskit_local_runtime.scheduler.commands import Changed, Command, Grant, Interrupt, Start
from qiskit_local_runtime.scheduler.events import Abandoned, Cancelled, Finished, Opened, Ready, Submitted
from qiskit_local_runtime.scheduler.loop import Loop
from test.support.groups import in_time


class _Adjusted(SystemClock):
    """A computer's clock that somebody sets, beside one nobody can."""

    def __init__(self) -> None:
        self.wall, self.steady = 1e9, 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.wall, UTC)

    def monotonic(self) -> float:
        return self.steady


class TestLoop(unittest.TestCase):
    """Events in, commands carried out."""

    def loop(self, clock: SystemClock | VirtualClock | None = None) -> Loop:
        self.seen: list[Command] = []
        self.later: list[str] = []

        def perform(command: Command) -> Callable[[], object] | None:
            self.seen.append(command)
            return (lambda: self.later.append(command.job)) if isinstance(command, Interrupt) else None

        loop = Loop(State(), clock if clock is not None else VirtualClock(), perform)
        self.addCleanup(loop.close)
        return loop

    def test_commands_are_carried_out_in_order_before_posting_returns(self) -> None:
        loop = self.loop()
        loop.post(Submitted("a", "q"), Ready("a"), Finished("a"))
        self.assertEqual(self.seen, [Start("a"), Grant("a")])

    def test_what_may_take_long_is_done_after_the_machine_goes_on(self) -> None:
        loop = self.loop()
        loop.post(Submitted("a", "q"), Cancelled("a"))
        self.assertEqual((self.seen, self.later), ([Start("a"), Interrupt("a")], ["a"]))

    def test_refusals_reach_the_one_who_brought_the_event(self) -> None:
        loop = self.loop()
        loop.post(Opened("s", "dedicated", "q", "i", 10, 1), Abandoned("s"))
        with self.assertRaisesRegex(Refused, "closed"):
            loop.post(Submitted("a", "q", workload="s"))
        with self.assertRaisesRegex(IllegalEvent, "does not run"):
            loop.post(Finished("a"))

    def test_a_virtual_clock_brings_deadlines(self) -> None:
        clock = VirtualClock()
        loop = self.loop(clock)
        loop.post(Opened("s", "dedicated", "q", "i", 100, 10), Submitted("a", "q", workload="s"), Finished("a"))
        clock.advance(9)
        self.assertEqual(loop.ask(lambda state: state.groups["s"].state), "active")
        clock.advance(1)
        self.assertEqual(loop.ask(lambda state: state.groups["s"].state), "inactive")
        clock.advance(90)
        self.assertEqual(loop.ask(lambda state: state.groups["s"].state), "closed")

    def test_deadlines_pass_when_the_clock_is_set_back(self) -> None:
        clock = _Adjusted()
        loop = self.loop(clock)
        loop.post(Opened("s", "dedicated", "q", "i", 100, 10), Submitted("a", "q", workload="s"))
        clock.wall -= 3600
        clock.steady += 5
        loop.post(Finished("a"))
        clock.steady += 10.5
        loop.tick()
        group = loop.ask(lambda state: state.groups["s"])
        self.assertEqual((group.state, round(group.usage, 3)), ("inactive", 15.0))
        clock.wall += 7200
        self.assertEqual(loop.now(), clock.wall)

    def test_the_system_clock_brings_deadlines_through_a_thread_that_ends(self) -> None:
        loop, closed = self.loop(SystemClock()), threading.Event()

        def perform(command: Command) -> None:
            if isinstance(command, Changed) and loop.state.groups["s"].state == "closed":
                closed.set()

        loop._perform = perform
        loop.post(Opened("s", "dedicated", "q", "i", 0.05, 0.01), Submitted("a", "q", workload="s"), Finished("a"))
        self.assertTrue(closed.wait(10))
        loop.close()
        self.assertNotIn("qiskit-local-runtime deadlines", [thread.name for thread in threading.enumerate()])

    def test_a_thread_that_sleeps_is_woken_for_a_nearer_deadline_and_not_for_a_farther_one(self) -> None:
        loop, closed = self.loop(SystemClock()), threading.Event()

        def perform(command: Command) -> None:
            if isinstance(command, Changed) and command.workload == "near" and loop.state.groups["near"].state == "closed":
                closed.set()

        loop._perform = perform
        loop.post(Opened("s", "dedicated", "q", "i", 1000, 50), Submitted("a", "q", workload="s"), Finished("a"))
        self.assertTrue(in_time(lambda: bool(loop._sleeps_until)))
        sleeps = loop._sleeps_until
        for name in "bcd":
            loop.post(Submitted(name, "q", workload="s"), Finished(name))
            time.sleep(0.01)
        self.assertLess(sleeps, loop.deadline())
        self.assertEqual(loop._sleeps_until, sleeps)
        loop.post(Opened("near", "dedicated", "p", "i", 0.05, 0.01), Submitted("e", "p", workload="near"), Finished("e"))
        self.assertTrue(closed.wait(10))

    def test_what_could_not_be_written_down_is_written_with_the_next_event_and_keeps_nobody_from_the_rest(self) -> None:
        loop, full = self.loop(), [True]

        def perform(command: Command) -> None:
            if isinstance(command, Changed) and full[0]:
                raise OSError("full")
            self.seen.append(command)

        loop._perform = perform
        with self.assertRaisesRegex(OSError, "full"):
            loop.post(Opened("s", "batch", "q", "i", 100, 10), Submitted("a", "q", workload="s"))
        self.assertEqual(self.seen, [Start("a")])
        full[0] = False
        loop.post(Submitted("b", "q", workload="s"))
        self.assertIn(Changed("s"), self.seen)
        self.assertIn(Start("b"), self.seen)

    def test_a_closed_loop_takes_nothing(self) -> None:
        loop = self.loop()
        loop.close()
        loop.post(Submitted("a", "q"))
        self.assertEqual((self.seen, loop.deadline()), ([], None))

    def test_settling_waits_until_nothing_runs(self) -> None:
        loop = self.loop()
        loop.post(Submitted("a", "q"))
        waiter = threading.Thread(target=loop.settle)
        waiter.start()
        self.assertTrue(waiter.is_alive())
        loop.post(Finished("a"))
        waiter.join(10)
        self.assertFalse(waiter.is_alive())

    def test_many_threads_bring_events(self) -> None:
        loop = self.loop()

        def work(number: int) -> None:
            for i in range(200):
                loop.post(Submitted(f"{number}-{i}", str(number)), Ready(f"{number}-{i}"), Finished(f"{number}-{i}"))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.seen), 4 * 200 * 2)
