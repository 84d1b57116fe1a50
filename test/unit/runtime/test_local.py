"""The local runtime and the handles on its jobs."""

from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
import threading
import unittest
from typing import Any

from qiskit.primitives import DataBin, PrimitiveResult, PubResult
from qiskit.providers.jobstatus import JobStatus
from qiskit_aer import AerSimulator

from qiskit_local_runtime.errors import (
    IBMInputValueError,
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
    RuntimeJobNotFound,
    RuntimeJobTimeoutError,
    RuntimeProgramNotFound,
)
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines.base import RoutineTools
from qiskit_local_runtime.runtime import LocalRuntime
from qiskit_local_runtime.store import MemoryStore
from qiskit_local_runtime.testing import FakeClock, HandEngine


class _Routine:
    """Refuses, fails or calls the engine, by the first PUB."""

    name = "sampler"

    def accept(self, request: Request) -> None:
        if request.pubs[0] == "refuse":
            raise IBMInputValueError("refused")

    def estimate(self, request: Request) -> float | None:
        return None

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult:
        tools.phase("on the QPU")
        if request.pubs[0] == "fail":
            raise ZeroDivisionError("the reason")
        tools.engine.call(operator.add, 1, 2, cancel=tools.cancel)
        tools.busy(1.5)
        return PrimitiveResult([PubResult(DataBin())], {"pub": request.pubs[0]})


class _Case(unittest.TestCase):
    def setUp(self) -> None:
        self.engine, self.clock, self.backend = HandEngine(), FakeClock(), AerSimulator()
        self.runtime = LocalRuntime(engine=self.engine, clock=self.clock, routines={"sampler": _Routine()})
        self.addCleanup(self.runtime.close)

    def submit(self, pub: str = "go", **changes: Any) -> RuntimeJob:
        fields: dict[str, Any] = {"routine": "sampler", "backend": self.backend, "pubs": (pub,), "settings": None, "seed": 0}
        return RuntimeJob(self.runtime.submit(Request(**fields | changes)), self.runtime)

    def finish(self, job: RuntimeJob) -> None:
        self.assertTrue(self.engine.wait_for_call())
        self.engine.step()
        job.wait_for_final_state(10)


