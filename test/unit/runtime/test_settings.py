"""What a runtime may be told, and what it is not: always by our errors, at the call."""

from __future__ import annotations

import math
import tempfile
import unittest
from pathlib import Path
from typing import Any

from ddt import data, ddt, unpack
from qiskit_aer import AerSimulator

from qiskit_local_runtime import LocalRuntime
from qiskit_local_runtime.clock import SystemClock, VirtualClock
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.runtime.default import checked_runtime
from qiskit_local_runtime.runtime.settings import (
    RuntimeSettings,
    checked_backend,
    checked_clock,
    checked_days,
    checked_engine,
)
from qiskit_local_runtime.runtime.stores import checked_path, open_store
from qiskit_local_runtime.store import MemoryStore, SqliteStore
from test.support.groups import in_time


@ddt
class TestSettings(unittest.TestCase):
    """By name and value."""

    @data(
        ({"shares": 5}, "shares must be a dictionary"),
        ({"instance": 5}, "instance must be text"),
        ({"instance": ""}, "instance must be text"),
        ({"lane": 5}, "no setting 'lane'. Did you mean 'lanes'"),
        ({"unknown": 1}, "no setting 'unknown'. Expected one of unimplemented"),
        ({"retention_days": 10**9}, "days must be a number"),
        ({"wait_for_disk": 1}, "wait_for_disk must be True or False"),
    )
    @unpack
    def test_wrong_ones_are_refused(self, given: dict[str, Any], message: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, message):
            RuntimeSettings(**given)


@ddt
class TestParts(unittest.TestCase):
    """Stores, clocks, engines and so on."""

    @data("a", 10**9, math.nan, -1, None, True)
    def test_days_are_a_number_in_reach(self, days: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "days must be a number of at least 0"):
            checked_days(days)

    def test_what_cannot_do_what_is_asked_of_it_is_refused(self) -> None:
        parts: list[Any] = [checked_clock, checked_engine, checked_backend, checked_runtime, open_store, checked_path]
        for check, name in zip(parts, ("clock", "engine", "backend", "runtime", "store", "store"), strict=True):
            with self.subTest(check=check), self.assertRaisesRegex(IBMInputValueError, f"^{name} must be .* found 5"):
                check(5)
        with self.assertRaisesRegex(IBMInputValueError, "clock must be an object"):
            checked_clock(VirtualClock)  # type: ignore[arg-type]
        with (
            tempfile.TemporaryDirectory() as folder,
            self.assertRaisesRegex(IBMInputValueError, "found the folder.*jobs.sqlite"),
        ):
            open_store(folder)

    def test_a_store_waits_for_the_disk_where_it_is_asked_to(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for wait, level in ((True, 2), (False, 1)):
                with LocalRuntime(store=Path(folder) / f"{wait}.sqlite", wait_for_disk=wait) as runtime:
                    assert isinstance(runtime._store, SqliteStore)
                    found = runtime._store._connections.get().execute("PRAGMA synchronous").fetchone()
                    self.assertEqual(found, (level,))

    def test_what_was_written_without_waiting_is_on_the_disk_soon(self) -> None:
        with tempfile.TemporaryDirectory() as folder, LocalRuntime(store=Path(folder) / "jobs.sqlite") as runtime:
            runtime.open_workload("batch", AerSimulator())
            self.assertIsInstance(runtime._store, SqliteStore)
            self.assertTrue(in_time(lambda: not runtime._store._unsynced))  # type: ignore[attr-defined]

    def test_what_can_is_passed_on(self) -> None:
        clock, engine, store = VirtualClock(), InlineEngine(), MemoryStore()
        self.assertEqual((checked_clock(clock), checked_engine(engine), open_store(store)), (clock, engine, store))
        self.assertIsInstance(checked_clock(None), SystemClock)
        self.assertEqual((checked_engine(None), checked_runtime(None), checked_days(3)), (None, None, 3.0))
