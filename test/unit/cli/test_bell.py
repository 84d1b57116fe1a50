"""The demo's Bell pair."""

from __future__ import annotations

import unittest

from qiskit_aer import AerSimulator

from qiskit_local_runtime.cli.bell import OUTCOMES, BellPair, measure, table


class TestBell(unittest.TestCase):
    """Counts and their table."""

    def test_without_noise_only_equal_bits_are_seen_half_of_the_time_each(self) -> None:
        pair = measure(AerSimulator(), seed=7, shots=4000)
        self.assertEqual((pair.counts["01"], pair.counts["10"], pair.shots), (0, 0, 4000))
        self.assertAlmostEqual(pair.counts["00"], 2000, delta=5 * (4000 * 0.25) ** 0.5)  # five standard errors

    def test_the_table_has_a_line_an_outcome_and_bars_in_proportion(self) -> None:
        lines = table(BellPair(dict(zip(OUTCOMES, (50, 0, 0, 50), strict=True)))).split("\n")
        self.assertEqual([line.split()[:2] for line in lines[:2]], [["00", "0.500"], ["01", "0.000"]])
        self.assertEqual([line.count("█") for line in lines], [20, 0, 0, 20])
