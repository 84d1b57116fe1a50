"""The noise learners' options."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack

from qiskit_local_runtime.errors import OptionError, OptionNotImplementedError
from qiskit_local_runtime.options import (
    EstimatorOptions,
    NoiseLearnerOptions,
    NoiseLearnerV3Options,
    learner_options,
    settle_noise_learner,
    settle_noise_learner_v3,
)
from qiskit_local_runtime.options.learning_settings import LearningSettings, NoiseLearnerSettings


@ddt
class TestSettled(unittest.TestCase):
    """Frozen settings."""

    def test_nothing_set_is_the_routines_default(self) -> None:
        self.assertEqual(settle_noise_learner(NoiseLearnerOptions()), NoiseLearnerSettings())
        third = NoiseLearnerSettings(learning=LearningSettings(max_layers_to_learn=None), twirling_strategy="active-circuit")
        self.assertEqual(settle_noise_learner_v3(NoiseLearnerV3Options()), third)

    def test_what_is_set_arrives(self) -> None:
        options = NoiseLearnerOptions(
            max_layers_to_learn=None,
            shots_per_randomization=5,
            num_randomizations=6,
            layer_pair_depths=[1, 3],
            twirling_strategy="all",
            max_execution_time=70,
            simulator={"seed_simulator": 0},
            environment={"job_tags": ["a"]},
            transpilation={"optimization_level": 1},
        )
        settings = settle_noise_learner(options)
        learning = LearningSettings(
            max_layers_to_learn=None, shots_per_randomization=5, num_randomizations=6, layer_pair_depths=(1, 3)
        )
        self.assertEqual((settings.learning, settings.twirling_strategy), (learning, "all"))
        self.assertEqual((settings.max_execution_time, settings.simulator.seed, settings.job_tags), (70.0, 0, ("a",)))
        assert settings.transpilation is not None
        self.assertEqual(settings.transpilation.optimization_level, 1)

    def test_an_estimators_own_learning(self) -> None:
        learning = {"max_layers_to_learn": 2, "num_randomizations": 7}
        given = EstimatorOptions(
            resilience={"layer_noise_learning": learning},
            twirling={"strategy": "active"},
            max_execution_time=9,
            simulator={"seed_simulator": 4},
        )
        found = learner_options(given)
        self.assertEqual((found.max_layers_to_learn, found.num_randomizations, found.twirling_strategy), (2, 7, "active"))
        self.assertEqual((found.max_execution_time, found.simulator.seed_simulator), (9, 4))

    @data(
        ({"max_layers_to_learn": -1}, "max_layers_to_learn"),
        ({"shots_per_randomization": 0}, "shots_per_randomization"),
        ({"num_randomizations": True}, "num_randomizations"),
        ({"layer_pair_depths": [0, -1]}, "layer_pair_depths"),
        ({"twirling_strategy": "none"}, "twirling_strategy"),
        ({"layer_depths": [0, 1]}, "Did you mean 'layer_pair_depths'"),
    )
    @unpack
    def test_bounds_are_ibms(self, values: dict[str, Any], message: str) -> None:
        with self.assertRaisesRegex(OptionError, message):
            NoiseLearnerOptions(**values)

    def test_one_depth_teaches_nothing(self) -> None:
        with self.assertRaisesRegex(OptionError, "two or more different depths"):
            settle_noise_learner(NoiseLearnerOptions(layer_pair_depths=[4, 4]))

    def test_what_is_not_applied_is_refused(self) -> None:
        with self.assertRaisesRegex(OptionNotImplementedError, "bit_flip_checks.post_circuit"):
            settle_noise_learner_v3(NoiseLearnerV3Options(bit_flip_checks={"post_circuit": {"enable": True}}))
        with self.assertRaisesRegex(OptionNotImplementedError, "init_qubits"):
            settle_noise_learner_v3(NoiseLearnerV3Options(execution={"init_qubits": False}))
        with self.assertRaisesRegex(OptionNotImplementedError, "experimental"):
            settle_noise_learner(NoiseLearnerOptions(experimental={"a": 1}))
