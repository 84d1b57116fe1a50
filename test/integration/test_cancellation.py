"""Noise of layers cancelled (PEC) and amplified (PEA): against noise that is known exactly.

``QISKIT_LOCAL_RUNTIME_PEC=4`` takes the square of that many more randomizations, for standard errors below 0.005 in every test
of a bias; six qubits have them anyway.
"""

from __future__ import annotations

import os
import unittest
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Parameter
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp, Statevector

from qiskit_local_runtime import EstimatorV2, NoiseLearner
from qiskit_local_runtime.devices.truth import true_layer_noise
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError, OptionError
from qiskit_local_runtime.learning.conjugation import carried
from qiskit_local_runtime.noise import LayerNoise, NoisyBackend, with_noise
from qiskit_local_runtime.pipeline.find_layers import layers_in
from qiskit_local_runtime.results.given_models import given_models
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

from ..support.backends import CountsBackend

_MORE = int(os.environ.get("QISKIT_LOCAL_RUNTIME_PEC", "1")) ** 2
_OVERHEADS = {6: 3.4, 10: 7.8}
"""γ² of the whole circuit by its number of qubits."""


@cache
def _bare(qubits: int = 6) -> GenericBackendV2:
    line = [[a, a + 1] for a in range(qubits - 1)]
    both = line + [pair[::-1] for pair in line]
    return GenericBackendV2(qubits, basis_gates=["cz", "rz", "sx", "x"], coupling_map=both, seed=1)


def _magnetisation(qubits: int = 6) -> SparsePauliOp:
    return SparsePauliOp.from_sparse_list([("Z", [qubit], 1 / qubits) for qubit in range(qubits)], qubits)


_MAGNETISATION = _magnetisation()


@cache
def _ising(qubits: int = 6, steps: int = 6) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for _ in range(steps):
        circuit.rx(0.4, range(qubits))
        for first in (0, 1):
            for left in range(first, qubits - 1, 2):
                circuit.sdg([left, left + 1])
                circuit.cz(left, left + 1)
    return generate_preset_pass_manager(1, _bare(qubits), initial_layout=range(qubits)).run(circuit)


@cache
def _ideal(qubits: int = 6) -> float:
    return float(Statevector(_ising(qubits)).expectation_value(_magnetisation(qubits)).real)


@cache
def _models(scale: float = 1.0, qubits: int = 6) -> dict[UniqueLayer, PauliLindblad]:
    """One- and two-qubit generators on the line, the sum of whose rates makes γ² that of :data:`_OVERHEADS`."""
    rng = np.random.default_rng(7)
    found = layers_in(_ising(qubits), tuple(range(qubits)), "active-accum")
    total = np.log(_OVERHEADS[qubits]) / 4 / len(found)
    models = {}
    for layer in dict.fromkeys(found):
        width = len(layer.qubits)
        letters = [row for q in range(width) for row in _on(width, q)]
        letters += [row for q in range(width - 1) for row in _on(width, q, q + 1)]
        rates = rng.random(len(letters))
        models[layer] = PauliLindblad(np.array(letters, dtype=np.uint8), scale * total * rates / rates.sum())
    return models


def _on(width: int, *qubits: int) -> list[list[int]]:
    rows = []
    for code in np.ndindex(*(3,) * len(qubits)):
        row = [0] * width
        for qubit, letter in zip(qubits, code, strict=True):
            row[qubit] = letter + 1
        rows.append(row)
    return rows


def _noisy(scale: float = 1.0, qubits: int = 6) -> NoisyBackend:
    return with_noise(_bare(qubits), LayerNoise(_models(scale, qubits)))


def _run(backend: Any, observable: Any = _MAGNETISATION, *, seed: int = 1, **options: Any) -> Any:
    resilience = options.pop("resilience", {})
    given = {"simulator": {"seed_simulator": seed}, "resilience_level": 0, "resilience": resilience, **options}
    return EstimatorV2(backend, options=given).run([(_ising(backend.num_qubits), observable)]).result()[0]


def _exact(scale: float) -> float:
    """What the noise leaves when it is ``scale`` times as strong."""
    return float(_run(_noisy(scale), default_precision=0).data.evs)


