"""IBM's classes of results."""

from __future__ import annotations

import unittest

import numpy as np
from numpy.testing import assert_array_equal
from qiskit.circuit import BoxOp, CircuitInstruction, QuantumCircuit, QuantumRegister
from qiskit.circuit.annotation import Annotation
from qiskit.quantum_info import PauliLindbladMap, PauliList, QubitSparsePauliList

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.results import (
    LayerError,
    NoiseLearnerResult,
    NoiseLearnerV3Result,
    NoiseLearnerV3Results,
    PauliLindbladError,
)

from .layers import MODEL


class _Inject(Annotation):
    namespace = "samplomatic.inject_noise"

    def __init__(self, ref: str) -> None:
        self.ref = ref


def _box(*notes: Annotation) -> CircuitInstruction:
    return CircuitInstruction(BoxOp(QuantumCircuit(2), annotations=list(notes)), list(QuantumRegister(2, "q")))


def _v3() -> NoiseLearnerV3Result:
    generators = [
        QubitSparsePauliList.from_list(["XI"]),
        QubitSparsePauliList.from_list(["IZ", "ZZ"]),
    ]
    return NoiseLearnerV3Result.from_generators(generators, [0.1, 0.2], metadata={"a": 1})


class TestPauliLindbladError(unittest.TestCase):
    """Generators and rates."""

    def test_there_and_back(self) -> None:
        error = PauliLindbladError.from_model(MODEL)
        self.assertEqual(error.generators.to_labels(), ["IIIIX", "ZIIYI", "IIZII", "IYIIX"])
        assert_array_equal(error.to_model().letters, MODEL.letters)
        self.assertEqual(error.num_qubits, 5)

    def test_generators_on_so_many_qubits(self) -> None:
        error = PauliLindbladError.from_model(MODEL)
        self.assertEqual(error.restrict_num_bodies(1).generators.to_labels(), ["IIIIX", "IIZII"])
        assert_array_equal(error.restrict_num_bodies(2).rates, [0.02, 0.04])
        with self.assertRaisesRegex(IBMInputValueError, "at least 0, found -1"):
            error.restrict_num_bodies(-1)

    def test_as_many_rates(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "each of the 2 generators"):
            PauliLindbladError(PauliList(["X", "Y"]), [0.1])


class TestLayerError(unittest.TestCase):
    """Sizes fit."""

    def test_sizes_fit(self) -> None:
        error = PauliLindbladError(PauliList(["XX"]), [0.1])
        self.assertEqual(LayerError(QuantumCircuit(2), (5, 3), error).qubits, [5, 3])
        for circuit, qubits in ((QuantumCircuit(3), [1, 2, 3]), (QuantumCircuit(2), [1]), (QuantumCircuit(1), [1, 2])):
            with self.assertRaisesRegex(IBMInputValueError, "of one size"):
                LayerError(circuit, qubits, error)

    def test_a_result_is_a_sequence_of_layers(self) -> None:
        layers = [LayerError(QuantumCircuit(1), [q]) for q in range(3)]
        result = NoiseLearnerResult(layers, {"backend": "x"})
        self.assertEqual((len(result), result[1], list(result), result.data), (3, layers[1], layers, layers))
        self.assertEqual(result.metadata, {"backend": "x"})


class TestV3(unittest.TestCase):
    """Maps, and references to them."""

    def test_generators_with_a_shared_rate_are_written_out(self) -> None:
        self.assertEqual(_v3().to_pauli_lindblad_map(), PauliLindbladMap([("XI", 0.1), ("IZ", 0.2), ("ZZ", 0.2)]))
        assert_array_equal(_v3().rates_std, np.zeros(2))

    def test_parts_fit(self) -> None:
        one, two = QubitSparsePauliList.from_list(["X"]), QubitSparsePauliList.from_list(["XX"])
        with self.assertRaisesRegex(IBMInputValueError, "found 1, 2 and 2"):
            NoiseLearnerV3Result.from_generators([one], [0.1, 0.2])
        with self.assertRaisesRegex(IBMInputValueError, "same number of qubits"):
            NoiseLearnerV3Result.from_generators([one, two], [0.1, 0.2])
        with self.assertRaisesRegex(IBMInputValueError, "found none"):
            NoiseLearnerV3Result().to_pauli_lindblad_map()

    def test_maps_by_reference(self) -> None:
        results = NoiseLearnerV3Results([_v3(), _v3()])
        made = _v3().to_pauli_lindblad_map()
        self.assertEqual(results.to_dict([_box(_Inject("a")), _box(_Inject("b"))]), {"a": made, "b": made})
        self.assertEqual(results.to_dict([_box(), _box(_Inject("b"))], require_refs=False), {"b": made})
        bits = list(QuantumRegister(2, "q"))
        cases = {
            "Expected the 2 instructions.*found 1": [_box()],
            "Instruction 1: expected an InjectNoise": [_box(_Inject("a")), _box()],
            "Instruction 1: expected a ref of its own, found 'a'": [_box(_Inject("a")), _box(_Inject("a"))],
            "Instruction 0: expected a box, found cx": [CircuitInstruction(_cx(), bits), _box()],
        }
        for message, instructions in cases.items():
            with self.subTest(message), self.assertRaisesRegex(IBMInputValueError, message):
                results.to_dict(instructions)


def _cx() -> object:
    from qiskit.circuit.library import CXGate

    return CXGate()
