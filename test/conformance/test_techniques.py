"""The law every technique keeps: on a device without noise, each subset of them changes nothing."""

from __future__ import annotations

import itertools
import pkgutil
import unittest
from functools import cache
from typing import Any, NamedTuple, get_args

import numpy as np
from ddt import data, ddt, named_data
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp, Statevector

from qiskit_local_runtime import EstimatorV2, SamplerV2, techniques
from qiskit_local_runtime.devices import with_noise
from qiskit_local_runtime.options import EstimatorOptions, SamplerOptions
from qiskit_local_runtime.techniques.zne_extrapolation import REQUIRED_FACTORS, extrapolate

from ..support.simulation import LEAST_P, chi_square

_GATES = (None, "active", "active-accum", "active-circuit", "all")
"""Gate twirling: not at all, or a strategy."""
_MEASURE = (None, "twirling", "trex")
_DECOUPLING = (None, *itertools.product(("XX", "XpXm", "XY4"), ("alap", "asap")))
_ZNE: tuple[tuple[str, tuple[str, ...], tuple[float, ...]] | None, ...] = (
    None,
    ("gate_folding", ("exponential", "linear"), (1, 3, 5)),
    ("gate_folding_front", ("double_exponential", "fallback"), (1, 1.5, 2.25, 3)),
    ("gate_folding_back", ("polynomial_degree_2",), (1, 2, 2.75)),
)
_FACTORS = tuple(1 + 0.25 * n for n in range(8))
"""Enough for every extrapolator; each a whole number of folds of the circuit's eight gates."""
_VALUES = np.array([[0.3, -1.1], [2.0, 0.7]])
_OBSERVABLES = (
    SparsePauliOp(["IIYY", "ZXII", "IIII"], [0.7, -1.2, 0.4]),
    SparsePauliOp(["YYXZ", "XYXX", "ZIIY"], [0.5, 0.6, -0.9]),
    SparsePauliOp("IIII", 2.5),
)
_SHOTS, _MANY = 2048, 16_384
_WHERE = {
    "bases": "observables in several bases",
    "decoupling": "_DECOUPLING",
    "gate_twirling": "_GATES",
    "injection": "test/integration/test_cancellation.py: it changes noise, so there must be some",
    "midway_twirling": "_MEASURE, with measurements in the middle",
    "readout": "_MEASURE, without TREX",
    "terms": "observables with several terms",
    "trex": "_MEASURE",
    "twirling": "_MEASURE",
    "zne_extrapolation": "_ZNE",
    "zne_folding": "_ZNE",
}
"""Where each file of the package is held to the law."""


class _Subset(NamedTuple):
    gates: str | None
    measure: str | None
    decoupling: tuple[str, str] | None
    zne: tuple[str, tuple[str, ...], tuple[float, ...]] | None

    @property
    def name(self) -> str:
        return ", ".join(str(part) for part in self)

    def suppression(self) -> dict[str, Any]:
        """What both primitives are told."""
        options: dict[str, Any] = {"twirling": {"enable_gates": self.gates is not None, "enable_measure": bool(self.measure)}}
        if self.gates is not None:
            options["twirling"]["strategy"] = self.gates
        sequence, method = self.decoupling or ("XX", "alap")
        enable = self.decoupling is not None
        pulses = {"enable": enable, "sequence_type": sequence, "scheduling_method": method}
        return options | {"dynamical_decoupling": pulses}

    def mitigation(self) -> dict[str, Any]:
        """What the estimator is told."""
        resilience: dict[str, Any] = {"measure_mitigation": self.measure == "trex", "zne_mitigation": self.zne is not None}
        if self.zne is not None:
            resilience["zne"] = dict(zip(("amplifier", "extrapolator", "noise_factors"), self.zne, strict=True))
        return self.suppression() | {"resilience_level": 0, "resilience": resilience}


_ALL = tuple(_Subset(*parts) for parts in itertools.product(_GATES, _MEASURE, _DECOUPLING, _ZNE))


