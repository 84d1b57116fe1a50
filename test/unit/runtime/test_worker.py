"""One job's way through a worker."""

from __future__ import annotations

import threading
import unittest
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qiskit.primitives import PrimitiveResult

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines.base import RoutineTools
from qiskit_local_runtime.runtime.ticket import Ticket
from qiskit_local_runtime.runtime.worker import RAN_TOO_LONG, Surroundings, work
from qiskit_local_runtime.testing import FakeClock
from test.support.backends import CountsBackend


class _Routine:
    name = "sampler"

    def __init__(self, body: Callable[[RoutineTools], Any]) -> None:
        self.body = body

    def accept(self, request: Request) -> None:
        """Anything goes."""

    def estimate(self, request: Request) -> float | None:
        return None

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult:
        result: PrimitiveResult = self.body(tools)
        return result


class TestWork(unittest.TestCase):
    """What is written down."""

    def setUp(self) -> None:
        self.clock = FakeClock()
        self.rows = [Job(id="it", routine="sampler", backend_name="aer", created=self.clock.now())]
        self.kept: list[Any] = []
        self.ticket = Ticket("it", Request(routine="sampler", backend=None, pubs=(), settings=None, seed=0))

    def work(self, body: Callable[[RoutineTools], Any], after: Any = None) -> Job:
        def change(function: Callable[[Job], Job]) -> None:
            self.rows.append(function(self.rows[-1]))

        around = Surroundings(lambda request: InlineEngine(), self.clock, after=after)
        assert self.ticket.request is not None
        work(self.ticket, self.ticket.request, _Routine(body), around, change, lambda _, result: self.kept.append(result))
        return self.rows[-1]

    def test_every_step_leaves_a_row(self) -> None:
        def body(tools: RoutineTools) -> str:
            tools.phase("on the QPU")
            self.clock.advance(3)
            tools.busy(1)
            tools.busy(2)
            return "result"

        last = self.work(body)
        self.assertEqual([row.status for row in self.rows], ["INITIALIZING", *["RUNNING"] * 4, "DONE"])
        self.assertEqual((last.busy_seconds, last.phase, last.error, self.kept), (3, "", "", ["result"]))
        assert last.running is not None and last.finished is not None
        self.assertEqual((last.finished - last.running).total_seconds(), 3)

    def test_a_job_cancelled_before_it_starts_does_nothing(self) -> None:
        self.ticket.token.cancel()
        last = self.work(lambda tools: self.fail("it ran"))
        self.assertEqual((last.status, last.error, self.kept), ("CANCELLED", "cancelled", []))

    def test_a_job_cancelled_in_its_last_moment_keeps_no_result(self) -> None:
        last = self.work(lambda tools: self.ticket.token.cancel())
        self.assertEqual((last.status, self.kept), ("CANCELLED", []))

    def test_a_job_that_ran_too_long_is_cancelled_for_that_reason(self) -> None:
        last = self.work(lambda tools: self.ticket.token.cancel(RAN_TOO_LONG))
        self.assertEqual((last.status, last.reason), ("CANCELLED", RAN_TOO_LONG))

    def test_only_time_on_the_qpu_counts_towards_the_limit(self) -> None:
        watches: list[Any] = []

        def after(seconds: float, call: Callable[[], object]) -> Callable[[], None]:
            watches.append(seconds)
            return lambda: watches.append("stopped")

        def body(tools: RoutineTools) -> str:
            for phase, seconds in (("pre-processing", 7), ("on the QPU", 3), ("post-processing", 90), ("on the QPU", 1)):
                tools.phase(phase)
                self.clock.advance(seconds)
            return "kept"

        assert self.ticket.request is not None
        self.ticket.request = replace(self.ticket.request, max_execution_time=5.0)
        self.assertEqual(self.work(body, after).status, "DONE")
        self.assertEqual(watches, [5.0, "stopped", 2.0, "stopped"])

    def test_a_job_is_charged_at_most_what_it_may_use(self) -> None:
        assert self.ticket.request is not None
        self.ticket.request = replace(self.ticket.request, max_execution_time=5.0)

        def modelled(tools: RoutineTools) -> None:
            for _ in range(3):
                self.ticket.row = self.rows[-1]
                tools.quantum(4.0)

        def measured(tools: RoutineTools) -> None:
            tools.busy(7.0)
            self.ticket.token.cancel(RAN_TOO_LONG)

        last = self.work(modelled)
        self.assertEqual((last.status, last.reason, last.quantum_seconds), ("CANCELLED", RAN_TOO_LONG, 5.0))
        self.setUp()
        self.ticket.request = replace(self.ticket.request, max_execution_time=5.0)
        self.assertEqual(self.work(measured).busy_seconds, 5.0)

    def test_a_cancelled_job_does_not_wait_for_a_backends_own_run_nor_heed_what_it_says_later(self) -> None:
        going, go_on, gone = threading.Event(), threading.Event(), threading.Event()
        raised: list[BaseException] = []

        def body(tools: RoutineTools) -> str:
            tools.phase("on the QPU")
            going.set()
            go_on.wait(10)
            for say in (lambda: tools.phase("post-processing"), lambda: tools.busy(3.0), lambda: tools.quantum(1.0)):
                try:
                    say()
                except Cancelled as error:
                    raised.append(error)
            gone.set()
            raise RuntimeError("it failed after all")

        def cancel() -> None:
            going.wait(10)
            self.ticket.token.cancel()

        assert self.ticket.request is not None
        self.ticket.request = replace(self.ticket.request, backend=CountsBackend())
        threading.Thread(target=cancel).start()
        last = self.work(body)
        self.assertEqual((last.status, last.busy_seconds, go_on.is_set()), ("CANCELLED", 0.0, False))
        go_on.set()
        self.assertTrue(gone.wait(10))
        self.assertEqual((self.rows[-1], len(raised)), (last, 3))

    def test_a_backends_own_run_that_ends_in_time_is_heard(self) -> None:
        assert self.ticket.request is not None
        self.ticket.request = replace(self.ticket.request, backend=CountsBackend())
        self.assertEqual((self.work(lambda tools: "result").status, self.kept), ("DONE", ["result"]))
        last = self.work(_raising(ValueError("bad")))
        self.assertEqual((last.status, last.error), ("ERROR", "ValueError: bad"))

    def test_whatever_is_raised_is_kept_as_the_cause(self) -> None:
        for error in (ValueError("bad"), MemoryError("full"), SystemExit(3), KeyboardInterrupt()):
            self.ticket.cause = None
            with self.subTest(error=error):
                last = self.work(_raising(error))
                self.assertIs(self.ticket.cause, error)
                self.assertEqual((last.status, last.error), ("ERROR", f"{type(error).__name__}: {error}"))


class TestTicket(unittest.TestCase):
    """Tickets are compared by identity."""

    def test_two_tickets_of_equal_content_differ(self) -> None:
        request, token = Request(routine="sampler", backend=None, pubs=(), settings=None, seed=0), CancelToken()
        self.assertNotEqual(Ticket("it", request, token), Ticket("it", request, token))


def _raising(error: BaseException) -> Callable[[RoutineTools], Any]:
    def body(tools: RoutineTools) -> Any:
        raise error

    return body
