"""Statistics of outcomes that count with signs, against formulas over single shots."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.estimates import Samples, estimates
from qiskit_local_runtime.pipeline.signed import signed_means, signed_values
from qiskit_local_runtime.pipeline.term_values import term_values
from qiskit_local_runtime.sweeps import Shots
from qiskit_local_runtime.techniques.terms import signs as term_signs

LETTERS = np.array([[3, 0], [3, 3]], dtype=np.uint8)
COEFFICIENTS = np.array([[1.0, 0.0], [0.5, -2.0]])
GAMMA = 1.8
SIGNS = np.random.default_rng(1).choice(np.array([1, 1, 1, -1], dtype=np.int8), 50)


def _outcomes() -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Bits, shape ``(randomizations, shots, 2)``."""
    return np.random.default_rng(2).random((len(SIGNS), 8, 2)) < [0.2, 0.35]


class TestSigned(unittest.TestCase):
    """Outcomes count γ times their sign."""

    def test_means_and_variances_are_those_of_single_signed_shots(self) -> None:
        bits = _outcomes()
        packed = (bits * [1, 2]).sum(axis=-1).astype(np.uint8)[None, None, :, :, None]
        plain = term_values(Shots(packed, 2), 0, 0, 0, LETTERS, COEFFICIENTS)
        found = signed_values(plain, SIGNS, GAMMA, COEFFICIENTS)
        each = GAMMA * SIGNS[:, None, None] * term_signs(bits.reshape(-1, 2), LETTERS).reshape(*bits.shape[:2], 2)
        np.testing.assert_allclose(found.means, each.mean(axis=1), atol=1e-12)
        summed = (each @ COEFFICIENTS.T).reshape(-1, 2)
        np.testing.assert_allclose(found.variances, summed.var(axis=0), atol=1e-12)

    def test_without_signs_nothing_changes(self) -> None:
        packed = (_outcomes() * [1, 2]).sum(axis=-1).astype(np.uint8)[None, None, :, :, None]
        plain = term_values(Shots(packed, 2), 0, 0, 0, LETTERS, COEFFICIENTS)
        found = signed_values(plain, np.ones(len(SIGNS), dtype=np.int8), 1.0, COEFFICIENTS)
        np.testing.assert_array_equal(found.means, plain.means)
        np.testing.assert_allclose(found.variances, plain.variances, atol=1e-12)

    def test_errors_are_those_of_the_weighted_randomizations(self) -> None:
        means = np.random.default_rng(3).normal(0.6, 0.1, (len(SIGNS), 2))
        weighted = signed_means(means, SIGNS, GAMMA)
        found = estimates([Samples(weighted, np.zeros(2))], None, COEFFICIENTS, None).fields
        each = (GAMMA * SIGNS[:, None] * means) @ COEFFICIENTS.T
        np.testing.assert_allclose(found["evs"], each.mean(axis=0), atol=1e-12)
        np.testing.assert_allclose(found["stds"], each.std(axis=0, ddof=1) / np.sqrt(len(SIGNS)), atol=1e-12)

    def test_the_identity_is_not_noisy_and_counts_once(self) -> None:
        letters = np.array([[0, 0], [0, 1]], dtype=np.uint8)
        found = signed_means(np.ones((len(SIGNS), 2)), SIGNS, GAMMA, letters)
        np.testing.assert_array_equal(found[:, 0], 1)
        np.testing.assert_allclose(found[:, 1], GAMMA * SIGNS, atol=1e-12)

    def test_draws_of_a_randomization_share_its_sign(self) -> None:
        found = signed_means(np.ones((6, 1)), np.array([1, -1], dtype=np.int8), 2.0)
        self.assertEqual(found[:, 0].tolist(), [2, 2, 2, -2, -2, -2])

    def test_another_number_of_signs_is_refused(self) -> None:
        for count in (0, 3, 8):
            with self.assertRaisesRegex(IBMInputValueError, f"of 4 randomizations,.* found {count}"):
                signed_means(np.ones((4, 1)), np.ones(count, dtype=np.int8), 2.0)


if __name__ == "__main__":
    unittest.main()