@cache
def _pairs() -> tuple[_Subset, ...]:
    """Few subsets, in which any two settings of different techniques meet."""
    missing = {pair for subset in _ALL for pair in _met(subset)}
    chosen = []
    while missing:
        best = max(_ALL, key=lambda subset: len(missing & _met(subset)))
        missing -= _met(best)
        chosen.append(best)
    return tuple(chosen)


def _on_and_off() -> tuple[_Subset, ...]:
    """Every subset of the techniques, each with one setting of its own."""
    chosen = (None, "active-accum"), _MEASURE, (None, ("XY4", "alap")), _ZNE[:2]
    return tuple(_Subset(*parts) for parts in itertools.product(*chosen))


def _met(subset: _Subset) -> set[tuple[tuple[int, Any], ...]]:
    return set(itertools.combinations(enumerate(subset), 2))


def _circuit(gate: str) -> tuple[QuantumCircuit, tuple[Parameter, Parameter]]:
    """Four qubits of a line, eight two-qubit gates, idle times, two parameters, in a device's own gates."""
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(4)
    for qubit in range(4):
        circuit.rz(0.4 + 0.3 * qubit, qubit)
        circuit.sx(qubit)
    for left in (0, 2, 1, 0, 2, 1, 0, 1):
        getattr(circuit, gate)(left, left + 1)
        circuit.rz(a if left else 2 * b, left + 1)
        circuit.sx(left)
    circuit.barrier()
    circuit.delay(2000, 1)
    circuit.x(0)
    circuit.barrier()
    circuit.sx(2)
    circuit.rz(a + b, 1)
    circuit.sx(1)
    return circuit, (a, b)


def _backend(gate: str) -> Any:
    """A device that has durations and makes no errors."""
    coupling = [[0, 1], [1, 2], [2, 3]]
    basis = [gate, "rz", "sx", "x"]
    return with_noise(GenericBackendV2(4, basis, coupling_map=coupling, seed=1))


def _state(circuit: QuantumCircuit, values: NDArray[np.float64]) -> Statevector:
    bound = circuit.assign_parameters(dict(zip(circuit.parameters, values, strict=True)))
    bound.data = [item for item in bound.data if item.name not in ("delay", "measure")]
    return Statevector(bound)


def _exact(circuit: QuantumCircuit) -> NDArray[np.float64]:
    states = [_state(circuit, values) for values in _VALUES]
    return np.array([[state.expectation_value(each).real for each in _OBSERVABLES] for state in states])


def _estimator(gate: str, subset: _Subset, seed: int = 0, **options: Any) -> EstimatorV2:
    given = {"simulator": {"seed_simulator": seed}, **subset.mitigation(), **options}
    return EstimatorV2(_backend(gate), options=given)


