"""Density matrices of many rows at once."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit

from qiskit_local_runtime.simulators import SIMULATORS
from qiskit_local_runtime.simulators.ptm import embedded, product
from qiskit_local_runtime.sweeps import Sweep, Terms

from ...support.simulation import damping_noise, exact_state, noisy, tools

_LETTERS = np.array([[3, 0, 0, 0], [1, 2, 0, 3], [0, 1, 3, 1], [3, 3, 3, 3], [2, 0, 2, 0]], dtype=np.uint8)


def _circuit() -> tuple[QuantumCircuit, tuple[Parameter, ...]]:
    """Fixed and changing gates on near and far pairs, either way round, and one on three qubits."""
    angles = tuple(Parameter(f"a{i}") for i in range(6))
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    for i, pair in enumerate([(0, 1), (3, 1), (2, 0)]):
        circuit.rz(angles[i], pair[0])
        circuit.sx(pair[0])
        circuit.rz(angles[i + 3], pair[0])
        circuit.sx(pair[1])
        circuit.cx(*pair)
        circuit.rzz(angles[i] + 0.3, *pair[::-1])
    circuit.ccx(3, 0, 2)
    circuit.ry(angles[0], 1)
    return circuit, angles


class TestRows(unittest.TestCase):
    """Many rows are many single rows."""

    def setUp(self) -> None:
        self.circuit, self.angles = _circuit()
        self.values = np.random.default_rng(0).normal(size=(37, 6))
        self.device = noisy(4, damping_noise())

    def _values(self, values: np.ndarray) -> np.ndarray:
        sweep = Sweep(self.circuit, self.angles, values, 0)
        return SIMULATORS["density_matrix"].expect(sweep, self.device, Terms(_LETTERS), tools())

    def test_each_row_is_exact(self) -> None:
        found = self._values(self.values)
        for row in (0, 31, 32, 36):
            state = exact_state(
                self.circuit.assign_parameters(dict(zip(self.angles, self.values[row], strict=True))), damping_noise()
            )
            for value, letters in zip(found[row], _LETTERS, strict=True):
                label = "".join("IXYZ"[letter] for letter in letters[::-1])
                self.assertAlmostEqual(value, state.expectation_value(_pauli(label)).real, delta=1e-12)

    def test_rows_do_not_depend_on_their_company(self) -> None:
        together = self._values(self.values)
        for row in (0, 20, 36):
            np.testing.assert_allclose(self._values(self.values[row : row + 1])[0], together[row], atol=1e-13)


def _pauli(label: str):  # type: ignore[no-untyped-def]
    from qiskit.quantum_info import Pauli

    return Pauli(label)


@ddt
class TestMatrices(unittest.TestCase):
    """Transfer matrices on more qubits than their own."""

    @data(1, 3)
    def test_products_go_row_by_row(self, rows: int) -> None:
        rng = np.random.default_rng(1)
        high, low = rng.normal(size=(rows, 4, 4)), rng.normal(size=(3, 16, 16))
        for i, found in enumerate(product(high, low)):
            np.testing.assert_allclose(found, np.kron(high[i % rows], low[i]), atol=1e-14)

    @data((0,), (2,), (0, 2), (2, 0), (2, 1, 0))
    def test_a_matrix_on_more_qubits_leaves_the_others_alone(self, places: tuple[int, ...]) -> None:
        factors = np.random.default_rng(2).normal(size=(3, 1, 4, 4))
        own = np.ones((1, 1, 1))
        for place in places:
            own = product(factors[place], own)
        wanted = np.ones((1, 1, 1))
        for place in range(3):
            wanted = product(factors[place] if place in places else np.eye(4)[None], wanted)
        np.testing.assert_allclose(embedded(own, places, (0, 1, 2)), wanted, atol=1e-13)
