"""Two runtimes on one store: what one does, the other heeds."""

from __future__ import annotations

import sqlite3
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from qiskit_local_runtime import Batch, LocalRuntime, Session
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError, IBMRuntimeError, RuntimeJobFailureError
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.store import SqliteStore
from qiskit_local_runtime.testing import HandEngine
from test.support.hand import HeldRoutine, request


class _Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "jobs.sqlite"
        self.routine = HeldRoutine()
        self.owner, self.engine = self.runtime()
        self.other, self.other_engine = self.runtime()

    def runtime(self) -> tuple[LocalRuntime, HandEngine]:
        store, engine = SqliteStore(self.path, synchronous="NORMAL"), HandEngine()
        runtime = LocalRuntime(store=store, engine=engine, routines={"sampler": self.routine})
        self.addCleanup(runtime.close)
        return runtime, engine

    def held(self, name: str = "held", **fields: Any) -> RuntimeJob:
        """A job of the owner, on the QPU."""
        job = RuntimeJob(self.owner.submit(request(name, AerSimulator(), **fields)), self.owner)
        self.routine.wait_until_on_the_qpu(name)
        return job

    def finish(self, job: RuntimeJob, engine: HandEngine) -> None:
        self.assertTrue(engine.wait_for_call())
        engine.step()
        job.wait_for_final_state(30)

    def quiet(self, runtime: LocalRuntime) -> None:
        """Let the test look in place of the thread."""
        runtime._watcher.stop()


class TestMessages(_Case):
    """What one asks of the other."""

    def test_tags_given_from_elsewhere_are_kept_while_the_job_goes_on(self) -> None:
        job = self.held()
        self.quiet(self.owner)
        there = RuntimeJob(job.job_id(), self.other)
        self.assertEqual(there.update_tags(["new"]), ["new"])
        self.owner._watcher.look(everything=True)
        self.assertEqual(job.tags, ["new"])
        self.finish(job, self.engine)
        self.assertEqual((self.other.job(job.job_id()).tags, job.status()), (("new",), "DONE"))

    def test_tags_of_a_running_job_are_written_before_they_are_acknowledged(self) -> None:
        job = self.held()
        self.quiet(self.owner)
        job.update_tags(["new"])
        store = SqliteStore(self.path)
        self.addCleanup(store.close)
        row = store.get(job.job_id())
        assert row is not None
        self.assertEqual((row.tags, row.status), (("new",), "RUNNING"))

    def test_a_message_nobody_understands_keeps_nobody_from_the_next(self) -> None:
        job = self.held()
        self.quiet(self.owner)
        queue = self.owner.job(job.job_id()).queue
        self.other._store.send(queue, "nonsense", "x")
        self.other._store.send(queue, "tags", "no json")
        self.assertTrue(RuntimeJob(job.job_id(), self.other).cancel())
        with self.assertLogs("qiskit_local_runtime.runtime.watcher", "ERROR") as logs:
            self.owner._watcher.look(everything=True)
        self.assertEqual(len(logs.records), 2)
        job.wait_for_final_state(30)
        self.assertEqual((job.status(), list(self.owner._store.receive((queue,)))), ("CANCELLED", []))

    def test_a_session_closed_from_elsewhere_takes_no_more_jobs_from_there_at_once(self) -> None:
        session = Session(AerSimulator(), runtime=self.owner)
        assert session.session_id is not None
        self.quiet(self.owner)
        there = Session.from_id(session.session_id, runtime=self.other)
        there.close()
        with self.assertRaisesRegex(IBMRuntimeError, "closed"):
            self.other.submit(request("late", AerSimulator(), workload=session.session_id))
        self.owner._watcher.look(everything=True)
        self.assertEqual(self.other.workload(session.session_id).state, "closed")

    def test_a_job_cancelled_right_after_it_was_submitted_elsewhere_does_not_start(self) -> None:
        self.held()
        self.quiet(self.owner)
        late = RuntimeJob(self.other.submit(request("late", AerSimulator())), self.other)
        self.assertTrue(late.cancel())
        self.owner._watcher.look(everything=True)
        late.wait_for_final_state(30)
        self.assertEqual((late.status(), self.routine.started), ("CANCELLED", ["held"]))


