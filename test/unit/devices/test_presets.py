"""Noise presets as records."""

from __future__ import annotations

import unittest

from ddt import data, ddt

from qiskit_local_runtime.devices import Calibration, Coherent, Crosstalk, Drift, Spread
from qiskit_local_runtime.errors import IBMInputValueError


@ddt
class TestPresets(unittest.TestCase):
    """Kinds of noise."""

    def test_equal_presets_are_equal(self) -> None:
        self.assertEqual(Calibration(), Calibration())
        self.assertEqual(Coherent(0.1), Coherent(0.1))
        self.assertNotEqual(Crosstalk(Spread(1, 2)), Crosstalk(Spread(1, 3)))

    @data(0, -1, 1.5, True, None)
    def test_draws_are_counted(self, draws: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Drift.draws"):
            Drift(1e4, draws)  # type: ignore[arg-type]
