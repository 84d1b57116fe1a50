"""Bases in which all pairs of neighbours are measured in all nine ways."""

from __future__ import annotations

import unittest
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.transpiler import CouplingMap

from qiskit_local_runtime.learning import measurement_bases

_EDGES = st.integers(1, 7).flatmap(
    lambda n: st.tuples(st.just(n), st.sets(st.sampled_from(list(combinations(range(n), 2)) or [(0, 0)]), max_size=12))
)


class TestMeasurementBases(unittest.TestCase):
    """Few bases, and each pair of letters on each pair of neighbours."""

    @given(_EDGES)
    @settings(derandomize=True, max_examples=60, deadline=None)
    def test_every_pair_of_letters_is_measured_equally_often(self, graph: tuple[int, set[tuple[int, int]]]) -> None:
        count, edges = graph
        edges = {edge for edge in edges if edge[0] != edge[1]}
        found = measurement_bases(count, edges)
        for one, two in edges:
            ways, often = np.unique(found[:, [one, two]], axis=0, return_counts=True)
            self.assertEqual((len(ways), len(set(often.tolist()))), (9, 1))
        for qubit in range(count):
            self.assertEqual(np.unique(found[:, qubit]).tolist(), [1, 2, 3])

    def test_a_heavy_hexagon_lattice_of_any_size_needs_nine(self) -> None:
        lattice = CouplingMap.from_heavy_hex(7)
        self.assertEqual(len(measurement_bases(lattice.size(), lattice.get_edges())), 9)

    def test_four_qubits_that_are_all_neighbours_need_nine_and_five_need_more(self) -> None:
        self.assertEqual(len(measurement_bases(4, combinations(range(4), 2))), 9)
        self.assertEqual(len(measurement_bases(5, combinations(range(5), 2))), 27)

    def test_qubits_without_neighbours_need_three(self) -> None:
        self.assertEqual(measurement_bases(2, []).tolist(), [[1, 1], [2, 2], [3, 3]])
