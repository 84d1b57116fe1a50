"""Numbers of noise presets."""

from __future__ import annotations

import math
import unittest

from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st

from qiskit_local_runtime.devices.preset_values import Spread, Values
from qiskit_local_runtime.errors import IBMInputValueError


@ddt
class TestValues(unittest.TestCase):
    """One for all, by place, or drawn."""

    def test_a_number_is_everywhere_the_same(self) -> None:
        values = Values.of("a", 3, 2, 0)
        self.assertEqual((values.at((0, 1)), values.at((5, 2)), values.places()), (3.0, 3.0, None))

    def test_pairs_are_named_in_either_order(self) -> None:
        values = Values.of("a", {(3, 1): 0.5}, 2, 0)
        self.assertEqual((values.at((1, 3)), values.at((3, 1)), values.at((0, 1))), (0.5, 0.5, 0.0))
        self.assertEqual(values.places(), ((1, 3),))

    def test_qubits_are_named_by_number(self) -> None:
        values = Values.of("a", {3: 0.5}, 1, 0)
        self.assertEqual((values.at((3,)), values.at((0,))), (0.5, 0.0))

    @settings(max_examples=50, deadline=None, derandomize=True)
    @given(st.integers(0, 2**40), st.tuples(st.integers(0, 200), st.integers(0, 200)))
    def test_a_spread_depends_on_seed_name_and_place_only(self, seed: int, pair: tuple[int, int]) -> None:
        found = Values.of("a", Spread(-2.0, 5.0), 2, seed).at(pair)
        self.assertTrue(-2 <= found <= 5)
        self.assertEqual(Values.of("a", Spread(-2.0, 5.0), 2, seed).at(pair[::-1]), found)
        others = [Values.of("b", Spread(-2.0, 5.0), 2, seed), Values.of("a", Spread(-2.0, 5.0), 2, seed + 1)]
        self.assertTrue(all(other.at(pair) != found for other in others))
        self.assertNotEqual(Values.of("a", Spread(-2.0, 5.0), 2, seed).at((pair[0], pair[1] + 1)), found)

    def test_a_spread_is_even(self) -> None:
        values = Values.of("a", Spread(0.0, 1.0), 1, 7)
        drawn = [values.at((q,)) for q in range(2000)]
        self.assertAlmostEqual(sum(drawn) / 2000, 0.5, delta=4 * math.sqrt(1 / 12 / 2000))

    @data(math.nan, math.inf, "1", None, True, 1j, {(0, 1): math.nan})
    def test_what_is_no_number_is_refused(self, value: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Coherent.angle: expected finite numbers"):
            Values.of("Coherent.angle", value, 2, 0)

    @data(-1.0, {0: -1.0}, Spread(-1.0, 1.0))
    def test_what_must_not_be_negative_is_refused(self, value: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "at least 0, found|of at least 0"):
            Values.of("Drift.hertz", value, 1, 0, negative=False)

    @data(1, (1,), (1, 1), (0, 1, 2), (-1, 0), "ab", (0.5, 1))
    def test_keys_that_are_no_pairs_are_refused(self, key: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "pair of different qubits"):
            Values.of("a", {key: 1.0}, 2, 0)

    @data((0, 1), -1, "0", True)
    def test_keys_that_are_no_qubits_are_refused(self, key: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "a qubit"):
            Values.of("a", {key: 1.0}, 1, 0)

    @data((2.0, 1.0), (0.0, math.inf), (math.nan, 1.0))
    def test_bounds_of_a_spread_are_in_order(self, bounds: tuple[float, float]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "low ≤ high"):
            Spread(*bounds)
