"""Results until they are asked for."""

from __future__ import annotations

import unittest

from qiskit_local_runtime.runtime.lately import Lately


class TestLately(unittest.TestCase):
    """Few, small, and each once."""

    def test_a_result_is_given_out_once(self) -> None:
        lately = Lately()
        lately.add("a", "found", 10)
        self.assertEqual((lately.take("a"), lately.take("a"), lately.take("b")), ("found", None, None))

    def test_large_results_are_not_kept_and_the_oldest_go_first(self) -> None:
        lately = Lately()
        lately.add("large", "found", 1 << 20)
        for number in range(100):
            lately.add(str(number), number, 10)
        self.assertEqual((lately.take("large"), lately.take("0"), lately.take("99")), (None, None, 99))
