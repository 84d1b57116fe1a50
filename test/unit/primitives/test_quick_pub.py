"""Estimator PUBs coerced quickly say the same as Qiskit's."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.quantum_info import SparsePauliOp

from qiskit_local_runtime.primitives.quick_pub import QuickEstimatorPub


@ddt
class TestQuickPub(unittest.TestCase):
    """``QuickEstimatorPub.coerce`` against ``EstimatorPub.coerce``."""

    @data(tuple, list)
    def test_an_operator(self, kind: type) -> None:
        operator = SparsePauliOp(["XX", "ZI", "ZI", "iYZ"[1:]], [0.5, 1, 2, -1])
        pub = kind((QuantumCircuit(2), operator))
        for _ in range(2):
            found, wanted = QuickEstimatorPub.coerce(pub, 0.1), EstimatorPub.coerce(pub, 0.1)
            self.assertEqual(found.observables.tolist(), wanted.observables.tolist())
            self.assertEqual((found.shape, found.precision), ((), 0.1))

    def test_an_operator_that_changes_in_place(self) -> None:
        operator = SparsePauliOp(["XX", "ZI"], [0.5, 1])
        QuickEstimatorPub.coerce((QuantumCircuit(2), operator))
        operator.coeffs[0] = 4
        changed = QuickEstimatorPub.coerce((QuantumCircuit(2), operator)).observables.tolist()
        self.assertEqual(changed, {"XX": 4.0, "ZI": 1.0})
        operator.paulis[1] = "IZ"
        changed = QuickEstimatorPub.coerce((QuantumCircuit(2), operator)).observables.tolist()
        self.assertEqual(changed, {"XX": 4.0, "IZ": 1.0})

    def test_phases_count(self) -> None:
        plain, minus = SparsePauliOp(["X"], [1]), SparsePauliOp(["X"], [1])
        minus.paulis.phase = np.array([2])
        for operator in (plain, minus):
            found = QuickEstimatorPub.coerce((QuantumCircuit(1), operator)).observables.tolist()
            self.assertEqual(found, EstimatorPub.coerce((QuantumCircuit(1), operator)).observables.tolist())

    def test_refusals_are_qiskits(self) -> None:
        for operator in (SparsePauliOp(["X"], [1j]), SparsePauliOp(["X"], [0])):
            with self.assertRaises(ValueError):
                QuickEstimatorPub.coerce((QuantumCircuit(1), operator))