class TestTakingOver(_Case):
    """What a runtime that ended has left."""

    def test_one_that_only_looks_on_runs_what_is_left(self) -> None:
        job = self.held()
        seen = RuntimeJob(job.job_id(), self.other)
        self.owner.close()
        self.routine.started.clear()
        self.routine.wait_until_started("held")
        self.finish(seen, self.other_engine)
        self.assertEqual(seen.status(), "DONE")

    def test_a_closed_runtime_says_that_the_job_is_in_the_store(self) -> None:
        job = self.held()
        self.quiet(self.other)
        self.owner.close()
        with self.assertRaisesRegex(IBMRuntimeError, "is in the store .*jobs.sqlite and runs when"):
            job.result(timeout=30)

    def test_running_jobs_of_a_session_that_was_cancelled_complete_after_a_crash_as_well(self) -> None:
        session = Session(AerSimulator(), runtime=self.owner)
        job = self.held(workload=session.session_id)
        self.quiet(self.other)
        session.cancel()
        self.owner.close()
        self.routine.on_the_qpu.clear()
        self.other._queues.recover()
        self.routine.wait_until_on_the_qpu("held")
        seen = RuntimeJob(job.job_id(), self.other)
        self.finish(seen, self.other_engine)
        self.assertEqual((seen.status(), seen.session_id), ("DONE", session.session_id))

    def test_a_job_whose_session_is_not_in_the_store_ends_with_the_reason(self) -> None:
        session = Session(AerSimulator(), runtime=self.owner)
        self.held()
        waiting = self.owner.submit(request("waiting", AerSimulator(), workload=session.session_id))
        self.quiet(self.other)
        self.owner.close()
        store = self.other._store
        row = store.get(waiting)
        assert row is not None
        store.put(replace(row, workload_id="gone"))
        self.other._queues.recover()
        with self.assertRaisesRegex(RuntimeJobFailureError, "No session or batch has the id 'gone'"):
            RuntimeJob(waiting, self.other).result(timeout=30)

    def test_jobs_run_again_are_forgotten_when_they_end_and_nobody_asks(self) -> None:
        job = self.held()
        self.quiet(self.other)
        self.owner.close()
        self.other._queues.recover()
        self.assertTrue(self.other._tickets.known(job.job_id()))
        self.assertTrue(self.other_engine.wait_for_call())
        self.other_engine.step()
        self.assertTrue(self.other.wait(job.job_id(), 30))
        self.assertEqual(self.other.job(job.job_id()).status, "DONE")
        self.other._threads.close(10)
        self.assertFalse(self.other._tickets.known(job.job_id()))

    def test_private_backends_of_a_process_that_lives_are_left_alone(self) -> None:
        job = self.owner.submit(request("mine", AerSimulator(noise_model=NoiseModel())))
        self.routine.wait_until_on_the_qpu("mine")
        self.other._queues.recover()
        self.assertEqual((self.other._queues.mine(), self.owner.job(job).status), ((), "RUNNING"))

    def test_what_cannot_be_read_is_left_to_others(self) -> None:
        job = self.held()
        queue = self.owner.job(job.job_id()).queue
        self.quiet(self.other)
        self.owner.close()
        store = self.other._store
        find, store.find = store.find, _fails  # type: ignore[method-assign]
        with self.assertRaisesRegex(IBMRuntimeError, "unreadable"):
            self.other._queues.own(queue)
        self.assertEqual(self.other._queues.mine(), ())
        store.find = find  # type: ignore[method-assign]
        self.assertTrue(self.other._queues.own(queue))


class TestFullDisk(_Case):
    """An end that cannot be written is written when there is room."""

    def runtime(self) -> tuple[LocalRuntime, HandEngine]:
        store, engine = _Full(self.path, synchronous="NORMAL"), HandEngine()
        runtime = LocalRuntime(store=store, engine=engine, routines={"sampler": self.routine})
        self.addCleanup(runtime.close)
        return runtime, engine

    def fill(self, full: bool) -> None:
        assert isinstance(self.owner._store, _Full)
        self.owner._store.full = full

    def test_others_see_the_job_and_its_session_end_then(self) -> None:
        self.quiet(self.owner)
        self.quiet(self.other)
        with Session(AerSimulator(), runtime=self.owner) as session:
            job = self.held(workload=session.session_id)
            self.owner._watcher.look(everything=False)
            self.fill(True)
            self.finish(job, self.engine)
            self.assertEqual((job.status(), self.other.job(job.job_id()).status), ("ERROR", "RUNNING"))
            self.assertEqual((list(self.owner.find(Query(statuses=("RUNNING",)))), self.owner._threads.close(10)), ([], None))
        with self.assertRaisesRegex(IBMRuntimeError, "full"):
            self.owner._watcher.look(everything=False)
        self.fill(False)
        self.owner._watcher.look(everything=False)
        self.assertEqual(self.other.job(job.job_id()), self.owner.job(job.job_id()))
        assert session.session_id is not None
        self.assertEqual(self.other.workload(session.session_id).state, "closed")

    def test_a_runtime_that_closes_before_leaves_the_job_to_the_next(self) -> None:
        self.quiet(self.owner)
        self.quiet(self.other)
        job = self.held()
        self.fill(True)
        self.finish(job, self.engine)
        self.owner._threads.close(10)
        with self.assertLogs("qiskit_local_runtime.runtime.local", "WARNING") as logs:
            self.owner.close()
        self.assertIn("they run again when it is opened: full", logs.output[0])
        self.other._queues.recover()
        self.assertTrue(self.other_engine.wait_for_call())


