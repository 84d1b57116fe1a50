"""Settled options of learning noise."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt

from qiskit_local_runtime.errors import OptionError
from qiskit_local_runtime.options.learning_settings import LearningSettings, NoiseLearnerSettings


@ddt
class TestLearningSettings(unittest.TestCase):
    """IBM's defaults, and bounds."""

    def test_defaults_are_ibms(self) -> None:
        found = LearningSettings()
        self.assertEqual((found.max_layers_to_learn, found.shots_per_randomization, found.num_randomizations), (4, 128, 32))
        self.assertEqual(found.layer_pair_depths, (0, 1, 2, 4, 16, 32))
        self.assertEqual(NoiseLearnerSettings().twirling_strategy, "active-accum")

    @data(
        {"max_layers_to_learn": -1},
        {"shots_per_randomization": 0},
        {"num_randomizations": 0},
        {"layer_pair_depths": (0,)},
        {"layer_pair_depths": (2, 2)},
        {"layer_pair_depths": (-1, 3)},
        {"layer_pair_depths": ()},
    )
    def test_a_number_out_of_range_is_refused_by_name(self, wrong: dict[str, Any]) -> None:
        with self.assertRaises(OptionError) as caught:
            LearningSettings(**wrong)
        self.assertEqual(list(caught.exception.problems), list(wrong))

    def test_no_limit_and_no_layers_are_allowed(self) -> None:
        for limit in (None, 0):
            self.assertEqual(LearningSettings(max_layers_to_learn=limit).max_layers_to_learn, limit)