class TestLifeOfAJob(_Case):
    """From submission to result."""

    def test_a_job_runs_and_returns_its_result(self) -> None:
        job = self.submit()
        self.assertTrue(self.engine.wait_for_call())
        self.assertEqual((job.status(), job.running(), job.metrics()["phase"]), ("RUNNING", True, "on the QPU"))
        self.finish(job)
        self.assertEqual(job.result().metadata, {"pub": "go"})
        self.assertEqual((job.status(), job.done(), job.in_final_state(), job.usage()), ("DONE", True, True, 1.5))
        self.assertIsNone(job.error_message())

    def test_time_stamps_are_the_clocks(self) -> None:
        job = self.submit()
        self.assertTrue(self.engine.wait_for_call())
        self.clock.advance(5)
        self.finish(job)
        stamps = job.metrics()["timestamps"]
        self.assertEqual(stamps["created"], "2026-01-01T00:00:00+00:00")
        self.assertEqual(stamps["finished"], "2026-01-01T00:00:05+00:00")
        self.assertEqual(job.metrics()["usage"]["quantum_seconds"], 1.5)
        self.assertEqual(job.logs(), "")

    def test_jobs_of_one_backend_wait_for_each_other_and_others_do_not(self) -> None:
        first = self.submit()
        self.assertTrue(self.engine.wait_for_call())
        second, third = self.submit(), self.submit()
        self.assertEqual((second.status(), third.status()), ("QUEUED", "QUEUED"))
        self.assertEqual([j.metrics()["position_in_queue"] for j in (first, second, third)], [None, 1, 2])
        self.finish(first)
        self.finish(second)
        self.finish(third)

    def test_an_error_inside_is_chained(self) -> None:
        job = self.submit("fail")
        job.wait_for_final_state(10)
        with self.assertRaisesRegex(RuntimeJobFailureError, "the reason") as caught:
            job.result()
        self.assertIsInstance(caught.exception.__cause__, ZeroDivisionError)
        self.assertTrue(job.errored())
        self.assertEqual(job.error_message(), "ZeroDivisionError: the reason")

    def test_a_refused_request_leaves_nothing_behind(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "refused"):
            self.submit("refuse")
        self.assertEqual(list(self.runtime.find(Query())), [])

    def test_an_unknown_routine_is_refused(self) -> None:
        with self.assertRaisesRegex(RuntimeProgramNotFound, "'dance'"):
            self.submit(routine="dance")

    def test_an_unknown_id_is_refused(self) -> None:
        with self.assertRaises(RuntimeJobNotFound):
            self.runtime.job("nothing")

    def test_waiting_too_long_raises_and_the_job_goes_on(self) -> None:
        job = self.submit()
        with self.assertRaisesRegex(RuntimeJobTimeoutError, "within 0.01 s"):
            job.result(timeout=0.01)
        self.finish(job)
        self.assertTrue(job.done())

    def test_a_callback_sees_every_status_it_can(self) -> None:
        job, seen = self.submit(), []
        self.assertTrue(self.engine.wait_for_call())
        waiter = threading.Thread(target=job.wait_for_final_state, args=(10, None, lambda j: seen.append(j.status())))
        waiter.start()
        self.finish(job)
        waiter.join(10)
        self.assertEqual(seen[-1], "DONE")

    def test_inputs_and_tags_are_kept(self) -> None:
        job = self.submit(tags=("a",), options={"default_shots": 3}, private=True)
        self.assertEqual((job.tags, job.private, job.inputs["options"]), (["a"], True, {"default_shots": 3}))
        self.assertEqual(job.update_tags(["b", "c"]), ["b", "c"])
        with self.assertRaises(IBMInputValueError):
            job.update_tags("b")
        self.assertIs(job.backend(), self.backend)
        self.finish(job)


class TestCancelling(_Case):
    """In every phase."""

    def test_a_queued_job(self) -> None:
        first = self.submit()
        self.assertTrue(self.engine.wait_for_call())
        second = self.submit()
        self.assertTrue(second.cancel())
        self.assertTrue(second.cancelled())
        with self.assertRaisesRegex(RuntimeJobFailureError, "cancelled"):
            second.result()
        self.finish(first)

    def test_a_running_job(self) -> None:
        job = self.submit()
        self.assertTrue(self.engine.wait_for_call())
        job.cancel()
        job.wait_for_final_state(10)
        self.assertEqual((job.status(), job.error_message()), ("CANCELLED", "cancelled"))

    def test_a_finished_job_cannot_be_cancelled(self) -> None:
        job = self.submit()
        self.finish(job)
        with self.assertRaisesRegex(RuntimeInvalidStateError, "has ended with status DONE"):
            job.cancel()

    def test_a_job_that_runs_too_long_is_stopped(self) -> None:
        job = self.submit(max_execution_time=0.05)
        with self.assertRaisesRegex(RuntimeJobMaxTimeoutError, "ran too long"):
            job.result(timeout=10)
        self.assertEqual((job.status(), job.error_message()), ("CANCELLED", "ran too long"))

    def test_closing_the_runtime_ends_everything(self) -> None:
        first = self.submit()
        self.assertTrue(self.engine.wait_for_call())
        second = self.submit()
        self.runtime.close()
        self.assertTrue(first.cancelled() and second.cancelled())
        with self.assertRaisesRegex(IBMRuntimeError, "closed"):
            self.submit()


class _Interrupted(MemoryStore):
    """Ctrl-C comes while a job is put down."""

    interrupts = False

    def submit(self, job: Job, request: Any) -> None:
        super().submit(job, request)
        if self.interrupts:
            signal.raise_signal(signal.SIGINT)


