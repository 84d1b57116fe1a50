"""Sessions and batches, with a clock and an engine moved by hand."""

from __future__ import annotations

import threading
import unittest
import warnings
from typing import Any

from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qiskit_local_runtime import Batch, LocalRuntime, SamplerV2, Session
from qiskit_local_runtime.errors import (
    IBMBackendError,
    IBMInputValueError,
    IBMNotAuthorizedError,
    IBMRuntimeError,
    RuntimeJobCancelledError,
    RuntimeJobFailureError,
)
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.modes.context import current_mode
from qiskit_local_runtime.modes.duration import seconds_of
from qiskit_local_runtime.testing import FakeClock, HandEngine
from test.support.hand import HeldRoutine, request

CIRCUIT = QuantumCircuit(1, 1)
CIRCUIT.measure(0, 0)


class _Unwritable:
    """A runtime whose disk is full."""

    def close_workload(self, workload_id: str) -> None:
        raise IBMRuntimeError("the disk is full")

    def workload(self, workload_id: str) -> None:
        raise IBMRuntimeError("not asked")


class _Elsewhere:
    """Another process's view of a runtime: the backend was an object of the first."""

    def __init__(self, runtime: LocalRuntime) -> None:
        self._runtime = runtime

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)

    def workload_backend(self, workload_id: str) -> Any:
        raise IBMBackendError("it is gone")


class _Case(unittest.TestCase):
    def setUp(self) -> None:
        self.engine, self.clock, self.backend, self.routine = HandEngine(), FakeClock(), AerSimulator(), HeldRoutine()
        self.runtime = LocalRuntime(engine=self.engine, clock=self.clock, routines={"sampler": self.routine})
        self.addCleanup(self.runtime.close)

    def session(self, **fields: Any) -> Session:
        return Session(self.backend, runtime=self.runtime, **fields)

    def single(self, name: str) -> RuntimeJob:
        return RuntimeJob(self.runtime.submit(request(name, self.backend)), self.runtime)

    def step(self, job: RuntimeJob) -> None:
        self.assertTrue(self.engine.wait_for_call())
        self.engine.step()
        job.wait_for_final_state(10)


