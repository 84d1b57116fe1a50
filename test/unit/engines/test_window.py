"""The parts of a map that are under way."""

from __future__ import annotations

import unittest
from concurrent.futures import CancelledError, Future

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.engines.window import Again, Window


class _Place:
    """Where parts run: all that is under way is lost when part 2 is waited for the first time."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.under_way: list[Future[int]] = []
        self.seen_at_the_loss: list[int] = []
        self.lost = False

    def start(self, part: int) -> Future[int]:
        self.started.append(part)
        self.under_way.append(Future())
        return self.under_way[-1]

    def finish(self, future: Future[int], part: int) -> int | Again:
        if part == 2 and not self.lost:
            self.lost = True
            for each in self.under_way:
                each.cancel()
            self.seen_at_the_loss = list(self.started)
            return Again(self.start(part))
        if future.cancelled():
            raise CancelledError
        return part


class TestLoss(unittest.TestCase):
    """Parts whose place is gone."""

    def test_all_that_were_under_way_start_again_at_once_and_in_their_order(self) -> None:
        place = _Place()
        window: Window[int, int] = Window(4, place.start, place.finish)
        self.assertEqual(list(window.results(range(8), CancelToken())), list(range(8)))
        self.assertEqual(place.seen_at_the_loss, [0, 1, 2, 3, 4, 5])
        self.assertEqual(place.started, [0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7])

    def test_nothing_starts_again_in_a_window_that_has_ended(self) -> None:
        place = _Place()
        window: Window[int, int] = Window(4, place.start, place.finish)
        results = window.results(range(8), CancelToken())
        self.assertEqual([next(results), next(results)], [0, 1])
        window.end()
        with self.assertRaises(CancelledError):
            next(results)
        self.assertEqual(place.started, [0, 1, 2, 3, 4, 5, 2])


if __name__ == "__main__":
    unittest.main()
