"""Which extrapolated values can be believed."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt, unpack

from qiskit_local_runtime.sweeps.verdicts import Verdict, judge


@ddt
class TestJudge(unittest.TestCase):
    """``judge``."""

    @unpack
    @data(
        (0.5, 0.1, False, 1.0, Verdict.ACCEPTED),
        (1.4, 0.1, False, 1.0, Verdict.ACCEPTED),
        (-1.41, 0.1, False, 1.0, Verdict.OUT_OF_RANGE),
        (-1.41, 0.1, False, 2.0, Verdict.ACCEPTED),
        (1.0, 0.0, False, 1.0, Verdict.ACCEPTED),
        (0.5, 1.0, False, 1.0, Verdict.ACCEPTED),
        (0.5, 1.01, False, 1.0, Verdict.UNCERTAIN),
        (0.5, 0.1, True, 1.0, Verdict.POOR),
        (9.0, 0.1, True, 1.0, Verdict.OUT_OF_RANGE),
        (9.0, 1.1, True, 1.0, Verdict.UNCERTAIN),
        (0.5, np.inf, False, np.inf, Verdict.UNRESOLVED),
        (np.nan, 0.1, False, 1.0, Verdict.UNRESOLVED),
        (0.0, 0.0, False, 0.0, Verdict.ACCEPTED),
    )
    def test_the_first_reason_counts(self, value: float, std: float, poor: bool, bound: float, expected: Verdict) -> None:
        found = judge(np.array([[value]]), np.array([[std]]), np.array([[poor]]), np.array([[bound]]))
        self.assertEqual(found.tolist(), [[expected]])

    def test_each_element_has_its_own_bound_and_each_extrapolator_its_own_verdict(self) -> None:
        values, stds = np.array([[0.5, 1.5], [0.5, 1.5]]), np.full((2, 2), 0.1)
        found = judge(values, stds, np.zeros((2, 2), dtype=np.bool_), np.array([[1.0], [2.0]]))
        self.assertEqual(found.tolist(), [[Verdict.ACCEPTED, Verdict.OUT_OF_RANGE], [Verdict.ACCEPTED] * 2])

    @data(*Verdict)
    def test_every_verdict_has_a_reason(self, verdict: Verdict) -> None:
        self.assertTrue(verdict.reason)
