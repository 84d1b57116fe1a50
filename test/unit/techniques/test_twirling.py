"""Measurement twirling."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.techniques.twirling import Split, draw_flips, split_shots


@ddt
class TestSplitShots(unittest.TestCase):
    """``split_shots`` divides shots over randomizations."""

    @data(
        ((4096, None, None), Split(32, 128)),
        ((100, None, None), Split(2, 64)),
        ((4096, 10, None), Split(10, 410)),
        ((4096, None, 1000), Split(5, 1000)),
        ((1000, 10, 100), Split(10, 100)),
    )
    def test_one_number_decides_the_other(self, case: tuple[tuple[int, int | None, int | None], Split]) -> None:
        asked, split = case
        self.assertEqual(split_shots(*asked), split)

    def test_two_numbers_that_are_too_few_are_refused_by_name(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "num_randomizations.*shots_per_randomization.*= 90 is less than"):
            split_shots(100, 9, 10)


class TestDrawFlips(unittest.TestCase):
    """``draw_flips`` draws fair flips on the bits named."""

    def test_only_the_bits_named_are_flipped_and_fairly(self) -> None:
        flips = draw_flips((3, 2, 1000), (1, 4), 6, np.random.SeedSequence(0))
        self.assertEqual(flips.shape, (3, 2, 1000, 6))
        self.assertFalse(flips[..., [0, 2, 3, 5]].any())
        fraction = flips[..., [1, 4]].mean()
        # 12 000 fair coins: standard error 0.0046; four of them
        self.assertAlmostEqual(fraction, 0.5, delta=4 * 0.0046)

    def test_the_seed_decides(self) -> None:
        draw = [draw_flips((1, 1, 50), (0,), 1, np.random.SeedSequence(s)) for s in (0, 0, 1)]
        np.testing.assert_array_equal(draw[0], draw[1])
        self.assertTrue((draw[0] != draw[2]).any())