def _pair_products(layer: UniqueLayer, model: PauliLindblad, paulis: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Products of the fidelities of Paulis before and behind the layer: what repeating the layer tells."""
    return model.fidelities(paulis) * model.fidelities(carried(layer, paulis)[0])


_ONE_SHOT = {"twirling": {"shots_per_randomization": 1}, "default_shots": 1500 * _MORE}
_SHARP = {**_ONE_SHOT, "default_shots": max(17_000, 1500 * _MORE)}
"""Standard errors below 0.005 at six qubits."""


class TestCancelling(unittest.TestCase):
    """PEC with the noise that there is."""

    def test_it_gives_the_ideal_value_at_the_cost_of_gamma_squared(self) -> None:
        found = _run(_noisy(), resilience={"pec_mitigation": True, "layer_noise_model": _models()}, **_SHARP)
        said = found.metadata["resilience"]["pec"]
        self.assertAlmostEqual(said["sampling_overhead"], 3.4, places=9)
        self.assertAlmostEqual(said["gamma"], np.sqrt(3.4), places=9)
        self.assertEqual(found.metadata["num_randomizations"], np.ceil(_SHARP["default_shots"] * said["sampling_overhead"]))
        self.assertLess(found.data.stds, 0.005)
        self.assertLess(abs(found.data.evs - _ideal()), 4 * found.data.stds)
        self.assertLess(_exact(1) - _ideal(), -0.05)

    def test_the_error_of_one_qubit_is_gamma_over_the_root_of_the_number_of_randomizations(self) -> None:
        one = _run(_noisy(), "IIIIIZ", resilience={"pec_mitigation": True, "layer_noise_model": _models()}, **_ONE_SHOT)
        count = one.metadata["num_randomizations"]
        self.assertEqual(count, np.ceil(1500 * _MORE * 3.4))
        self.assertLess(abs(one.data.stds / np.sqrt(3.4 / count) - 1), 0.25)

    def test_rates_that_are_too_high_overshoot_as_predicted(self) -> None:
        found = _run(_noisy(), resilience={"pec_mitigation": True, "layer_noise_model": _models(1.1)}, **_SHARP)
        predicted = _exact(0.0) * (_exact(0.0) / _exact(1.0)) ** 0.1 - _exact(0.0)
        self.assertTrue(0.01 <= predicted <= 0.04, predicted)
        self.assertLess(abs(found.data.evs - _ideal() - predicted), 4 * found.data.stds)
        self.assertGreater(found.data.evs, _ideal())

    def test_ten_qubits_at_more_than_twice_the_cost(self) -> None:
        resilience = {"pec_mitigation": True, "layer_noise_model": _models(1.0, 10)}
        found = _run(_noisy(1.0, 10), _magnetisation(10), resilience=resilience, **_ONE_SHOT)
        self.assertAlmostEqual(found.metadata["resilience"]["pec"]["sampling_overhead"], 7.8, places=9)
        raw = _run(_noisy(1.0, 10), _magnetisation(10), default_precision=0.01).data
        self.assertLess(abs(found.data.evs - _ideal(10)), 4 * found.data.stds)
        self.assertLess(found.data.stds, 0.0196 / np.sqrt(_MORE))
        self.assertLess(raw.evs - _ideal(10), -0.05)

    def test_value_sets_and_bases_with_mitigated_readout(self) -> None:
        angle = Parameter("a")
        circuit = QuantumCircuit(6)
        circuit.sx(0)
        circuit.rz(angle, 0)
        circuit.sx(0)
        circuit.compose(_ising(), inplace=True)
        observables = ["IIIIIZ", "IIIIXX", SparsePauliOp(["IIIIII", "IIIYYI", "ZZIIII"], [0.5, 0.25, 1.0])]
        angles = np.array([0.0, 1.4])
        resilience = {"pec_mitigation": True, "measure_mitigation": True, "layer_noise_model": _models()}
        options = {"simulator": {"seed_simulator": 5}, "resilience_level": 0, "resilience": resilience, "default_shots": 2048}
        found = EstimatorV2(_noisy(), options=options).run([(circuit, [observables], angles[:, None, None])]).result()[0]
        for row, value in enumerate(angles):
            state = Statevector(circuit.assign_parameters([value]))
            for column, observable in enumerate(observables):
                ideal = state.expectation_value(SparsePauliOp(observable)).real
                self.assertLess(abs(found.data.evs[row, column] - ideal), 4 * found.data.stds[row, column])

    def test_a_noise_gain_leaves_that_much(self) -> None:
        for gain in (0.3, 0.7):
            resilience = {"pec_mitigation": True, "layer_noise_model": _models(), "pec": {"noise_gain": gain}}
            found = _run(_noisy(), resilience=resilience, **_ONE_SHOT)
            self.assertLess(abs(found.data.evs - _exact(gain)), 4 * found.data.stds)
            self.assertAlmostEqual(found.metadata["resilience"]["pec"]["sampling_overhead"], 3.4 ** (1 - gain), places=9)

    def test_the_noise_gain_follows_from_the_largest_overhead(self) -> None:
        resilience = {"pec_mitigation": True, "layer_noise_model": _models(), "pec": {"max_overhead": 2}}
        said = _run(_noisy(), resilience=resilience, default_shots=64).metadata["resilience"]["pec"]
        self.assertAlmostEqual(said["sampling_overhead"], 2, places=9)
        self.assertAlmostEqual(said["noise_gain"], 1 - np.log(2) / np.log(3.4), places=9)

    def test_exact_values_are_averages_over_what_is_injected(self) -> None:
        resilience = {"pec_mitigation": True, "layer_noise_model": _models()}
        found = _run(_noisy(), resilience=resilience, default_precision=0, twirling={"num_randomizations": 300})
        self.assertEqual(found.metadata["num_randomizations"], int(np.ceil(300 * 3.4)))
        self.assertLess(abs(found.data.evs - _ideal()), 4 * found.data.stds)


class TestAmplifying(unittest.TestCase):
    """PEA with the noise that there is."""

    def test_values_at_noise_factors_are_those_of_so_much_noise(self) -> None:
        factors = [1, 1.5, 2, 3]
        zne = {"amplifier": "pea", "noise_factors": factors, "extrapolator": "exponential"}
        resilience = {"zne_mitigation": True, "zne": zne, "layer_noise_model": _models()}
        found = _run(_noisy(), resilience=resilience, twirling={"num_randomizations": 256}, default_shots=256 * 128 * _MORE)
        for factor, value, error in zip(factors, found.data.evs_noise_factors, found.data.stds_noise_factors, strict=True):
            self.assertLess(abs(value - _exact(factor)), 4 * error)
        self.assertLess(abs(found.data.evs - _ideal()), 4 * found.data.stds)
        self.assertLess(abs(found.data.evs - _ideal()), 0.02)


class TestLearner(unittest.TestCase):
    """The learner as users call it, against what the device does."""

    def test_at_ibms_defaults_it_finds_how_much_noise_there_is(self) -> None:
        learner = NoiseLearner(_noisy(), options={"simulator": {"seed_simulator": 2}})
        found = given_models(learner.run([_ising()]).result(), "learned")
        self.assertEqual(len(found), 2)
        for layer, model in found.items():
            true = true_layer_noise(_noisy(), layer)
            self.assertLess(abs(model.rates.sum() / true.rates.sum() - 1), 0.03)
            paulis = true.letters
            self.assertLess(abs(_pair_products(layer, model, paulis) / _pair_products(layer, true, paulis) - 1).max(), 0.05)


class TestLearning(unittest.TestCase):
    """The job learns the noise itself."""

    def test_pec_and_pea_with_what_they_learned(self) -> None:
        learning = {"layer_pair_depths": [0, 2, 8], "num_randomizations": 32, "shots_per_randomization": 256}
        for chosen in ({"pec_mitigation": True}, {"zne_mitigation": True, "zne": {"amplifier": "pea"}}):
            resilience = {**chosen, "layer_noise_learning": learning}
            found = _run(_noisy(), resilience=resilience, **_ONE_SHOT)
            self.assertLess(abs(found.data.evs - _ideal()), 0.01 + 4 * found.data.stds)

    def test_the_plan_says_what_learning_costs(self) -> None:
        estimator = EstimatorV2(_noisy(), options={"resilience": {"pec_mitigation": True}})
        plan = estimator.plan([(_ising(), _MAGNETISATION)])
        self.assertEqual(sum(row.what.startswith("learning layer") for row in plan.rows), 2 * 6)


class TestInput(unittest.TestCase):
    """What is refused, and how."""

    def _refused(self, message: str, backend: Any = None, **resilience: Any) -> None:
        with self.assertRaisesRegex((OptionError, IBMInputValueError), message):
            _run(_noisy() if backend is None else backend, resilience=resilience)

    def test_models_of_other_layers(self) -> None:
        other = {UniqueLayer((("cz", (), (0, 1)),), (0, 1)): PauliLindblad(np.array([[1, 0]], dtype=np.uint8), np.array([0.1]))}
        self._refused("PUB 0: .*have no noise model", pec_mitigation=True, layer_noise_model=other)

    def test_more_than_the_largest_overhead(self) -> None:
        pec = {"noise_gain": 0, "max_overhead": 2}
        self._refused("pec.max_overhead = 2", pec_mitigation=True, layer_noise_model=_models(), pec=pec)

    def test_cancelling_and_extrapolating_at_once(self) -> None:
        self._refused("pec_mitigation", pec_mitigation=True, zne_mitigation=True)

    def test_without_twirling(self) -> None:
        with self.assertRaisesRegex(OptionError, "needs gate twirling"):
            _run(_noisy(), resilience={"pec_mitigation": True}, twirling={"enable_gates": False})

    def test_learning_on_a_backend_that_tells_counts_only(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cx(0, 1)
        with self.assertRaisesRegex(IBMBackendError, "Noise is learned on backends that are simulated"):
            EstimatorV2(CountsBackend(), options={"resilience": {"pec_mitigation": True}}).run([(circuit, "ZZ")])


if __name__ == "__main__":
    unittest.main()
