"""The handle: an id and a runtime, nothing else."""

from __future__ import annotations

import copy
import gc
import math
import unittest
from datetime import UTC, datetime
from typing import Any

from qiskit_aer import AerSimulator

from qiskit_local_runtime.errors import IBMInputValueError, RuntimeJobNotFound, RuntimeJobTimeoutError
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.request import Request


class _Runtime:
    """Answers from a script, and notes what it was asked."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses) or ["RUNNING"]
        self.asked: list[tuple[Any, ...]] = []
        self.backend = AerSimulator()

    def submit(self, request: Request) -> str:
        return "it"

    def job(self, job_id: str) -> Job:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        status: Any = self.statuses[0]
        return Job(id=job_id, routine="sampler", backend_name="aer", status=status, created=start, busy_seconds=2.0)

    def request(self, job_id: str) -> Request:
        return Request(routine="sampler", backend=self.backend, pubs=(1, 2), settings=None, seed=5)

    def wait(self, job_id: str, timeout: float | None) -> bool:
        self.asked.append(("wait", timeout))
        if self.statuses[0] == "INTERRUPT":
            raise KeyboardInterrupt
        if len(self.statuses) > 1:
            self.statuses.pop(0)
        return self.statuses[0] == "DONE"

    def result(self, job_id: str) -> Any:
        return "the result"

    def cancel(self, job_id: str) -> bool:
        self.asked.append(("cancel",))
        return True

    def update_tags(self, job_id: str, tags: tuple[str, ...]) -> None:
        self.asked.append(("tags", tags))

    def queue_position(self, job_id: str) -> int | None:
        return None

    def hold(self, job_id: str) -> None:
        self.asked.append(("hold",))

    def release(self, job_id: str) -> None:
        self.asked.append(("release",))


class TestWaiting(unittest.TestCase):
    """For the end, for some time, or until the user has had enough."""

    def test_an_interruption_ends_the_waiting_and_not_the_job(self) -> None:
        runtime = _Runtime("INTERRUPT")
        with self.assertRaises(KeyboardInterrupt):
            RuntimeJob("it", runtime).result()
        self.assertNotIn(("cancel",), runtime.asked)

    def test_without_a_limit_it_waits_for_the_end_in_one_go(self) -> None:
        runtime = _Runtime("RUNNING", "DONE")
        self.assertEqual(RuntimeJob("it", runtime).result(), "the result")
        self.assertEqual([item for item in runtime.asked if item[0] == "wait"], [("wait", None)])

    def test_no_time_at_all_raises_at_once_when_the_job_still_runs(self) -> None:
        with self.assertRaisesRegex(RuntimeJobTimeoutError, "its status is RUNNING"):
            RuntimeJob("it", _Runtime("RUNNING")).result(timeout=0)

    def test_no_time_at_all_is_enough_for_a_finished_job(self) -> None:
        self.assertEqual(RuntimeJob("it", _Runtime("DONE")).result(timeout=0), "the result")

    def test_the_callback_sees_each_change_once(self) -> None:
        seen: list[str] = []
        runtime = _Runtime("QUEUED", "QUEUED", "RUNNING", "RUNNING", "DONE")
        RuntimeJob("it", runtime).wait_for_final_state(callback=lambda job: seen.append(job.status()), poll_interval=0.25)
        self.assertEqual(seen, ["QUEUED", "RUNNING", "DONE"])
        self.assertEqual({item for item in runtime.asked if item[0] == "wait"}, {("wait", 0.25)})


class TestFacts(unittest.TestCase):
    """Every fact is the runtime's."""

    def test_facts_come_from_row_and_request(self) -> None:
        runtime = _Runtime("DONE")
        job = RuntimeJob("it", runtime)
        self.assertEqual((job.job_id(), job.primitive_id, job.session_id, job.instance), ("it", "sampler", None, "local"))
        self.assertEqual((job.inputs["pubs"], job.inputs["seed"]), ([1, 2], 5))
        self.assertEqual((job.usage(), job.usage_estimation), (2.0, {"quantum_seconds": 2.0}))
        self.assertIs(job.backend(), runtime.backend)
        self.assertEqual(job.creation_date, datetime(2026, 1, 1, tzinfo=UTC))
        self.assertIn("'it', 'sampler', DONE", repr(job))

    def test_usage_is_not_known_before_the_end(self) -> None:
        self.assertEqual(RuntimeJob("it", _Runtime("RUNNING")).usage_estimation, {"quantum_seconds": None})

    def test_the_four_questions_are_answered_by_the_status(self) -> None:
        for status in ("QUEUED", "RUNNING", "DONE", "ERROR", "CANCELLED"):
            job = RuntimeJob("it", _Runtime(status))
            found = {"RUNNING": job.running(), "DONE": job.done(), "ERROR": job.errored(), "CANCELLED": job.cancelled()}
            self.assertEqual([name for name, yes in found.items() if yes], [status] if status != "QUEUED" else [])
            self.assertEqual(job.in_final_state(), status in RuntimeJob.JOB_FINAL_STATES)

    def test_a_handle_says_when_it_comes_and_goes(self) -> None:
        runtime = _Runtime()
        job = RuntimeJob("it", runtime)
        del job
        gc.collect()
        self.assertEqual(runtime.asked, [("hold",), ("release",)])


class _Forgetful(_Runtime):
    """Knows no job any more."""

    def job(self, job_id: str) -> Job:
        raise RuntimeJobNotFound(f"No job has the id {job_id!r}.")


class TestWords(unittest.TestCase):
    """What is passed wrongly, and what is shown."""

    def test_what_is_no_time_and_no_function_is_refused_at_the_call(self) -> None:
        job = RuntimeJob("it", _Runtime())  # type: ignore[arg-type]
        calls: dict[str, Any] = {
            "timeout must be a number": lambda: job.result(timeout="a"),  # type: ignore[arg-type]
            "timeout must be .* nan": lambda: job.result(timeout=math.nan),
            "poll_interval must be a number": lambda: job.wait_for_final_state(poll_interval="a"),  # type: ignore[arg-type]
            "poll_interval must be at least 0": lambda: job.wait_for_final_state(poll_interval=-1),
            "callback must be a function": lambda: job.wait_for_final_state(callback=5),  # type: ignore[arg-type]
        }
        for message, call in calls.items():
            with self.assertRaisesRegex(IBMInputValueError, message):
                call()

    def test_a_handle_of_a_job_that_was_deleted_can_be_shown(self) -> None:
        self.assertEqual(repr(RuntimeJob("it", _Forgetful())), "<RuntimeJob('it', job-not-found)>")  # type: ignore[arg-type]

    def test_copies_are_handles_of_the_same_job(self) -> None:
        runtime = _Runtime()
        job = RuntimeJob("it", runtime)  # type: ignore[arg-type]
        for copied in (copy.copy(job), copy.deepcopy(job), copy.deepcopy([job])[0]):
            self.assertEqual((copied.job_id(), copied._runtime), ("it", runtime))
        self.assertEqual(runtime.asked.count(("hold",)), 4)

    def test_errors_read_as_plain_text(self) -> None:
        job = RuntimeJob("it", _Runtime())  # type: ignore[arg-type]
        with self.assertRaises(RuntimeJobTimeoutError) as caught:
            job.result(timeout=0)
        self.assertTrue(str(caught.exception).startswith("Job it did not end within 0 s"))
