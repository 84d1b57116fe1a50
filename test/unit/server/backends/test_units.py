from __future__ import annotations

import unittest

from ddt import data, ddt
from hypothesis import given
from hypothesis import strategies as st
from qiskit.utils.units import apply_prefix

from qiskit_local_runtime.server.backends.units import gigahertz, microseconds, nanoseconds, plain_nanoseconds

_times = st.floats(1e-12, 1.0)


@ddt
class TestUnits(unittest.TestCase):
    """Reading a number in its unit gives what was meant, to the last bit."""

    @given(_times)
    def test_durations_come_back(self, seconds: float) -> None:
        self.assertEqual(seconds, apply_prefix(*nanoseconds(seconds)))

    @given(_times)
    def test_relaxation_times_come_back(self, seconds: float) -> None:
        self.assertEqual(seconds, apply_prefix(*microseconds(seconds)))

    @given(st.floats(1e6, 1e12))
    def test_frequencies_come_back(self, hertz: float) -> None:
        self.assertEqual(hertz, apply_prefix(*gigahertz(hertz)))

    @given(_times)
    def test_a_time_without_unit_comes_back_within_one_rounding(self, seconds: float) -> None:
        self.assertAlmostEqual(1.0, plain_nanoseconds(seconds) * 1e-9 / seconds, delta=3e-16)

    @data((2.4e-8, 24.0), (1.56e-6, 1560.0), (0.0, 0.0))
    def test_usual_durations_are_short_decimals_in_ns(self, case: tuple[float, float]) -> None:
        self.assertEqual((case[1], "ns"), nanoseconds(case[0]))
