"""Layer noise in every form that users give it."""

from __future__ import annotations

import unittest
from types import SimpleNamespace
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from numpy.testing import assert_allclose, assert_array_equal
from qiskit.circuit import BoxOp, CircuitInstruction, QuantumCircuit, QuantumRegister
from qiskit.circuit.annotation import Annotation
from qiskit.quantum_info import Operator, PauliLindbladMap

from qiskit_local_runtime.errors import OptionError
from qiskit_local_runtime.results import LayerError, NoiseLearnerResult, NoiseLearnerV3Results, PauliLindbladError
from qiskit_local_runtime.results.given_models import given_models, kept
from qiskit_local_runtime.results.layer_boxes import layer_instruction
from qiskit_local_runtime.results.models import moved
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

from .layers import LAYER, MODEL, flat

_ERROR = LayerError(LAYER.circuit(), LAYER.qubits, PauliLindbladError.from_model(MODEL))
_BOX = layer_instruction(LAYER)
_MAP = MODEL.to_qiskit()


class _Inject(Annotation):
    namespace = "samplomatic.inject_noise"
    ref = "r"

    def __init__(self, site: str) -> None:
        self.site = SimpleNamespace(value=site)


def _noisy(model: PauliLindblad, gates: QuantumCircuit, *, after: bool) -> np.ndarray[Any, Any]:
    """What a noisy layer makes of a matrix, one generator after another."""
    size = 2**model.num_qubits
    state = np.random.default_rng(0).normal(size=(size, size))
    unitary, paulis = Operator(gates).data, PauliLindbladError.from_model(model).generators.to_matrix(array=True)

    def noise(rho: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        for chance, pauli in zip(model.probabilities, paulis, strict=True):
            rho = (1 - chance) * rho + chance * pauli @ rho @ pauli
        return rho

    if after:
        return noise(unitary @ state @ unitary.conj().T)
    return np.asarray(unitary @ noise(state) @ unitary.conj().T)


@ddt
class TestForms(unittest.TestCase):
    """Each gives the same models."""

    @data(
        ("a result", NoiseLearnerResult([_ERROR])),
        ("layer errors", [_ERROR]),
        ("one layer error", _ERROR),
        ("pairs with boxes", [(_BOX, _MAP)]),
        ("a list as a pair", [[LAYER, MODEL]]),
        ("a dictionary", {LAYER: _MAP}),
        ("a learned layer", [SimpleNamespace(layer=LAYER, model=MODEL)]),
        ("circuits", ((flat(), PauliLindbladError.from_model(MODEL)),)),
        ("an unknown layer beside", [LayerError(QuantumCircuit(2), [0, 1]), _ERROR]),
    )
    @unpack
    def test_models_by_layer(self, _: str, given: Any) -> None:
        ((layer, model),) = given_models(given, "here").items()
        self.assertEqual(layer, LAYER)
        assert_array_equal(model.letters, MODEL.letters)
        assert_allclose(model.rates, MODEL.rates, rtol=1e-14)

    def test_what_can_be_read_once_is_kept_as_a_list(self) -> None:
        given = kept(zip([_BOX], [_MAP], strict=True))
        for _ in range(2):
            self.assertEqual(list(given_models(given, "here")), [LAYER])
        self.assertIs(kept(given), given)

    def test_noise_follows_a_circuits_qubits_where_these_are_not_ascending(self) -> None:
        body = QuantumCircuit(2)
        body.cx(0, 1)
        error = PauliLindbladError.from_model(PauliLindblad(np.array([[1, 0]], dtype=np.uint8), np.array([0.1])))
        ((layer, model),) = given_models([LayerError(body, [7, 3], error)], "here").items()
        self.assertEqual(layer, UniqueLayer((("cx", (), (7, 3)),), (3, 7)))
        assert_array_equal(model.letters, [[0, 1]])

    def test_the_qubits_of_a_map_beside_an_instruction_are_ascending(self) -> None:
        body = QuantumCircuit(2)
        body.cx(0, 1)
        bits = QuantumRegister(8, "q")
        box = CircuitInstruction(BoxOp(body), [bits[7], bits[3]])
        ((_, model),) = given_models([(box, PauliLindbladMap([("IX", 0.1)]))], "here").items()
        assert_array_equal(model.letters, [[1, 0]])

    @data(("before", "cx"), ("after", "cx"), ("after", "dcx"))
    @unpack
    def test_noise_after_a_layer_is_carried_before_it(self, site: str, gate: str) -> None:
        # dcx is not its own inverse, so that the direction matters
        body = QuantumCircuit(3)
        getattr(body, gate)(2, 0)
        noise = PauliLindblad(np.array([[1, 0, 0], [0, 2, 3], [3, 0, 1]], dtype=np.uint8), np.array([0.1, 0.2, 0.3]))
        bits = QuantumRegister(8, "q")
        box = CircuitInstruction(BoxOp(body, annotations=[_Inject(site)]), [bits[qubit] for qubit in (1, 4, 6)])
        ((layer, model),) = given_models([(box, noise.to_qiskit())], "here").items()
        assert_allclose(_noisy(model, body, after=False), _noisy(noise, body, after=site == "after"), atol=1e-12)
        if site == "after":
            assert_array_equal(moved(model, layer, forward=True).letters, noise.letters)


def _scaled(factor: float) -> PauliLindbladMap:
    return MODEL.scaled(factor).to_qiskit()


@ddt
class TestRefusals(unittest.TestCase):
    """The option is named, and the layer."""

    @data(
        ([(_BOX, _scaled(-1))], "layer 0: expected rates of at least 0, found -0.04"),
        ([(_BOX, PauliLindbladMap([("XX", 0.1)]))], r"5 qubits \[1, 2, 3, 4, 7\].*found a model of 2"),
        ([(_BOX, _MAP), (_BOX, _MAP)], "layer 1: expected each layer once"),
        ([(_BOX, 0.1)], "layer 0: expected noise as a PauliLindbladMap.*found float"),
        ([("box", _MAP)], "layer 0: expected a layer .*found str"),
        ([5], "layer 0: found int"),
        (5, "found int; expected a NoiseLearnerResult"),
        ("file.json", "found str; expected a NoiseLearnerResult"),
        ([], "at least one layer, found none"),
        (iter(()), r"list\(zip"),
        (NoiseLearnerV3Results([]), "does not say the layers"),
    )
    @unpack
    def test_what_is_wrong_is_said(self, given: Any, message: str) -> None:
        with self.assertRaisesRegex(OptionError, f"options.resilience.layer_noise_model: .*{message}"):
            given_models(given, "resilience.layer_noise_model")