@ddt
class TestIdentity(unittest.TestCase):
    """Ideal values and ideal distributions."""

    @data("cz", "ecr", "cx")
    def test_exact_values_are_the_ideal_ones_under_every_subset(self, gate: str) -> None:
        circuit, _ = _circuit(gate)
        ideal = _exact(circuit)
        estimator = _estimator(gate, _ALL[0])
        without_zne = tuple(subset for subset in _ALL if subset.zne is None)
        for subset in (*_pairs(), *without_zne) if gate == "cz" else _on_and_off():
            estimator.options.update(**subset.mitigation())
            estimator.options.twirling.num_randomizations = 2
            found = estimator.run([(circuit, list(_OBSERVABLES), _VALUES[:, None])], precision=0).result()[0]
            for evs in found.data.evs, *_by_factor(found.data):
                if evs is not found.data.evs or subset.zne != _ZNE[2]:
                    np.testing.assert_allclose(evs, ideal, rtol=0, atol=1e-9, err_msg=subset.name)
            np.testing.assert_allclose(found.data.stds, 0, atol=1e-9, err_msg=subset.name)
            self.assertEqual(_ran(found.metadata), _asked(subset), subset.name)

    def test_no_curve_amplifies_rounding_errors(self) -> None:
        """Values that agree to 1e-15, as those without shots do: a double exponential through some of them is 3e-9 off."""
        rng = np.random.default_rng(0)
        values, stds = 0.4 + 1e-16 * rng.integers(-9, 10, (4000, 4)), 5e-17 * rng.integers(1, 5, (4000, 4))
        found = extrapolate(values, stds, (1, 1.5, 2.25, 3), ("double_exponential",))
        np.testing.assert_allclose(found.best_evs, 0.4, rtol=0, atol=1e-9)

    @data("cz", "ecr", "cx")
    def test_sampled_values_are_the_ideal_ones_within_four_standard_errors(self, gate: str) -> None:
        circuit, _ = _circuit(gate)
        ideal = _exact(circuit)
        pulls = []
        for seed, subset in enumerate(_pairs() if gate == "cz" else _on_and_off()):
            estimator = _estimator(gate, subset, seed, default_shots=_SHOTS)
            found = estimator.run([(circuit, list(_OBSERVABLES), _VALUES[:, None])]).result()[0].data
            np.testing.assert_allclose(found.evs[:, 2], 2.5, rtol=0, atol=1e-12)
            self.assertTrue((found.stds[:, :2] > 0).all(), subset.name)
            pulls.append((found.evs - ideal)[:, :2] / found.stds[:, :2])
            self.assertLess(np.abs(pulls[-1]).max(), 4, subset.name)
        # and they are not all too large: of as many pulls the mean square has the standard error sqrt(2 / number)
        self.assertAlmostEqual(np.mean(np.square(pulls)), 1, delta=4 * np.sqrt(2 / np.size(pulls)))

    @named_data(*([name, name] for name in sorted(REQUIRED_FACTORS)))
    def test_every_extrapolator_finds_the_ideal_value(self, name: str) -> None:
        circuit, _ = _circuit("cz")
        for gates, measure in ((None, None), ("active", "trex")):
            subset = _Subset(gates, measure, None, ("gate_folding", (name,), _FACTORS))
            pub = (circuit, list(_OBSERVABLES), _VALUES[:, None])
            found = _estimator("cz", subset, default_precision=0).run([pub]).result()[0].data
            np.testing.assert_allclose(found.evs, _exact(circuit), rtol=0, atol=1e-9)
            self.assertEqual(found.evs_noise_factors.shape, (2, 3, len(_FACTORS)))
            sampled = _estimator("cz", subset, default_shots=512).run([pub]).result()[0].data
            pulls = (sampled.evs - _exact(circuit))[:, :2] / sampled.stds[:, :2]
            self.assertLess(np.abs(pulls).max(), 4)

    @data("cz", "ecr", "cx")
    def test_bits_follow_the_ideal_distribution_under_every_subset(self, gate: str) -> None:
        circuit, _ = _circuit(gate)
        circuit.measure_all()
        ideal = [_state(circuit, values).probabilities() for values in _VALUES]
        subsets = [subset for subset in (_ALL if gate == "cz" else _pairs()) if subset.zne is None and subset.measure != "trex"]
        for subset in subsets:
            options = {"simulator": {"seed_simulator": 4}, "default_shots": _MANY, **subset.suppression()}
            found = SamplerV2(_backend(gate), options=options).run([(circuit, _VALUES)]).result()[0]
            for row, probabilities in enumerate(ideal):
                counts = found.data.meas[row].get_int_counts()
                p = chi_square(np.array([counts.get(word, 0) for word in range(16)]), probabilities)
                self.assertGreater(p, LEAST_P, f"{subset.name}, row {row}")

    def test_bits_of_measurements_in_the_middle_follow_the_ideal_distribution_too(self) -> None:
        circuit = QuantumCircuit(4, 3)
        circuit.sx([0, 1])
        circuit.rz(0.7, 0)
        circuit.cz(0, 1)
        circuit.sx([0, 1])
        # deferred to a qubit of its own, a measurement in the middle is one at the end
        deferred = circuit.copy()
        circuit.measure(1, 0)
        for each, last in (circuit, 1), (deferred, 2):
            if last == 2:
                each.cx(1, 2)
            each.sx([0, 1])
            each.cz(0, 1)
            each.sx([0, 1])
        circuit.measure([0, 1], [1, 2])
        ideal = Statevector(deferred).probabilities([2, 0, 1])
        for subset in _pairs():
            if subset.zne is None and subset.measure == "twirling":
                options = {"simulator": {"seed_simulator": 2}, "default_shots": _MANY, **subset.suppression()}
                counts = SamplerV2(_backend("cz"), options=options).run([circuit]).result()[0].data.c.get_int_counts()
                p = chi_square(np.array([counts.get(word, 0) for word in range(8)]), ideal)
                self.assertGreater(p, LEAST_P, subset.name)

    def test_states_without_shot_noise_come_out_without_error(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.x([0, 2])
        for left in (0, 2, 1, 0, 1, 2, 0, 1):
            circuit.cz(left, left + 1)
        for subset in _on_and_off():
            pub = (circuit, ["IIIZ", "IZZI", "ZZZZ"])
            found = _estimator("cz", subset, default_shots=320).run([pub]).result()[0].data
            np.testing.assert_allclose(found.evs, [-1, -1, 1], rtol=0, atol=1e-9, err_msg=subset.name)
            np.testing.assert_allclose(found.stds, 0, atol=1e-9, err_msg=subset.name)


def _by_factor(found: Any) -> list[NDArray[np.float64]]:
    """The values at each noise factor, where there are several."""
    return list(np.moveaxis(found.evs_noise_factors, -1, 0)) if "evs_noise_factors" in found else []


def _asked(subset: _Subset) -> tuple[bool, bool, bool]:
    return subset.gates is not None, subset.decoupling is not None, subset.zne is not None


def _ran(metadata: dict[str, Any]) -> tuple[bool, bool, bool]:
    """Whether gates were twirled, idle windows decoupled and gates folded."""
    facts = metadata["simulation"]
    folded = metadata["resilience"].get("zne", {}).get("achieved_noise_factors", [])
    return facts.get("twirled_layers", 0) > 0, facts.get("decoupled_windows", 0) > 0, len(set(folded)) > 1


class TestCompleteness(unittest.TestCase):
    """No technique and no setting of one is left out."""

    def test_every_file_of_the_package_is_held_to_the_law(self) -> None:
        self.assertEqual(sorted(module.name for module in pkgutil.iter_modules(techniques.__path__)), sorted(_WHERE))

    def test_every_value_of_the_options_is_among_the_subsets(self) -> None:
        options = EstimatorOptions()
        for group, name, tested in (
            (options.twirling, "strategy", _GATES),
            (options.dynamical_decoupling, "sequence_type", [each[0] for each in _DECOUPLING if each]),
            (options.dynamical_decoupling, "scheduling_method", [each[1] for each in _DECOUPLING if each]),
            (options.resilience.zne, "amplifier", [each[0] for each in _ZNE if each] + ["pea"]),
        ):
            offered = get_args(type(group).model_fields[name].annotation)
            self.assertEqual(set(offered), set(tested) - {None}, name)

    def test_any_two_settings_meet_in_the_fewer_subsets(self) -> None:
        met = {pair for subset in _pairs() for pair in _met(subset)}
        for (i, first), (j, second) in itertools.combinations(enumerate((_GATES, _MEASURE, _DECOUPLING, _ZNE)), 2):
            self.assertTrue({((i, a), (j, b)) for a in first for b in second} <= met)

    def test_the_sampler_has_no_setting_that_the_estimator_lacks(self) -> None:
        for group in ("twirling", "dynamical_decoupling"):
            fields = [type(getattr(options, group)).model_fields for options in (SamplerOptions(), EstimatorOptions())]
            self.assertEqual(set(fields[0]), set(fields[1]))
