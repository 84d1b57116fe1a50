"""What is too large to be in memory twice: written while it is made, read from an open file."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
import unittest
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np

from qiskit_local_runtime.codec import pack, packed, unpack
from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.store import SqliteStore

_ROW = Job(id="a", routine="sampler", backend_name="aer", created=datetime(2026, 1, 1, tzinfo=UTC))


def _array(size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)


class _Fails:
    """Bytes of which only the first can be made."""

    def write(self, file: IO[bytes]) -> None:
        file.write(b"P")
        raise ZeroDivisionError


class TestLarge(unittest.TestCase):
    """Bytes of tens of megabytes."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "jobs.db"
        self.store = SqliteStore(self.path)
        self.addCleanup(self.store.close)

    def _files(self) -> list[Path]:
        blobs = Path(f"{self.path}.blobs")
        return sorted(blobs.iterdir()) if blobs.exists() else []

    def test_what_is_large_is_said_to_be_so_and_makes_the_same_bytes_either_way(self) -> None:
        for size, large in ((100, False), (1 << 19, False), (3 << 20, True)):
            value = {"bits": _array(size), "more": [np.zeros(9000), 1j, (1, 2)]}
            self.assertEqual(packed(value).large, large)
            self.store.submit(_ROW, packed(value) if large else pack(value))
            self.assertEqual(self.store.get_request("a"), pack(value))

    def test_a_result_is_kept_and_read_with_little_more_memory_than_it_takes_itself(self) -> None:
        value = _array(1 << 26)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.store.finish(_ROW, packed([value]))
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        found = unpack(self.store.get_result("a"))[0]
        taken = tracemalloc.get_traced_memory()[1] - before
        np.testing.assert_array_equal(found, value)
        self.assertLess(written, 0.6 * value.nbytes)
        self.assertLess(taken, 1.6 * value.nbytes)

    def test_a_file_that_is_read_is_closed_also_where_it_is_damaged(self) -> None:
        self.store.finish(_ROW, packed([_array(8 << 20)]))
        (path,) = self._files()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(unpack(self._opened())[0].nbytes, 8 << 20)
            path.write_bytes(path.read_bytes()[: 5 << 20])
            file = self._opened()
            with self.assertRaisesRegex(IBMRuntimeError, "damaged, or of a later version"):
                unpack(file)
            self.assertTrue(file.closed)
            gc.collect()

    def test_a_file_that_is_open_can_be_read_though_its_job_is_dropped(self) -> None:
        self.store.finish(_ROW, packed([_array(8 << 20)]))
        file = self._opened()
        self.store.drop("a")
        self.assertEqual(self._files(), [])
        np.testing.assert_array_equal(unpack(file)[0], _array(8 << 20))

    def test_what_fails_while_it_is_written_leaves_neither_row_nor_file(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            self.store.finish(replace(_ROW, status="DONE"), _Fails())
        self.assertEqual((self.store.get("a"), self.store.get_result("a"), self._files()), (None, None, []))

    def _opened(self) -> Any:
        found = self.store.get_result("a")
        self.assertFalse(isinstance(found, bytes), "it was read whole")
        return found


if __name__ == "__main__":
    unittest.main()
