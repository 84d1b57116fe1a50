"""Sums of Paulis packed to bits."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qiskit_local_runtime.simulators.pauli_sum import PauliSum


def _some(count: int, num_qubits: int, num_sums: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    letters = rng.integers(0, 4, (count, num_qubits)).astype(np.uint8)
    return letters, rng.normal(size=count), rng.integers(0, num_sums, count)


def _as_dict(paulis: PauliSum) -> dict[tuple[int, bytes], float]:
    out: dict[tuple[int, bytes], float] = {}
    for owner, letters, value in zip(paulis.owners, paulis.letters, paulis.coefficients, strict=True):
        out[int(owner), letters.tobytes()] = out.get((int(owner), letters.tobytes()), 0.0) + value
    return out


class TestPauliSum(unittest.TestCase):
    """What is put in comes out again, equal ones once."""

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.integers(1, 130), st.integers(0, 40), st.integers(0, 1000))
    def test_letters_come_out_as_they_were_put_in(self, num_qubits: int, count: int, seed: int) -> None:
        letters, coefficients, owners = _some(count, num_qubits, 3, seed)
        paulis = PauliSum(letters, coefficients, owners, 3)
        np.testing.assert_array_equal(paulis.letters, letters)
        np.testing.assert_array_equal(paulis.coefficients, coefficients)
        self.assertEqual(len(paulis), count)

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.sampled_from([1, 2, 64, 65, 127]), st.integers(0, 60), st.integers(0, 1000))
    def test_merging_changes_no_sum_and_leaves_every_pauli_once(self, num_qubits: int, count: int, seed: int) -> None:
        letters, coefficients, owners = _some(count, num_qubits, 2, seed)
        letters[:, 1:] = letters[:1, 1:]
        paulis = PauliSum(letters, coefficients, owners, 2)
        before = _as_dict(paulis)
        paulis.merge()
        self.assertEqual(len(paulis), len(before))
        after = _as_dict(paulis)
        self.assertEqual(after.keys(), before.keys())
        for key, value in before.items():
            self.assertAlmostEqual(after[key], value, delta=1e-12)

    def test_paulis_that_differ_in_the_last_bit_of_every_word_are_not_merged(self) -> None:
        letters = np.zeros((4, 128), dtype=np.uint8)
        letters[:, 63] = letters[:, 127] = [0, 1, 2, 3]
        paulis = PauliSum(letters, np.ones(4), np.zeros(4, dtype=np.intp), 1)
        paulis.merge()
        self.assertEqual(len(paulis), 4)

    def test_multiplying_by_codes_acts_on_the_rows_and_qubits_named(self) -> None:
        letters, coefficients, owners = _some(6, 70, 1, 5)
        paulis = PauliSum(letters, coefficients, owners, 1)
        masks = paulis.masks((63, 64), np.array([0b0110], dtype=np.uint8))  # Z on 63, X on 64
        rows, index = np.array([1, 4]), np.zeros(2, dtype=np.uint8)
        paulis.change(rows, masks, index, np.array([7.0, 8.0]))
        times_z, times_x = np.array([3, 2, 1, 0]), np.array([1, 0, 3, 2])
        letters[rows, 63], letters[rows, 64] = times_z[letters[rows, 63]], times_x[letters[rows, 64]]
        np.testing.assert_array_equal(paulis.letters, letters)
        self.assertEqual(paulis.coefficients[[1, 4]].tolist(), [7.0, 8.0])

    def test_what_is_left_out_is_accounted_for_by_owner(self) -> None:
        letters = np.array([[1, 1], [3, 0], [3, 3], [0, 3]], dtype=np.uint8)
        paulis = PauliSum(letters, np.array([0.5, -0.01, 0.3, -0.02]), np.array([0, 0, 1, 1]), 2)
        paulis.truncate(0.05, None, 10)
        np.testing.assert_allclose(paulis.dropped, [0.01, 0.02])
        np.testing.assert_allclose(paulis.dropped_squares, [1e-4, 4e-4])
        paulis.truncate(0.0, 1, 10)
        np.testing.assert_allclose(paulis.dropped, [0.51, 0.32])
        self.assertEqual(len(paulis), 0)

    def test_each_sum_keeps_its_own_largest(self) -> None:
        letters, _, _ = _some(8, 30, 1, 2)
        paulis = PauliSum(letters, np.array([1, 2, 3, 4, 50, 60, 70, -80.0]), np.repeat([0, 1], 4), 2)
        paulis.truncate(0.0, None, 2)
        self.assertEqual(sorted(paulis.coefficients.tolist()), [-80.0, 3.0, 4.0, 70.0])
        np.testing.assert_allclose(paulis.dropped, [3.0, 110.0])

    def test_only_identities_and_zs_have_values_in_the_ground_state(self) -> None:
        letters = np.array([[0, 0], [3, 0], [3, 3], [1, 3], [2, 0]], dtype=np.uint8)
        paulis = PauliSum(letters, np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.array([0, 0, 1, 1, 1]), 3)
        np.testing.assert_array_equal(paulis.ground_values(), [3.0, 4.0, 0.0])
