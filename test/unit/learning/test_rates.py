"""Rates from exact decays: what is measured, and what is assumed."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.learning import carried, generators_of
from qiskit_local_runtime.learning.rates import RateProblem
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_LAYER = UniqueLayer((("cz", (), (0, 1)), ("ecr", (), (3, 2)), ("cx", (), (4, 5))), tuple(range(6)))
_LETTERS = generators_of(6, [(i, i + 1) for i in range(5)])
_PARTNERS, _ = carried(_LAYER, _LETTERS)


def _decays(model: PauliLindblad) -> np.ndarray:
    return np.asarray(-np.log(model.fidelities(_LETTERS)) - np.log(model.fidelities(_PARTNERS)))


def _problem() -> RateProblem:
    return RateProblem(_LETTERS, _LETTERS, _PARTNERS, np.full(len(_LETTERS), 1e-4))


class TestRateProblem(unittest.TestCase):
    """Six qubits, 63 rates, of which measurements alone fix 45."""

    def test_noise_that_is_the_same_before_and_behind_the_layer_is_found_exactly(self) -> None:
        rates = np.random.default_rng(0).uniform(0.5e-3, 2e-3, len(_LETTERS))
        rows = {row.tobytes(): i for i, row in enumerate(_LETTERS)}
        other = [rows.get(row.tobytes(), -1) for row in _PARTNERS]
        # noise that the layer carries outside the model cannot be the same on both sides
        rates = np.where(np.array(other) < 0, 0, (rates + rates[other]) / 2)
        found = _problem().solve(_decays(PauliLindblad(_LETTERS, rates)))
        np.testing.assert_allclose(found, rates, atol=1e-12)

    def test_other_noise_has_its_pair_products_and_its_sum_though_not_its_single_rates(self) -> None:
        for seed in range(5):
            rates = np.random.default_rng(seed).exponential(1e-3, len(_LETTERS))
            decays = _decays(PauliLindblad(_LETTERS, rates))
            found = _problem().solve(decays)
            self.assertGreaterEqual(found.min(), 0)
            self.assertAlmostEqual(found.sum() / rates.sum(), 1, delta=0.002)
            np.testing.assert_allclose(_decays(PauliLindblad(_LETTERS, found)), decays, atol=3e-4)
            self.assertGreater(np.abs(found - rates).max(), 3e-4)

    def test_without_the_bound_measured_decays_are_met_and_rows_are_solved_together(self) -> None:
        decays = np.stack([_decays(PauliLindblad(_LETTERS, np.full(len(_LETTERS), rate))) for rate in (1e-3, -1e-3)])
        found = _problem().unbounded(decays)
        self.assertEqual(found.shape, decays.shape)
        np.testing.assert_allclose(found[0], -found[1], atol=1e-12)
        np.testing.assert_allclose(found.sum(axis=1), [0.063, -0.063], rtol=2e-3)

    def test_decays_that_are_known_better_count_for_more(self) -> None:
        layer = UniqueLayer((), (0,))
        letters = generators_of(1, [])
        decays = np.array([0.04, 0.04, 0.12])
        partners, _ = carried(layer, letters)
        for better, wanted in ((2, 0.12), (0, 0.04)):
            variances = np.where(np.arange(3) == better, 1e-8, 1e-4)
            found = RateProblem(letters, letters, partners, variances).solve(decays)
            model = PauliLindblad(letters, found)
            self.assertAlmostEqual(-2 * np.log(model.fidelities(letters))[better], wanted, delta=1e-3)