class TestInterrupted(unittest.TestCase):
    """Ctrl-C leaves nothing half-done."""

    def test_a_job_whose_id_nobody_got_is_cancelled_and_the_next_one_runs(self) -> None:
        store, engine, backend = _Interrupted(), HandEngine(), AerSimulator()
        runtime = LocalRuntime(engine=engine, store=store, routines={"sampler": _Routine()})
        self.addCleanup(runtime.close)
        first = runtime.submit(_request(backend))
        self.assertTrue(engine.wait_for_call())
        store.interrupts = True
        with self.assertRaises(KeyboardInterrupt):
            runtime.submit(_request(backend))
        store.interrupts = False
        self.assertEqual([row.id for row in runtime.find(Query())], [first])
        engine.step()
        self.assertTrue(runtime.wait(first, 10))
        last = runtime.submit(_request(backend))
        self.assertTrue(engine.wait_for_call())
        engine.step()
        self.assertTrue(runtime.wait(last, 10))


def _request(backend: AerSimulator) -> Request:
    return Request(routine="sampler", backend=backend, pubs=("go",), settings=None, seed=0)


class TestMemory(_Case):
    """Nothing is kept that nobody can ask for."""

    def test_a_job_without_handles_is_forgotten_once_it_has_ended(self) -> None:
        job = self.submit()
        self.finish(job)
        name = job.job_id()
        del job
        with self.assertRaises(RuntimeJobNotFound):
            self.runtime.job(name)
        self.assertEqual(list(self.runtime.find(Query())), [])

    def test_a_job_stays_as_long_as_one_of_its_handles(self) -> None:
        first = self.submit()
        second = RuntimeJob(first.job_id(), self.runtime)
        self.finish(first)
        del first
        self.assertEqual(second.result().metadata, {"pub": "go"})

    def test_a_job_that_lost_its_handle_while_running_is_forgotten_when_it_ends(self) -> None:
        job = self.submit()
        name = job.job_id()
        self.assertTrue(self.engine.wait_for_call())
        del job
        self.assertEqual(self.runtime.job(name).status, "RUNNING")
        self.engine.step()
        last = self.submit()
        self.finish(last)
        with self.assertRaises(RuntimeJobNotFound):
            self.runtime.job(name)

    def test_a_queued_job_that_lost_its_handle_and_was_cancelled_is_forgotten(self) -> None:
        first, second = self.submit(), self.submit()
        name = second.job_id()
        del second
        self.assertTrue(self.runtime.cancel(name))
        with self.assertRaises(RuntimeJobNotFound):
            self.runtime.job(name)
        self.finish(first)

    def test_a_job_nobody_made_a_handle_of_is_kept(self) -> None:
        name = self.runtime.submit(Request(routine="sampler", backend=self.backend, pubs=("go",), settings=None, seed=0))
        self.assertTrue(self.engine.wait_for_call())
        self.engine.step()
        self.assertTrue(self.runtime.wait(name, 10))
        self.assertEqual(self.runtime.result(name).metadata, {"pub": "go"})

    def test_a_handle_of_an_unknown_job_complains_when_it_is_asked(self) -> None:
        with self.assertRaises(RuntimeJobNotFound):
            RuntimeJob("nothing", self.runtime).status()


class TestExit(unittest.TestCase):
    """A forgotten runtime does not keep the interpreter."""

    def test_a_script_that_never_asks_for_its_result_ends(self) -> None:
        script = (
            "from qiskit import QuantumCircuit\n"
            "from qiskit_aer import AerSimulator\n"
            "from qiskit_local_runtime import SamplerV2\n"
            "c = QuantumCircuit(2, 2); c.h(0); c.measure(0, 0)\n"
            "with c.if_test((0, 1)):\n    c.x(1)\n"
            "c.measure(1, 1)\n"
            "SamplerV2(AerSimulator()).run([c], shots=100000)\n"
            "print('end')\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env=dict(os.environ))
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "end"), done.stderr)


class TestStatusWords(_Case):
    """Statuses are IBM's words."""

    def test_they_are_strings_of_qiskits_enumeration(self) -> None:
        names = {status.name for status in JobStatus}
        self.assertTrue(set(RuntimeJob.JOB_FINAL_STATES) <= names)
        self.assertEqual(RuntimeJob.ERROR, "ERROR")
