"""Threads, deadlines and leases of a runtime."""

from __future__ import annotations

import tempfile
import threading
import time
import unittest
from pathlib import Path

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.runtime.deadlines import Deadlines
from qiskit_local_runtime.runtime.leases import Leases
from qiskit_local_runtime.runtime.threads import Threads
from test.support.groups import in_time


class TestThreads(unittest.TestCase):
    """As many as there is work."""

    def test_work_runs_side_by_side_and_one_thread_is_used_again(self) -> None:
        threads, meeting = Threads("test"), threading.Barrier(3, timeout=10)
        for _ in range(2):
            threads.run(meeting.wait)
        meeting.wait()
        done = threading.Event()
        threads.run(done.set)
        self.assertTrue(done.wait(10))
        threads.close(5)
        self.assertEqual([thread for thread in threading.enumerate() if thread.name == "test"], [])

    def test_closing_waits_for_work_that_has_begun(self) -> None:
        threads, begun, gate, ended = Threads("test"), threading.Event(), threading.Event(), threading.Event()

        def work() -> None:
            begun.set()
            gate.wait(10)
            ended.set()

        threads.run(work)
        self.assertTrue(begun.wait(10))
        gate.set()
        threads.close(10)
        self.assertTrue(ended.is_set())


class TestDeadlines(unittest.TestCase):
    """Calls made later."""

    def test_a_call_is_made_unless_it_is_forgotten(self) -> None:
        deadlines, called, forgotten = Deadlines(), threading.Event(), threading.Event()
        deadlines.after(0.02, forgotten.set)()
        deadlines.after(0.03, called.set)
        self.assertTrue(called.wait(10))
        self.assertFalse(forgotten.is_set())

    def test_a_nearer_one_goes_first(self) -> None:
        deadlines, order, done = Deadlines(), [], threading.Event()
        forget = deadlines.after(3600, lambda: order.append("far"))
        deadlines.after(0.02, lambda: (order.append("near"), done.set()))
        self.assertTrue(done.wait(10))
        forget()
        self.assertEqual(order, ["near"])

    def test_one_that_comes_while_a_farther_one_is_waited_for_is_made_in_time(self) -> None:
        deadlines, done = Deadlines(), threading.Event()
        forget = deadlines.after(3600, lambda: None)
        self.assertTrue(in_time(lambda: bool(deadlines._wakes)))
        began = time.monotonic()
        deadlines.after(0.02, done.set)
        self.assertTrue(done.wait(10))
        # the thread looks by itself only every half second
        self.assertLess(time.monotonic() - began, 0.4)
        forget()

    def test_the_thread_ends_when_there_is_nothing_left(self) -> None:
        deadlines = Deadlines()
        deadlines.after(3600, lambda: None)()
        thread = deadlines._thread
        assert thread is not None
        thread.join(10)
        self.assertEqual((thread.is_alive(), deadlines._thread), (False, None))
        done = threading.Event()
        deadlines.after(0.01, done.set)
        self.assertTrue(done.wait(10))

    def test_forgotten_calls_take_no_room(self) -> None:
        deadlines = Deadlines()
        for _ in range(1000):
            deadlines.after(3600, lambda: None)()
        self.assertLess(len(deadlines._calls), 200)


class TestLeases(unittest.TestCase):
    """One holder a queue."""

    def test_one_at_a_time(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            one, other = Leases(Path(folder) / "locks"), Leases(Path(folder) / "locks")
            self.assertTrue(one.acquire("q") and one.acquire("q"))
            self.assertFalse(other.acquire("q"))
            self.assertTrue(other.acquire("p"))
            self.assertEqual((one.queues(), one.holds("q"), one.holds("p")), (("q",), True, False))
            one.release("q")
            self.assertTrue(other.acquire("q"))
            other.release_all()
            self.assertEqual(other.queues(), ())

    def test_the_private_queues_of_a_process_share_a_lock_that_leaves_no_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            one, other = Leases(Path(folder)), Leases(Path(folder))
            self.assertTrue(one.acquire("aer#me-1") and one.acquire("aer#me-2"))
            self.assertEqual(len(list(Path(folder).iterdir())), 1)
            self.assertFalse(other.acquire("aer#me-1") or other.acquire("fez#me-3"))
            one.release("aer#me-1")
            self.assertFalse(other.acquire("aer#me-1"))
            one.release("aer#me-2")
            self.assertEqual(list(Path(folder).iterdir()), [])
            self.assertTrue(other.acquire("aer#me-1"))
            other.release_all()

    def test_a_folder_that_cannot_be_locked_says_so(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file"
            file.write_text("")
            with self.assertRaisesRegex(IBMRuntimeError, "cannot be locked"):
                Leases(file).acquire("q")

    def test_without_a_folder_everything_is_ours(self) -> None:
        leases = Leases(None)
        self.assertTrue(leases.acquire("any"))
        self.assertEqual(leases.queues(), ("any",))
