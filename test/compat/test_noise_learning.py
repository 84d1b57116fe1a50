"""Noise learning's names, members, options and text compared with the installed qiskit-ibm-runtime."""

from __future__ import annotations

import importlib
import json
import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit import transpile
from qiskit.circuit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import PauliLindbladMap, PauliList
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder
from qiskit_ibm_runtime import options as legacy

from qiskit_local_runtime import EstimatorV2, results
from qiskit_local_runtime.codec import decode, encode
from qiskit_local_runtime.options import NoiseLearnerOptions, NoiseLearnerV3Options
from qiskit_local_runtime.options.base import is_unset
from qiskit_local_runtime.primitives import NoiseLearner, NoiseLearnerV3
from qiskit_local_runtime.results.given_models import given_models

_RESULTS = importlib.import_module("qiskit_ibm_runtime.results")
_NEW = importlib.import_module("qiskit_ibm_runtime.options_models")


def _members(kind: Any) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


@ddt
class TestMembers(unittest.TestCase):
    """Classes of results have theirs."""

    @data("PauliLindbladError", "NoiseLearnerResult", "NoiseLearnerV3Result", "NoiseLearnerV3Results", "LayerError")
    def test_every_member_is_here(self, name: str) -> None:
        missing = _members(getattr(_RESULTS, name)) - _members(getattr(results, name))
        self.assertEqual(missing, {"draw_swarm"} if name == "LayerError" else set())

    def test_so_have_the_learners(self) -> None:
        theirs = importlib.import_module("qiskit_ibm_runtime.noise_learner").NoiseLearner
        third = importlib.import_module("qiskit_ibm_runtime.executor_noise_learner").NoiseLearnerV3
        self.assertEqual(_members(theirs) - _members(NoiseLearner), set())
        self.assertEqual(_members(third) - _members(NoiseLearnerV3), set())


class TestOptions(unittest.TestCase):
    """Every name is here, with the default where one is stated."""

    def test_the_first_learners(self) -> None:
        for name, value in vars(legacy.NoiseLearnerOptions()).items():
            if not name.startswith("_"):
                self.assertIn(name, NoiseLearnerOptions.model_fields)
                self.assertTrue(is_unset(value) or name in ("environment", "simulator"), name)

    def test_the_third_learners(self) -> None:
        self._compare(NoiseLearnerV3Options(), _NEW.NoiseLearnerV3Options())

    def _compare(self, ours: Any, theirs: Any) -> None:
        for name in type(theirs).model_fields:
            self.assertIn(name, type(ours).model_fields)
            own, value = getattr(ours, name), getattr(theirs, name)
            if hasattr(value, "model_fields"):
                self._compare(own, value)
            else:
                self.assertEqual(own, value, name)


class TestExchange(unittest.TestCase):
    """What is theirs is understood here, and the reverse."""

    def setUp(self) -> None:
        body = QuantumCircuit(2)
        body.cz(0, 1)
        error = _RESULTS.PauliLindbladError(PauliList(["XI", "ZZ"]), [0.1, 0.2])
        self.theirs = _RESULTS.LayerError(body, [5, 3], error)

    def test_their_results_are_given_models(self) -> None:
        for given in (self.theirs, [self.theirs], _RESULTS.NoiseLearnerResult([self.theirs])):
            ((layer, model),) = given_models(given, "x").items()
            self.assertEqual((layer.qubits, model.letters.tolist()), ((3, 5), [[1, 0], [3, 3]]))

    def test_text_goes_both_ways(self) -> None:
        ours = decode(json.dumps(self.theirs, cls=RuntimeEncoder))
        self.assertIsInstance(ours, results.LayerError)
        back = json.loads(encode(ours), cls=RuntimeDecoder)
        self.assertIsInstance(back, _RESULTS.LayerError)
        self.assertEqual((back.qubits, back.circuit), ([5, 3], self.theirs.circuit))
        self.assertEqual(back.error.generators, self.theirs.error.generators)

    def test_layers_are_those_their_estimator_finds(self) -> None:
        backend = GenericBackendV2(5, basis_gates=["cz", "rz", "sx", "x"], seed=1)
        circuit = QuantumCircuit(4)
        circuit.h(0)
        circuit.cz([0, 2], [1, 3])
        circuit.sx(range(4))
        circuit.cz(1, 2)
        circuit.sx(range(4))
        circuit.cz([0, 2], [1, 3])
        circuit = transpile(circuit, backend, initial_layout=[4, 2, 1, 0], optimization_level=0)
        options = {"resilience": {"pec_mitigation": True}}
        theirs = importlib.import_module("qiskit_ibm_runtime.executor_estimator").Estimator(backend, options)
        noise = PauliLindbladMap([("XIII", 0.1)])
        pubs = [(circuit, "IIIIZ")]
        found = [
            # theirs say that noise comes after the gates
            set(given_models([(layer, noise) for layer in layers], "x"))
            for layers in (theirs.find_unique_layers(pubs), EstimatorV2(backend, options).find_unique_layers(pubs))
        ]
        self.assertEqual(found[0], found[1])
        self.assertEqual(len(found[0]), 2)

    def test_rates_on_both_sides_are_the_same(self) -> None:
        ours = results.PauliLindbladError(PauliList(["XI", "ZZ", "YX"]), [0.1, 0.2, 0.3])
        theirs = _RESULTS.PauliLindbladError(ours.generators, ours.rates)
        for size in (0, 1, 2):
            np.testing.assert_array_equal(theirs.restrict_num_bodies(size).rates, ours.restrict_num_bodies(size).rates)
