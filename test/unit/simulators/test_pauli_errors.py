"""Pauli errors drawn for whole circuits."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.quantum_info import SuperOp
from qiskit_aer.noise import pauli_error

from qiskit_local_runtime.devices.channel import Channel
from qiskit_local_runtime.simulators.pauli_errors import ErrorPlaces

from ...support.simulation import LEAST_P, chi_square

_LETTERS = ("I", "X", "Z", "Y")
"""By index: bits x, z."""


def _channel(**probabilities: float) -> Channel:
    error = pauli_error(list(probabilities.items()))
    return Channel(np.asarray(SuperOp(error).data))


def _rngs(count: int, seed: int = 0) -> list[np.random.Generator]:
    return [np.random.default_rng((seed, number)) for number in range(count)]


class TestErrorPlaces(unittest.TestCase):
    """Every place, batch and shot suffers its channel's Paulis."""

    def test_each_place_suffers_its_channel(self) -> None:
        two = {"XI": 0.1, "YZ": 0.3, "ZZ": 0.2, "II": 0.4}
        wanted: list[dict[str, float]] = [
            {"I": 0.9, "X": 0.02, "Y": 0.03, "Z": 0.05},
            {"I": 1.0},
            {"X": 1.0},
            {"I": 0.3, "X": 0.3, "Y": 0.2, "Z": 0.2},
            {"I": 0.05, "Y": 0.95},
            two,
            {"I": 1.0},
        ]
        channels = [_channel(**probabilities) for probabilities in wanted]
        shots, batches = 5_000, 4
        places = ErrorPlaces(channels)
        errors = places.draw(shots, _rngs(batches))
        for place, probabilities in enumerate(wanted):
            part = slice(errors.edges[place], errors.edges[place + 1])
            suffered = np.full((batches, shots), places.usual[place])
            np.bitwise_xor.at(suffered, (errors.batches[part], errors.shots[part]), errors.bits[part])
            exact = np.zeros(16)
            for label, probability in probabilities.items():
                exact[sum(_LETTERS.index(letter) << 2 * q for q, letter in enumerate(label[::-1]))] = probability
            for batch in range(batches):
                self.assertGreater(chi_square(np.bincount(suffered[batch], minlength=16), exact), LEAST_P, (place, batch))

    def test_events_of_neighbouring_places_are_independent(self) -> None:
        places = ErrorPlaces([_channel(I=0.5, X=0.5)] * 2)
        errors = places.draw(40_000, _rngs(1))
        suffered = np.zeros((2, 40_000), dtype=np.int64)
        place = np.repeat([0, 1], np.diff(errors.edges))
        suffered[place, errors.shots] ^= errors.bits
        joint = np.bincount(suffered[0] + 2 * suffered[1], minlength=4)
        self.assertGreater(chi_square(joint, np.full(4, 0.25)), LEAST_P)

    def test_a_batch_does_not_notice_the_others(self) -> None:
        places = ErrorPlaces([_channel(I=0.8, X=0.2), _channel(I=0.7, Z=0.3)])
        together, alone = places.draw(100, _rngs(3)), places.draw(100, _rngs(3)[1:2])
        here = together.batches == 1
        np.testing.assert_array_equal(together.shots[here], alone.shots)
        np.testing.assert_array_equal(together.bits[here], alone.bits)

    def test_without_places_nothing_happens(self) -> None:
        for channels in ([], [_channel(I=1.0)]):
            errors = ErrorPlaces(channels).draw(100, _rngs(2))
            self.assertEqual(len(errors.shots), 0)
            self.assertEqual(errors.edges.tolist(), [0] * (len(channels) + 1))
