"""The demo's hydrogen molecule."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.quantum_info import Statevector

from qiskit_local_runtime.cli.hydrogen import HAMILTONIAN, KNOWN, Energies, ansatz, table


class TestHydrogen(unittest.TestCase):
    """The problem, checked without a runtime."""

    def test_the_known_energy_is_the_lowest_eigenvalue(self) -> None:
        self.assertAlmostEqual(np.linalg.eigvalsh(HAMILTONIAN.to_matrix())[0], KNOWN, places=12)

    def test_the_ansatz_reaches_the_known_energy(self) -> None:
        angles = np.linspace(-np.pi, np.pi, 2001)
        energies = [Statevector(ansatz().assign_parameters([a])).expectation_value(HAMILTONIAN).real for a in angles]
        self.assertAlmostEqual(min(energies), KNOWN, delta=1e-5)

    def test_the_table_says_how_far_each_energy_is_from_the_known_one(self) -> None:
        found = {"exact": (KNOWN, 0.0), "device": (KNOWN + 0.0123, 0.004)}
        text = table(Energies(np.zeros(1), {}, (-1.8, -1.85), -0.2, found))
        self.assertIn("2 steps", text)
        self.assertIn("-1.8450 ± 0.0040 Ha   off by  +12.3 mHa", text)
