"""What was learned in IBM's two forms."""

from __future__ import annotations

import unittest

import numpy as np
from numpy.testing import assert_array_equal

from qiskit_local_runtime.learning import Decays, LearnedLayer
from qiskit_local_runtime.results.learning_circuits import circuit_of
from qiskit_local_runtime.routines import ROUTINES
from qiskit_local_runtime.routines.learned_results import as_layer_errors, as_maps
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_ONE = UniqueLayer((("cx", (), (5, 2)),), (2, 5))
_TWO = UniqueLayer((("cz", (), (3, 4)),), (3, 4))


def _learned(layer: UniqueLayer, rate: float) -> LearnedLayer:
    letters = np.array([[0, 1], [3, 3]], dtype=np.uint8)
    each, both = np.ones(2), np.ones((3, 2))
    decays = Decays(letters, letters, np.arange(3), both, both, 0.9 * each, each, 0.81 * each, 0.1 * each)
    return LearnedLayer(layer, PauliLindblad(letters, np.array([rate, 2 * rate])), np.array([0.1, 0.2]), decays, 0.02 * each)


_FOUND = (_learned(_ONE, 0.01), _learned(_TWO, 0.03))


class TestForms(unittest.TestCase):
    """Of two layers."""

    def test_layer_errors_keep_the_order_and_the_fits(self) -> None:
        result = as_layer_errors(_FOUND)
        self.assertEqual([each.qubits for each in result], [[2, 5], [3, 4]])
        assert result[1].error is not None
        self.assertEqual(result[1].error.generators.to_labels(), ["XI", "ZZ"])
        assert_array_equal(result[1].error.rates, [0.03, 0.06])
        facts = result.metadata["layers"][0]
        self.assertEqual((facts["qubits"], facts["paulis"].to_labels()), ([2, 5], ["XI", "ZZ"]))
        assert_array_equal(facts["fidelities"], [0.9, 0.9])
        assert_array_equal(facts["rates_std"], [0.1, 0.2])
        assert_array_equal(facts["readout_error"], [0.02, 0.02])

    def test_maps_follow_the_circuits(self) -> None:
        asked = [circuit_of(layer, 6, after=False) for layer in (_TWO, _ONE, _TWO)]
        result = as_maps(_FOUND, tuple(asked))
        self.assertEqual([each.rates[0] for each in result], [0.03, 0.01, 0.03])
        assert_array_equal(result[0].rates_std, [0.1, 0.2])
        self.assertEqual(result[1].to_pauli_lindblad_map(), _FOUND[0].model.to_qiskit())

    def test_noise_behind_a_layer_is_carried_there(self) -> None:
        result = as_maps(_FOUND, (circuit_of(_ONE, 6, after=True),))
        # control is qubit 5, the second: X on it becomes XX, ZZ becomes Z on the target
        found = {text: rate for text, _, rate in result[0].to_pauli_lindblad_map().to_sparse_list()}
        self.assertEqual(found, {"XX": 0.01, "Z": 0.02})

    def test_both_are_routines(self) -> None:
        for name in ("noise-learner", "noise-learner-v3"):
            self.assertEqual(ROUTINES[name].name, name)
