"""Learning circuits without noise."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.quantum_info import Statevector

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.learning import carried, generators_of, learning_circuit, measurement_bases
from qiskit_local_runtime.sweeps.euler import BASES
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer
from qiskit_local_runtime.techniques.gate_twirling import twirled

_LAYERS = (
    UniqueLayer((("ecr", (), (4, 2)),), (2, 3, 4)),
    UniqueLayer((("iswap", (), (2, 3)),), (2, 3, 4)),
    UniqueLayer((("rzz", (1.5708,), (2, 3)),), (2, 3, 4)),
)


@ddt
class TestLearningCircuit(unittest.TestCase):
    """States return, up to known signs."""

    @data(*BASES)
    def test_every_pauli_of_a_basis_returns_with_its_sign(self, basis: str) -> None:
        bases = measurement_bases(3, [(0, 1), (1, 2)])
        letters = generators_of(3, [(0, 1), (1, 2)])
        for layer in _LAYERS:
            _, signs = carried(layer, letters)
            for depth in (0, 1, 2):
                made = learning_circuit(layer, depth, bases, basis)
                bare = made.circuit.remove_final_measurements(inplace=False)
                for row, measured in zip(made.values, bases, strict=True):
                    chances = Statevector(bare.assign_parameters(dict(zip(made.parameters, row, strict=True)))).probabilities()
                    for pauli, sign in zip(letters, signs, strict=True):
                        if ((pauli == 0) | (pauli == measured)).all():
                            wanted = sign**depth if depth else 1
                            self.assertAlmostEqual(chances @ _signs(pauli), wanted, places=12)

    def test_layers_stay_layers_and_are_twice_the_depth(self) -> None:
        made = learning_circuit(_LAYERS[0], 3, measurement_bases(3, []), "u")
        self.assertEqual(made.circuit.count_ops()["ecr"], 6)
        self.assertEqual(made.circuit.count_ops()["u"], 6)

    def test_depth_zero_has_the_one_rotation_that_all_depths_have_beyond_their_layers(self) -> None:
        made = learning_circuit(_LAYERS[0], 0, measurement_bases(3, []), "u")
        self.assertEqual(made.circuit.count_ops()["u"], 3)
        np.testing.assert_array_equal(made.values, 0)

    @data(1, 2, 5)
    def test_twirled_it_has_one_rotation_a_layer_and_one_more(self, depth: int) -> None:
        for layer in _LAYERS[:2]:
            made = learning_circuit(layer, depth, measurement_bases(3, []), "u")
            found = twirled(made.circuit, 1, "all", np.random.SeedSequence(0), basis="u", measures=True)
            self.assertEqual(found.circuit.count_ops()["u"], 3 * (2 * depth + 1))

    def test_a_negative_depth_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "layer_pair_depths"):
            learning_circuit(_LAYERS[0], -1, measurement_bases(3, []), "u")


def _signs(pauli: np.ndarray) -> np.ndarray:
    outcomes = np.arange(8)[:, None] >> np.arange(3) & 1
    return np.asarray(1 - 2 * (outcomes[:, pauli > 0].sum(axis=1) % 2))
