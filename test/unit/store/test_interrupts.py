"""Ctrl-C held back."""

from __future__ import annotations

import signal
import threading
import unittest

from qiskit_local_runtime.store.interrupts import held_back


class TestHeldBack(unittest.TestCase):
    """An interrupt raises when nothing is half-done."""

    def setUp(self) -> None:
        self.addCleanup(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def test_what_is_inside_is_done_first(self) -> None:
        done: list[str] = []
        with self.assertRaises(KeyboardInterrupt), held_back(), held_back():
            signal.raise_signal(signal.SIGINT)
            done.append("inside")
        self.assertEqual(done, ["inside"])
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_without_one_nothing_is_raised_and_errors_pass(self) -> None:
        with self.assertRaises(ZeroDivisionError), held_back():
            raise ZeroDivisionError
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_handlers_of_others_are_called_as_ever(self) -> None:
        heard: list[int] = []
        signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
        with held_back():
            signal.raise_signal(signal.SIGINT)
            self.assertEqual(heard, [signal.SIGINT])

    def test_other_threads_change_nothing(self) -> None:
        handlers: list[object] = []

        def work() -> None:
            with held_back():
                handlers.append(signal.getsignal(signal.SIGINT))

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(handlers, [signal.default_int_handler])