class TestSession(_Case):
    """One window, nobody else in it."""

    def test_from_pending_to_closed(self) -> None:
        session = self.session(max_time="1h")
        self.assertEqual((session.status(), session.backend(), session.usage()), ("Pending", "aer_simulator", 0))
        job = session.submit(request("a", self.backend))
        self.routine.wait_until_on_the_qpu("a")
        self.assertEqual(session.status(), "In progress, accepting new jobs")
        self.clock.advance(5)
        session.close()
        self.assertEqual(session.status(), "In progress, not accepting new jobs")
        self.step(job)
        self.assertEqual((session.status(), session.usage(), job.session_id), ("Closed", 5, session.session_id))
        session.close()
        details = session.details()
        assert details is not None
        self.assertEqual((details["mode"], details["max_time"], details["interactive_timeout"]), ("dedicated", 3600, 60))
        self.assertEqual([entry["status"] for entry in details["timestamps"]], ["open", "active", "closed"])
        self.assertEqual(details["closed_at"], "2026-01-01T00:00:05+00:00")

    def test_a_single_job_that_waits_for_ones_own_session_is_warned_of_once(self) -> None:
        with LocalRuntime() as runtime:
            sampler = SamplerV2(self.backend, runtime=runtime)
            with Session(self.backend, runtime=runtime) as session:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    sampler.run([CIRCUIT]).result()
                    SamplerV2().run([CIRCUIT]).result()
                    SamplerV2(AerSimulator(), runtime=runtime).run([CIRCUIT]).result()
                with self.assertWarnsRegex(UserWarning, "waits until the session is closed.*mode=session") as caught:
                    jobs = [sampler.run([CIRCUIT])]
                self.assertEqual(caught.filename, __file__)
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    jobs.append(sampler.run([CIRCUIT]))
                    jobs.append(SamplerV2(session).run([CIRCUIT]))
            for job in jobs:
                job.result(timeout=10)

    def test_leaving_the_block_does_not_raise_when_the_session_cannot_be_closed(self) -> None:
        with self.assertLogs("qiskit_local_runtime.modes", "WARNING") as logs, self.session() as session:
            session._id = "gone"
            session._runtime = _Unwritable()  # type: ignore[assignment]
        self.assertIn("could not be closed: the disk is full", logs.output[0])

    def test_facts_can_be_read_where_the_backend_is_gone(self) -> None:
        runtime = _Elsewhere(self.runtime)
        opened = self.session()
        again = Session.from_id(opened.session_id or "", runtime=runtime)  # type: ignore[arg-type]
        self.assertEqual((again.status(), again.usage(), again.backend()), ("Pending", 0, "aer_simulator"))
        self.assertEqual((again.details(), repr(again)), (opened.details(), repr(opened)))
        with self.assertRaisesRegex(IBMBackendError, "gone"):
            again.backend_object()
        again.close()
        self.assertEqual(opened.status(), "Closed")

    def test_what_is_no_service_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "service must be a QiskitRuntimeService.*found 3"):
            Session(self.backend, service=3)

    def test_another_job_waits_outside_and_jobs_inside_are_prepared_side_by_side(self) -> None:
        session = self.session()
        first = session.submit(request("a", self.backend))
        self.routine.wait_until_on_the_qpu("a")
        outside = self.single("x")
        second = session.submit(request("b", self.backend))
        self.routine.wait_until_started("a", "b")
        self.assertEqual((outside.status(), second.status(), self.routine.on_the_qpu), ("QUEUED", "RUNNING", ["a"]))
        self.step(first)
        self.routine.wait_until_on_the_qpu("b")
        self.step(second)
        self.assertEqual(outside.metrics()["position_in_queue"], 1)
        self.assertEqual(outside.status(), "QUEUED")
        session.close()
        self.routine.wait_until_on_the_qpu("x")
        self.step(outside)

    def test_the_interactive_timeout_ends_the_window_and_the_next_job_opens_another(self) -> None:
        session = self.session()
        self.step(session.submit(request("a", self.backend)))
        outside = self.single("x")
        self.clock.advance(59.9)
        self.assertEqual((session.status(), outside.status()), ("In progress, accepting new jobs", "QUEUED"))
        self.clock.advance(1)
        self.assertEqual((session.status(), session.usage()), ("Pending", 60))
        self.routine.wait_until_on_the_qpu("x")
        again = session.submit(request("b", self.backend))
        self.step(outside)
        self.routine.wait_until_on_the_qpu("b")
        self.clock.advance(3)
        self.step(again)
        self.assertEqual(session.usage(), 63)

    def test_max_time_lets_running_jobs_complete_and_fails_queued_ones(self) -> None:
        self.runtime.configure(self.backend, lanes=1)
        session = self.session(max_time=100)
        running, queued = (session.submit(request(name, self.backend)) for name in "ab")
        self.routine.wait_until_on_the_qpu("a")
        self.clock.advance(100)
        self.assertEqual((session.status(), running.status(), queued.status()), ("Closed", "RUNNING", "ERROR"))
        with self.assertRaisesRegex(RuntimeJobFailureError, "maximum time was reached"):
            queued.result()
        with self.assertRaisesRegex(IBMRuntimeError, "The session is closed"):
            session.submit(request("c", self.backend))
        self.step(running)
        self.assertTrue(running.done())

    def test_cancelling_ends_it_at_once(self) -> None:
        self.runtime.configure(self.backend, lanes=1)
        session = self.session()
        running, queued = (session.submit(request(name, self.backend)) for name in "ab")
        self.routine.wait_until_on_the_qpu("a")
        session.cancel()
        self.assertEqual((session.status(), queued.status()), ("Closed", "CANCELLED"))
        with self.assertRaises(RuntimeJobCancelledError):
            queued.result()
        self.step(running)
        self.assertTrue(running.done())

    def test_an_exception_closes_it_too(self) -> None:
        with self.assertRaises(ZeroDivisionError), self.session() as session:
            raise ZeroDivisionError
        self.assertEqual(session.status(), "Closed")

    def test_from_id_and_ids_of_the_other_kind(self) -> None:
        session, batch = self.session(), Batch(self.backend, runtime=self.runtime)
        assert session.session_id is not None and batch.session_id is not None
        again = Session.from_id(session.session_id, runtime=self.runtime)
        self.assertEqual((again.session_id, again.backend_object()), (session.session_id, self.backend))
        with self.assertRaisesRegex(IBMInputValueError, "id of a batch.*Batch.from_id"):
            Session.from_id(batch.session_id, runtime=self.runtime)
        with self.assertRaisesRegex(IBMInputValueError, "id of a session.*Session.from_id"):
            Batch.from_id(session.session_id, runtime=self.runtime)
        with self.assertRaisesRegex(IBMInputValueError, "'nothing'"):
            Session.from_id("nothing", runtime=self.runtime)

    def test_the_open_plan_has_batches_of_ten_minutes_and_no_sessions(self) -> None:
        with LocalRuntime(plan="open") as runtime:
            with self.assertRaisesRegex(IBMNotAuthorizedError, "not authorized to run a session"):
                Session(self.backend, runtime=runtime)
            details = Batch(self.backend, max_time="2h", runtime=runtime).details()
            assert details is not None
            self.assertEqual(details["max_time"], 600)


