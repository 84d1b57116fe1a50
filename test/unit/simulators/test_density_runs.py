"""The order in which blocks act on large density matrices."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.simulators.density_runs import HIGH, LOW, WHOLE, Run, act, runs_of
from qiskit_local_runtime.simulators.ptm import apply_apart

_PAIRS = st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))


class TestRunsOf(unittest.TestCase):
    """Few runs, nothing overtaken."""

    @given(st.lists(_PAIRS, max_size=40))
    @settings(max_examples=300, deadline=None, derandomize=True)
    def test_every_block_once_and_after_those_before_it_on_its_qubits(self, blocks: list[tuple[int, ...]]) -> None:
        order = [number for run in runs_of(blocks, 10) for number in run.blocks]
        self.assertEqual(sorted(order), list(range(len(blocks))))
        for qubit in range(10):
            own = [number for number in order if qubit in blocks[number]]
            self.assertEqual(own, sorted(own))

    @given(st.lists(_PAIRS, max_size=40))
    @settings(max_examples=100, deadline=None, derandomize=True)
    def test_runs_stay_where_they_say(self, blocks: list[tuple[int, ...]]) -> None:
        for run in runs_of(blocks, 10):
            touched = {qubit for number in run.blocks for qubit in blocks[number]}
            self.assertTrue(
                (run.where == LOW and max(touched) < 8)
                or (run.where == HIGH and min(touched) >= 4)
                or (run.where == WHOLE and len(run.blocks) == 1)
            )

    def test_a_chain_takes_two_runs_and_small_states_one(self) -> None:
        chain = [(q, q + 1) for q in range(8, -1, -1)]
        self.assertEqual([run.where for run in runs_of(chain, 10)], [HIGH, LOW])
        self.assertEqual(runs_of(chain[1:], 8), (Run(WHOLE, tuple(range(8))),))
        self.assertEqual(runs_of([(0, 9)], 10), (Run(WHOLE, (0,)),))


@ddt
class TestAct(unittest.TestCase):
    """The same numbers, in whatever order and pieces."""

    @data((9, 1), (9, 3), (10, 1), (6, 2))
    def test_the_result_is_that_of_one_block_after_the_other(self, case: tuple[int, int]) -> None:
        num_qubits, rows = case
        rng = np.random.default_rng(num_qubits)
        blocks, matrices = [], []
        for number in range(20):
            width = 1 + number % 2
            apart = number % 5 == 0
            first = int(rng.integers(num_qubits - width + 1))
            qubits = (
                tuple(sorted(rng.choice(num_qubits, width, replace=False))) if apart else tuple(range(first, first + width))
            )
            blocks.append(tuple(int(qubit) for qubit in qubits))
            each = rows if number % 3 == 0 else 1
            matrices.append(np.linalg.qr(rng.normal(size=(each, 4**width, 4**width)))[0])
        before = rng.normal(size=(rows, 4**num_qubits))
        expected = before.copy()
        for qubits, matrix in zip(blocks, matrices, strict=True):
            out = np.empty_like(expected)
            apply_apart(expected, matrix, qubits, num_qubits, out)
            expected = out
        found = act(before.copy(), runs_of(blocks, num_qubits), blocks, matrices, np.full_like(before, np.nan), CancelToken())
        np.testing.assert_allclose(found, expected, atol=1e-12)

    def test_it_can_be_cancelled(self) -> None:
        cancel = CancelToken()
        cancel.cancel("enough")
        states = np.zeros((1, 4**9))
        with self.assertRaises(Cancelled):
            act(states, runs_of([(0, 1)], 9), [(0, 1)], [np.eye(16)[None]], states.copy(), cancel)
