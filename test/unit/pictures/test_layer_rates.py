"""Learned against true rates."""

from __future__ import annotations

import unittest
from typing import Any

from numpy.testing import assert_allclose
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import PauliLindbladMap, PauliList

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pictures import draw_layer_rates
from qiskit_local_runtime.results import LayerError, PauliLindbladError

_LEARNED = LayerError(QuantumCircuit(2), [3, 5], PauliLindbladError(PauliList(["IX", "ZZ", "XI"]), [0.1, 0.3, 0.2]))
_TRUE = PauliLindbladMap([("XI", 0.25), ("IX", 0.15), ("YY", 0.05)])


class TestLayerRates(unittest.TestCase):
    """Points and the diagonal."""

    def test_a_point_for_each_generator_of_either(self) -> None:
        bars: Any = draw_layer_rates(_LEARNED, _TRUE, stds=[0.01, 0.03, 0.02]).axes[0].containers
        points = {each.get_label(): each.lines[0].get_xydata() for each in bars}
        self.assertEqual(set(points), {"on 1 qubit", "on 2 qubits"})
        # by Pauli, qubit 0 first: IX, XI; YY, ZZ
        assert_allclose(points["on 1 qubit"], [[0.25, 0.2], [0.15, 0.1]])
        assert_allclose(points["on 2 qubits"], [[0.05, 0], [0, 0.3]])
        assert_allclose([part[:, 1] for part in bars[0].lines[2][0].get_segments()], [[0.18, 0.22], [0.09, 0.11]])

    def test_what_does_not_fit_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "models of 2 and 1 qubits"):
            draw_layer_rates(_LEARNED, PauliLindbladMap([("X", 0.1)]))
        with self.assertRaisesRegex(IBMInputValueError, "expected 3 stds.*found 1"):
            draw_layer_rates(_LEARNED, _TRUE, stds=[0.1])
        with self.assertRaisesRegex(IBMInputValueError, "found int"):
            draw_layer_rates(_LEARNED, 5)