class TestFromElsewhere(_Case):
    """What a process sees of jobs another one runs."""

    def test_the_place_in_the_queue(self) -> None:
        self.quiet(self.other)
        jobs = [self.held(), *(RuntimeJob(self.owner.submit(request(name, AerSimulator())), self.owner) for name in "ab")]
        self.owner._store.flush()
        self.assertEqual([self.other.queue_position(job.job_id()) for job in jobs], [None, 1, 2])

    def test_all_of_a_job_but_its_backend_where_that_is_an_object_of_its_process(self) -> None:
        job = self.owner.submit(request("mine", AerSimulator(noise_model=NoiseModel()), options={"default_shots": 7}))
        found = self.other.request(job)
        self.assertEqual((found.pubs, found.options), (("mine",), {"default_shots": 7}))
        with self.assertRaisesRegex(IBMBackendError, f"backend of job {job} is not known here"):
            _ = found.backend

    def test_a_damaged_row_keeps_nobody_from_opening_the_store(self) -> None:
        job = self.held()
        self.quiet(self.owner)
        self.quiet(self.other)
        self.owner.close()
        store = self.other._store
        assert isinstance(store, SqliteStore)
        store._connections.get().execute("UPDATE jobs SET row = '{bad json'")
        with self.assertLogs("qiskit_local_runtime.store.sqlite", "WARNING"):
            third, _ = self.runtime()
        self.assertEqual(list(third.find(Query())), [])
        with self.assertRaisesRegex(IBMRuntimeError, "delete_job"):
            third.job(job.job_id())
        third.delete(job.job_id())
        self.assertEqual(third.count(Query()), 0)


class TestInput(_Case):
    """What is refused."""

    def test_a_job_for_another_backend_than_its_batchs(self) -> None:
        batch = Batch(AerSimulator(), runtime=self.owner)
        with self.assertRaisesRegex(IBMInputValueError, "Use one backend"):
            self.owner.submit(request("x", AerSimulator(method="stabilizer"), workload=batch.session_id))
        self.assertEqual(self.owner.count(Query()), 0)

    def test_shares_that_are_no_shares(self) -> None:
        for share in (0, -1, float("nan"), "much"):
            with self.assertRaisesRegex(IBMInputValueError, "shares\\['mine'\\] must be a number of more than 0"):
                LocalRuntime(shares={"mine": share})
        for name in ("budget", "interactive_timeout", "retention_days"):
            with self.assertRaisesRegex(IBMInputValueError, name):
                LocalRuntime(**{name: float("inf")})

    def test_a_runtime_that_is_closed_changes_nothing(self) -> None:
        job = self.held()
        self.quiet(self.other)
        self.owner.close()
        with self.assertRaisesRegex(IBMRuntimeError, "closed"):
            job.cancel()


class TestForgetting(_Case):
    """A runtime of weeks does not grow."""

    def test_sessions_that_are_over_take_no_room(self) -> None:
        for _ in range(5):
            with Session(AerSimulator(), runtime=self.owner):
                pass
        self.assertEqual(self.owner._loop.state.groups, {})
        self.assertEqual(self.owner._workloads._known, {})


class _Full(SqliteStore):
    """A store on a disk that is full when it is told so."""

    full = False

    @contextmanager
    def _writing(self, **how: Any) -> Iterator[sqlite3.Connection]:
        if self.full:
            raise IBMRuntimeError("full")
        with super()._writing(**how) as connection:
            yield connection


def _fails(*_: object) -> Any:
    raise IBMRuntimeError("unreadable")
