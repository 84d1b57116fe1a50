"""Bytes for stores."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error, pauli_error

from qiskit_local_runtime.codec import pack
from qiskit_local_runtime.codec import unpack as read
from qiskit_local_runtime.errors import IBMRuntimeError


def _noise() -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx", "cz"])
    model.add_quantum_error(amplitude_damping_error(0.2), ["sx"], [1])
    model.add_quantum_error(pauli_error([("XY", 0.1), ("II", 0.9)]), ["ecr"], [0, 2])
    model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]))
    model.add_readout_error(ReadoutError([[0.8, 0.2], [0.1, 0.9]]), [2])
    return model


@ddt
class TestPacking(unittest.TestCase):
    """What goes in comes out."""

    @data(np.uint8, np.int64, np.float64, np.complex128, np.bool_, ">f4")
    def test_arrays_keep_every_bit(self, dtype: Any) -> None:
        array = (np.random.default_rng(0).random((3, 0 if dtype is np.bool_ else 5, 2)) * 200).astype(dtype)
        if dtype is np.float64:
            array[0, 0, 0], array[0, 0, 1] = np.nan, -0.0
        found = read(pack({"a": array, "b": [array.T]}))
        self.assertEqual(
            (found["a"].dtype, found["a"].shape, found["a"].tobytes()), (array.dtype, array.shape, array.tobytes())
        )
        self.assertEqual(found["b"][0].tobytes(), array.T.tobytes())

    @data(
        ("tuples", {"a": (1, (2, "x")), "b": [1]}),
        ("other keys", {(1, 2): "a", 3: "b", None: 1}),
        ("the reserved word", {"__type__": "mine", "x": 1}),
        ("coupling map", CouplingMap([(0, 1), (1, 2)])),
    )
    @unpack
    def test_values(self, _: str, value: Any) -> None:
        found = read(pack(value))
        same = list(value) == list(found) if isinstance(value, CouplingMap) else value == found
        self.assertTrue(same, found)

    def test_pubs_keep_shape_shots_and_precision(self) -> None:
        bare, turned = QuantumCircuit(1, 1), QuantumCircuit(1)
        turned.rx(Parameter("x"), 0)
        sampled = read(pack(SamplerPub.coerce((bare, np.zeros((4, 0)), 17))))
        self.assertEqual((sampled.shape, sampled.shots, sampled.circuit), ((4,), 17, bare))
        pub = EstimatorPub.coerce((turned, [["Z"], ["0"]], [0.1, 0.2], 0.25))
        valued = read(pack(pub))
        self.assertEqual((valued.shape, valued.precision, valued.circuit), ((2, 2), 0.25, turned))
        self.assertEqual(valued.observables.tolist(), pub.observables.tolist())
        np.testing.assert_array_equal(valued.parameter_values.as_array(), pub.parameter_values.as_array())

    def test_noise_models(self) -> None:
        for model in (NoiseModel(), _noise()):
            self.assertEqual(read(pack(model)), model)

    def test_a_noise_model_with_passes_is_refused(self) -> None:
        with self.assertRaisesRegex(TypeError, "noise passes"):
            pack(NoiseModel.from_backend(GenericBackendV2(2, seed=1)))

    @data(b"", b"nonsense", pack({"a": np.arange(10)})[:-30])
    def test_damaged_bytes_say_so(self, data_: bytes) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, "damaged"):
            read(data_)
