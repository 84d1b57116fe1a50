"""Options settled into frozen settings."""

from __future__ import annotations

import dataclasses
import unittest

from ddt import data, ddt

from qiskit_local_runtime.errors import OptionError, OptionNotImplementedError
from qiskit_local_runtime.options import EstimatorOptions, SamplerOptions, Unset, settle_estimator, settle_sampler


@ddt
class TestEstimator(unittest.TestCase):
    """Levels and dependencies."""

    @data(
        ({}, True, True),
        ({"resilience_level": 0}, False, False),
        ({"resilience_level": 1}, True, True),
        ({"resilience_level": 1, "resilience": {"measure_mitigation": False}}, False, False),
        ({"resilience_level": 0, "resilience": {"measure_mitigation": True}}, True, True),
        ({"resilience_level": 0, "twirling": {"enable_measure": True}}, False, True),
        ({"twirling": {"enable_measure": False}}, False, False),
    )
    def test_what_switches_on_trex_and_measurement_twirling(self, case: tuple[dict[str, object], bool, bool]) -> None:
        options, trex, twirled = case
        settings = settle_estimator(EstimatorOptions(**options))
        self.assertEqual((settings.trex.enable, settings.twirling.measure), (trex, twirled))

    def test_trex_against_twirling_names_both(self) -> None:
        options = EstimatorOptions(resilience={"measure_mitigation": True}, twirling={"enable_measure": False})
        with self.assertRaisesRegex(OptionError, "measure_mitigation.*enable_measure"):
            settle_estimator(options)

    def test_the_calibrations_own_numbers_are_kept(self) -> None:
        learning = {"num_randomizations": 5, "shots_per_randomization": 70}
        trex = settle_estimator(EstimatorOptions(resilience={"measure_noise_learning": learning})).trex
        self.assertEqual((trex.num_randomizations, trex.shots_per_randomization), (5, 70))

    def test_seeds(self) -> None:
        both = EstimatorOptions(seed_estimator=4, simulator={"seed_simulator": 0})
        self.assertEqual(settle_estimator(both).simulator.seed, 0)
        self.assertEqual(settle_estimator(EstimatorOptions(seed_estimator=4)).simulator.seed, 4)


@ddt
class TestRefusals(unittest.TestCase):
    """What is not applied is refused by name."""

    @data(
        ("twirling", "group", "local_c1"),
        ("execution", "init_qubits", False),
        ("execution", "rep_delay", 1e-4),
        ("execution", "scheduler_timing", True),
        ("execution", "stretch_values", True),
        ("environment", "image", "mine"),
        (None, "experimental", {"x": 1}),
    )
    def test_both_primitives(self, case: tuple[str | None, str, object]) -> None:
        group, name, value = case
        for model, settle in ((SamplerOptions, settle_sampler), (EstimatorOptions, settle_estimator)):
            options = model()
            setattr(options if group is None else getattr(options, group), name, value)
            with self.assertRaisesRegex(OptionNotImplementedError, f"{name} = .*not implemented"):
                settle(options)
            with self.assertWarnsRegex(UserWarning, name):
                settle(options, unimplemented="warn")

    def test_sub_options_of_what_is_switched_off_are_fine(self) -> None:
        options = SamplerOptions(dynamical_decoupling={"sequence_type": "XY4"}, twirling={"strategy": "all"})
        self.assertFalse(settle_sampler(options).twirling.measure)


class TestShared(unittest.TestCase):
    """What both have."""

    def test_settings_are_frozen(self) -> None:
        with self.assertRaises(dataclasses.FrozenInstanceError):
            settle_sampler(SamplerOptions()).default_shots = 3  # type: ignore[misc]

    def test_a_time_limit_has_two_names_and_a_cap(self) -> None:
        self.assertEqual(settle_sampler(SamplerOptions(max_usage=5)).max_execution_time, 5.0)
        with self.assertRaisesRegex(OptionError, "max_execution_time.*max_usage"):
            settle_sampler(SamplerOptions(max_usage=5, max_execution_time=6))
        with self.assertRaisesRegex(OptionError, "3 hours"):
            settle_sampler(SamplerOptions(max_execution_time=20_000))

    def test_a_layout_without_a_level_is_refused(self) -> None:
        with self.assertRaisesRegex(OptionError, "initial_layout.*optimization_level"):
            settle_sampler(SamplerOptions(transpilation={"initial_layout": [0]}))

    def test_unset_means_the_default(self) -> None:
        options = SamplerOptions(default_shots=5)
        options.default_shots = Unset
        self.assertEqual(options.default_shots, 4096)
        self.assertEqual(SamplerOptions(default_shots=Unset).default_shots, 4096)

    def test_an_update_changes_what_it_names(self) -> None:
        options = SamplerOptions(default_shots=5, twirling={"enable_measure": True})
        options.update(twirling={"num_randomizations": 3})
        self.assertEqual(
            (options.default_shots, options.twirling.enable_measure, options.twirling.num_randomizations), (5, True, 3)
        )
        with self.assertRaises(OptionError):
            options.update(default_shots=7, twirling={"nonsense": 1})
        self.assertEqual(options.default_shots, 5)