class TestBatch(_Case):
    """Jobs that go together."""

    def test_its_jobs_go_before_others_once_the_first_has_started(self) -> None:
        batch = Batch(self.backend, runtime=self.runtime)
        jobs = [batch.submit(request("a", self.backend))]
        self.routine.wait_until_on_the_qpu("a")
        self.runtime.configure(self.backend, lanes=2)
        outside = [self.single("x"), self.single("y")]
        self.routine.wait_until_started("x")
        jobs += [batch.submit(request(name, self.backend)) for name in "bc"]
        self.assertEqual([job.status() for job in (*outside, *jobs[1:])], ["RUNNING", "QUEUED", "QUEUED", "QUEUED"])
        self.assertEqual([j.metrics()["position_in_queue"] for j in (*jobs[1:], outside[1])], [1, 2, 3])
        self.step(jobs[0])
        self.routine.wait_until_started("b")
        for _ in range(4):
            self.assertTrue(self.engine.wait_for_call())
            self.engine.step()
        for job in (*jobs, *outside):
            job.wait_for_final_state(10)
        self.assertEqual(self.routine.started, ["a", "x", "b", "c", "y"])

    def test_usage_is_the_sum_of_its_jobs_and_waiting_costs_nothing(self) -> None:
        batch = Batch(self.backend, runtime=self.runtime)
        for name in "ab":
            self.step(batch.submit(request(name, self.backend)))
            self.clock.advance(20)
        self.assertEqual(batch.usage(), 4)
        with self.assertRaisesRegex(IBMRuntimeError, "The batch is closed"):
            batch.close()
            batch.submit(request("c", self.backend))


class TestContext(_Case):
    """``with`` blocks."""

    def test_primitives_without_a_mode_take_that_of_the_block_they_are_made_in(self) -> None:
        with self.session() as outer:
            inside = SamplerV2()
            with Batch(self.backend, runtime=self.runtime) as inner:
                self.assertIs(SamplerV2().mode, inner)
                self.assertIs(SamplerV2(mode=self.backend).mode, self.backend)
            self.assertIs(SamplerV2().mode, outer)
        self.assertIs(inside.mode, outer)
        self.assertIsNone(SamplerV2().mode)
        with self.assertRaisesRegex(IBMInputValueError, "with Session"):
            SamplerV2().run([QuantumCircuit(1, 1)])

    def test_a_block_does_not_leak_into_another_thread(self) -> None:
        seen: list[object] = []
        with self.session():
            thread = threading.Thread(target=lambda: seen.append(current_mode()))
            thread.start()
            thread.join()
        self.assertEqual(seen, [None])

    def test_several_threads_run_in_one_session(self) -> None:
        with self.session() as session:
            jobs: list[RuntimeJob] = []
            threads = [
                threading.Thread(
                    target=lambda name=name: jobs.append(session.submit(request(name, self.backend, tags=(name,))))
                )
                for name in ("x", "y", "z")
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for _ in jobs:
                self.assertTrue(self.engine.wait_for_call())
                self.engine.step()
            for job in jobs:
                job.wait_for_final_state(10)
        self.assertEqual(sorted(job.tags[0] for job in jobs), ["x", "y", "z"])


@ddt
class TestInput(_Case):
    """What is refused, and how."""

    @data((None, None), (7, 7.0), ("25m", 1500.0), ("2h 30m 40s", 9040.0), ("40s", 40.0), ("1H5S", 3605.0))
    @unpack
    def test_durations(self, value: object, wanted: float | None) -> None:
        self.assertEqual(seconds_of(value, "max_time"), wanted)

    @data("", "soon", "5", "1.5h", "30m 2h", "-5s", 2.5, True, 0, -3, "0s", [60], "9" * 5000 + "s", 10**400)
    def test_other_durations_are_refused(self, value: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Invalid max_time value: .*Expected"):
            seconds_of(value, "max_time")

    @data((None, "Invalid backend type NoneType"), ("fake_fez", "a name needs a service"), (7, "Invalid backend type int"))
    @unpack
    def test_backends(self, backend: Any, message: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, message):
            Session(backend, runtime=self.runtime)
