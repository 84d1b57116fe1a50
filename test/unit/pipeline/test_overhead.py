"""What cancelling noise costs."""

from __future__ import annotations

import math
import unittest

import numpy as np
from ddt import data, ddt

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.overhead import cancelling_split, overhead
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad


def _model(*rates: float) -> PauliLindblad:
    return PauliLindblad(np.ones((len(rates), 1), dtype=np.uint8), np.array(rates))


MODELS = [_model(0.1, 0.2), None, _model(0.05)]


@ddt
class TestOverhead(unittest.TestCase):
    """Gammas and gains."""

    def test_gammas_multiply_and_layers_without_a_model_cost_nothing(self) -> None:
        found = overhead(MODELS, max_overhead=None)
        np.testing.assert_allclose(found.gammas, [np.exp(0.6), 1, np.exp(0.1)], rtol=1e-12)
        self.assertAlmostEqual(found.gamma, np.exp(0.7), places=12)
        self.assertEqual(found.noise_gain, 0)
        self.assertAlmostEqual(found.sampling_overhead, np.exp(1.4), places=12)
        self.assertEqual(found.facts()["layer_gammas"], list(found.gammas))

    def test_the_automatic_gain_costs_just_what_is_allowed(self) -> None:
        found = overhead(MODELS, max_overhead=2.5)
        self.assertAlmostEqual(found.noise_gain, 1 - math.log(2.5) / 1.4, places=12)
        self.assertAlmostEqual(found.sampling_overhead, 2.5, places=12)

    @data((100.0, 0.0), (None, 0.0), (1.0, 1.0), (0.5, 1.0))
    def test_the_automatic_gain_stays_between_nothing_and_all(self, case: tuple[float | None, float]) -> None:
        allowed, gain = case
        self.assertEqual(overhead(MODELS, max_overhead=allowed).noise_gain, gain)

    def test_without_noise_there_is_nothing_to_pay(self) -> None:
        for models in ([], [None], [_model()]):
            found = overhead(models, max_overhead=1.5)
            self.assertEqual((found.noise_gain, found.gamma, found.sampling_overhead), (0, 1, 1))

    def test_a_gain_that_is_given_is_kept_and_only_cancelling_costs(self) -> None:
        self.assertAlmostEqual(overhead(MODELS, 0.5).sampling_overhead, np.exp(0.7), places=12)
        for gain in (1.0, 1.7):
            found = overhead(MODELS, gain, 0.5)
            self.assertEqual((found.noise_gain, found.sampling_overhead), (gain, 1))

    def test_a_gain_that_costs_more_than_allowed_is_refused_with_the_one_that_does_not(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, r"is 4.055, more than pec.max_overhead = 2.*'auto' \(here 0.5049"):
            overhead(MODELS, 0.0, 2.0)
        self.assertEqual(overhead(MODELS, 0.0, np.exp(1.4)).noise_gain, 0)

    def test_costs_beyond_all_numbers_are_infinite(self) -> None:
        found = overhead([_model(1000.0)], max_overhead=None)
        self.assertEqual(found.sampling_overhead, math.inf)
        self.assertAlmostEqual(overhead([_model(1000.0)], max_overhead=100.0).sampling_overhead, 100, places=8)


class TestSplit(unittest.TestCase):
    """Randomizations grow by the overhead."""

    def test_each_has_64_shots_unless_options_say_otherwise(self) -> None:
        found = [cancelling_split(4096, *numbers, 1.0) for numbers in ((None, None), (10, None), (None, 100), (64, 128))]
        divided = [(each.num_randomizations, each.shots_per_randomization) for each in found]
        self.assertEqual(divided, [(64, 64), (10, 410), (41, 100), (64, 128)])

    def test_few_shots_are_spread_over_several_randomizations(self) -> None:
        found = [cancelling_split(shots, None, None, 1.0) for shots in (512, 100, 5)]
        divided = [(each.num_randomizations, each.shots_per_randomization) for each in found]
        self.assertEqual(divided, [(8, 64), (8, 13), (5, 1)])
        self.assertEqual(cancelling_split(100, None, 64, 1.0).num_randomizations, 2)

    def test_their_number_is_scaled_and_rounded_up(self) -> None:
        found = [cancelling_split(4096, None, None, cost).num_randomizations for cost in (1.0, 3.4, 1.1 * (1 + 1e-15), 1.25)]
        self.assertEqual(found, [64, 218, 71, 80])

    def test_numbers_nobody_can_run_and_too_few_shots_are_refused(self) -> None:
        for cost in (math.inf, 1e12):
            with self.assertRaisesRegex(IBMInputValueError, "Set pec.max_overhead"):
                cancelling_split(4096, None, None, cost)
        with self.assertRaisesRegex(IBMInputValueError, "less than the 4096 shots"):
            cancelling_split(4096, 2, 3, 1.0)


if __name__ == "__main__":
    unittest.main()
