"""Noise models as plain values."""

from __future__ import annotations

import itertools
import unittest

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit
from qiskit.circuit import Measure, Reset
from qiskit.circuit.library import UnitaryGate, XGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer.noise import (
    LocalNoisePass,
    NoiseModel,
    QuantumError,
    RelaxationNoisePass,
    coherent_unitary_error,
    kraus_error,
    pauli_error,
    reset_error,
    thermal_relaxation_error,
)

from qiskit_local_runtime.codec import decode, encode, pack, unpack
from qiskit_local_runtime.codec.noise import noise_from

from .examples import noise, same

_SMALL = np.array([[1, 0], [0, np.exp(0.1j)]])
_ERRORS = [
    reset_error(0.1, 0.05),
    thermal_relaxation_error(50e-6, 70e-6, 1e-6),
    thermal_relaxation_error(50e-6, 90e-6, 1e-6),
    coherent_unitary_error(_SMALL),
    kraus_error([np.sqrt(0.9) * np.eye(2), np.sqrt(0.1) * _SMALL]),
    QuantumError([(UnitaryGate(_SMALL, label="mine"), 1.0)]),
    QuantumError([(QuantumCircuit(1), 0.7), (XGate(label="flip"), 0.1), (Reset(), 0.2)]),
]


@ddt
class TestNoise(unittest.TestCase):
    """An equal model comes back."""

    @data(*_ERRORS)
    def test_errors_of_every_origin(self, error: QuantumError) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(error, ["sx", "x"])
        model.add_quantum_error(error, ["rz"], [3])
        for found in (unpack(pack(model)), decode(encode(model))):
            self.assertTrue(same(found, model))
            self.assertTrue(same(_steps(found), _steps(model)))

    def test_an_error_that_leaves_a_qubit_alone(self) -> None:
        model = NoiseModel()
        first = QuantumCircuit(2)
        first.x(0)
        model.add_all_qubit_quantum_error(QuantumError([(QuantumCircuit(2), 0.9), (first, 0.1)]), "cz")
        found = unpack(pack(model))
        self.assertEqual(found._default_quantum_errors["cz"].num_qubits, 2)

    def test_probabilities_keep_their_last_bit(self) -> None:
        rng = np.random.default_rng(0)
        for _ in range(50):
            odds = rng.dirichlet(np.ones(16))
            error = pauli_error(list(zip(["".join(pair) for pair in itertools.product("IXYZ", repeat=2)], odds, strict=True)))
            model = NoiseModel()
            model.add_all_qubit_quantum_error(error, "cz")
            found = unpack(pack(model))._default_quantum_errors["cz"]
            self.assertEqual(found.probabilities, error.probabilities)

    def test_relaxation_in_delays_comes_along(self) -> None:
        model = NoiseModel.from_backend(GenericBackendV2(3, seed=1))
        self.assertEqual(len(model._custom_noise_passes), 1)
        self.assertTrue(same(unpack(pack(model)), model))

    def test_aers_own_dictionary_is_read(self) -> None:
        model = noise()
        self.assertEqual(noise_from(model.to_dict()), model)

    def test_passes_of_other_kinds_are_refused(self) -> None:
        for noise_pass in (RelaxationNoisePass([1.0], [1.0]), LocalNoisePass(lambda op, qubits: None, op_types=Measure)):
            model = NoiseModel()
            model._custom_noise_passes.append(noise_pass)
            with self.assertRaisesRegex(TypeError, r"NoiseModel cannot be written down \(at \.noise\).*noise pass"):
                pack({"noise": model})


def _steps(model: NoiseModel) -> object:
    error = model._default_quantum_errors["sx"]
    return [error.num_qubits, error.to_dict()["instructions"], error.probabilities]
