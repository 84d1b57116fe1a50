"""Laws every store keeps: one suite, run over the table."""

from __future__ import annotations

import tempfile
import threading
import unittest
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.records.workload import Workload
from qiskit_local_runtime.store import STORES, MemoryStore, SqliteStore, Store

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def job(name: str, minutes: float = 0, **fields: Any) -> Job:
    created = START + timedelta(minutes=minutes)
    return Job(**{"id": name, "routine": "sampler", "backend_name": "aer", "created": created} | fields)


FULL = job(
    "full",
    status="DONE",
    running=START + timedelta(seconds=1, microseconds=7),
    finished=START + timedelta(seconds=2),
    tags=("a", "b c"),
    private=True,
    error="é\n",
    busy_seconds=0.1,
    quantum_seconds=1e-9,
    workload_id="w",
    instance="mine",
    queue="q",
    seed=2**62 + 1,
    max_execution_time=3.0,
    attempts=2,
    log=("x INFO y",),
)
WORKLOAD = Workload(
    id="w",
    mode="batch",
    backend_name="aer",
    max_time=60.0,
    interactive_timeout=1.0,
    created=START,
    started_at=START + timedelta(microseconds=1),
    transitions=(("open", START), ("active", START + timedelta(seconds=1))),
)


class _Laws:
    """The suite; subclasses say which store."""

    def open(self) -> Store:
        raise NotImplementedError

    def setUp(self) -> None:
        self.store = self.open()
        self.addCleanup(self.store.close)  # type: ignore[attr-defined]

    def ids(self, **conditions: Any) -> list[str]:
        return [row.id for row in self.store.find(Query(**conditions))]

    def test_a_row_comes_back_as_it_was_and_can_be_replaced(self: Any) -> None:
        self.store.put(FULL)
        self.assertEqual(self.store.get("full"), FULL)
        changed = replace(FULL, status="ERROR", tags=("z",))
        self.store.put(changed)
        self.assertEqual((self.store.get("full"), self.store.count(Query())), (changed, 1))

    def test_a_replaced_row_is_found_by_what_it_says_now(self: Any) -> None:
        self.store.put(job("a", queue="q", workload_id="w"))
        now = {"backend_name": "fez", "routine": "estimator", "instance": "mine", "workload_id": "v", "tags": ("t",)}
        self.store.put(job("a", 3, status="QUEUED", queue="p", **now))
        self.assertEqual(
            self.ids(**now, queues=("p",), statuses=("QUEUED",), created_after=START + timedelta(minutes=3)), ["a"]
        )
        self.assertEqual((self.ids(backend_name="aer"), self.ids(queues=("q",)), self.ids(workload_id="w")), ([], [], []))

    def test_what_is_not_there_is_none(self: Any) -> None:
        found = [self.store.get("a"), self.store.get_request("a"), self.store.get_result("a"), self.store.workload("a")]
        self.assertEqual(found, [None] * 4)

    def test_requests_and_results_of_every_size_come_back(self: Any) -> None:
        for size in (0, 10, 1 << 16, (1 << 16) + 1, 1 << 20):
            with self.subTest(size=size):
                data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
                self.store.submit(job("a"), data)
                self.store.finish(job("a", status="DONE"), data[::-1])
                self.assertTrue(self.store.get_request("a") == data and self.store.get_result("a") == data[::-1])
                self.assertEqual(self.store.get("a").status, "DONE")

    def test_rows_come_by_time_and_rows_of_one_time_as_they_came(self: Any) -> None:
        for name, minutes in (("b", 1), ("a", 1), ("c", 0)):
            self.store.put(job(name, minutes))
        self.store.put(job("b", 1, status="DONE"))
        self.assertEqual((self.ids(descending=False), self.ids()), (["c", "b", "a"], ["a", "b", "c"]))

    def test_pages(self: Any) -> None:
        for i in range(7):
            self.store.put(job(str(i), i))
        self.assertEqual(self.ids(limit=2, skip=3), ["3", "2"])
        self.assertEqual(self.ids(limit=5, skip=5, descending=False), ["5", "6"])
        self.assertEqual(self.store.count(Query(limit=2, skip=3)), 7)

    def test_conditions(self: Any) -> None:
        self.store.put(FULL)
        self.store.put(job("plain", 5, status="QUEUED", tags=("a", "b"), queue="p"))
        cases: list[tuple[dict[str, Any], list[str]]] = [
            ({}, ["plain", "full"]),
            ({"backend_name": "fez"}, []),
            ({"routine": "sampler", "workload_id": "w"}, ["full"]),
            ({"instance": "mine"}, ["full"]),
            ({"instance": "mine", "backend_name": "aer"}, ["full"]),
            ({"instance": "mine", "statuses": ("QUEUED",)}, []),
            ({"statuses": ("QUEUED", "RUNNING")}, ["plain"]),
            ({"statuses": ("DONE", "ERROR")}, ["full"]),
            ({"statuses": ()}, []),
            ({"tags": ("a",)}, ["plain", "full"]),
            ({"tags": ("b",)}, ["plain"]),
            ({"tags": ("a", "b c")}, ["full"]),
            ({"tags": ("%",)}, []),
            ({"queues": ("p", "x")}, ["plain"]),
            ({"created_after": START + timedelta(minutes=5)}, ["plain"]),
            ({"created_before": START}, ["full"]),
            ({"created_after": START.astimezone() + timedelta(seconds=1)}, ["plain"]),
        ]
        for conditions, wanted in cases:
            with self.subTest(conditions=conditions):
                self.assertEqual(self.ids(**conditions), wanted)
                self.assertEqual(self.store.count(Query(**conditions)), len(wanted))

    def test_a_result_is_forgotten_once_and_its_row_stays(self: Any) -> None:
        for size in (10, 1 << 17):
            with self.subTest(size=size):
                self.store.submit(job("a"), b"x")
                self.store.finish(job("a", status="DONE"), b"y" * size)
                heard: list[bool] = []
                forget = partial(lambda out: out.append(self.store.forget_result("a")), heard)
                callers = [threading.Thread(target=forget) for _ in range(8)]
                for caller in callers:
                    caller.start()
                for caller in callers:
                    caller.join()
                self.assertEqual(sorted(heard), [False] * 7 + [True])
                self.assertEqual((self.store.get_result("a"), self.store.get("a").status), (None, "DONE"))
        self.assertFalse(self.store.forget_result("nobody"))

    def test_dropping_forgets_everything_and_may_be_repeated(self: Any) -> None:
        self.store.submit(FULL, b"x" * (1 << 17))
        self.store.finish(FULL, b"y" * (1 << 17))
        self.store.drop("full")
        self.store.drop("full")
        self.test_what_is_not_there_is_none()
        self.assertEqual((self.store.get_request("full"), self.store.get_result("full")), (None, None))

    def test_pruning_drops_what_ended_before(self: Any) -> None:
        self.store.put(FULL)
        self.store.put(job("new", finished=START + timedelta(days=1), status="DONE"))
        self.store.put(job("waiting", status="QUEUED"))
        self.store.put_workload(replace(WORKLOAD, closed_at=START))
        self.store.put_workload(replace(WORKLOAD, id="open"))
        self.store.put_workload(replace(WORKLOAD, id="of waiting", closed_at=START))
        self.store.put(job("waiting", status="QUEUED", workload_id="of waiting"))
        self.assertEqual(self.store.prune(START + timedelta(hours=1)), 1)
        self.assertEqual(self.ids(), ["waiting", "new"])
        self.assertEqual([row.id for row in self.store.workloads()], ["open", "of waiting"])
        self.assertEqual([row.id for row in self.store.workloads(open_only=True)], ["open"])

    def test_queues_with_something_to_do(self: Any) -> None:
        for name, queue, status in (("a", "q", "QUEUED"), ("b", "q", "RUNNING"), ("c", "p", "DONE"), ("d", "r", "RUNNING")):
            self.store.put(job(name, queue=queue, status=status))
        self.assertEqual(sorted(self.store.busy_queues()), ["q", "r"])

    def test_workloads_come_back_as_they_were(self: Any) -> None:
        self.store.put_workload(WORKLOAD)
        self.store.put_workload(replace(WORKLOAD, id="v"))
        changed = replace(WORKLOAD, state="active", usage_seconds=0.1)
        self.store.put_workload(changed)
        self.assertEqual(list(self.store.workloads()), [changed, replace(WORKLOAD, id="v")])
        self.assertEqual(self.store.workload("w"), changed)

    def used(self: Any, instance: str = "local", minutes: float = -1) -> Any:
        return self.store.used(instance, START + timedelta(minutes=minutes))

    def test_what_a_job_used_is_charged_once_and_stays_charged_when_it_is_dropped(self: Any) -> None:
        ended = {"status": "DONE", "finished": START, "busy_seconds": 1.5}
        self.store.put(job("a", busy_seconds=9.0))
        self.assertEqual(self.used(), 0)
        self.store.finish(job("a", **ended), b"")
        self.store.put(job("a", tags=("later",), **ended))
        self.store.put(job("b", quantum_seconds=4.0, instance="other", **ended))
        for name in "ab":
            self.store.drop(name)
        self.assertEqual((self.used(), self.used("other"), self.used("nobody"), self.used(minutes=1)), (1.5, 4.0, 0, 0))

    def test_a_session_is_charged_for_its_windows_and_not_for_its_jobs(self: Any) -> None:
        for mode, job_seconds in (("dedicated", 0), ("batch", 3)):
            with self.subTest(mode=mode):
                row = replace(WORKLOAD, id=mode, mode=mode, instance=mode)
                self.store.put_workload(row)
                ended = {"status": "DONE", "finished": START, "busy_seconds": 3.0}
                self.store.put(job(f"in {mode}", workload_id=mode, instance=mode, **ended))
                self.assertEqual(self.used(mode), job_seconds)
                for seconds in (10.0, 10.0, 25.0):
                    self.store.put_workload(replace(row, usage_seconds=seconds))
                self.assertEqual(self.used(mode), 25 if mode == "dedicated" else job_seconds)

    def test_several_threads_lose_nothing(self: Any) -> None:
        def work(number: int) -> None:
            for i in range(20):
                self.store.submit(job(f"{number}-{i}"), b"r")
                self.store.finish(job(f"{number}-{i}", status="DONE"), b"d")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.store.count(Query(statuses=("DONE",))), 80)


class TestMemory(_Laws, unittest.TestCase):
    """In memory."""

    def open(self) -> Store:
        return MemoryStore()


class TestSqlite(_Laws, unittest.TestCase):
    """In a file."""

    def open(self) -> Store:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return SqliteStore(Path(folder.name) / "store.sqlite", synchronous="NORMAL")


class TestTable(unittest.TestCase):
    """Every store of the table has the suite."""

    def test_every_store_is_tested(self) -> None:
        self.assertEqual(set(STORES), {"memory", "sqlite"})
        self.assertEqual({name: store.name for name, store in STORES.items()}, {name: name for name in STORES})
