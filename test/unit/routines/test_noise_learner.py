"""The noise learner's routine: layers of circuits, limits, plans and refusals."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import CXGate, RZGate, SXGate
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.clock import SystemClock
from qiskit_local_runtime.devices import Drift, with_noise
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError
from qiskit_local_runtime.learning import LearnedLayer
from qiskit_local_runtime.options.learning_settings import LearningSettings, NoiseLearnerSettings
from qiskit_local_runtime.options.settings import TranspilationSettings
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines.base import RoutineTools
from qiskit_local_runtime.routines.noise_learner import NoiseLearner

from ...support.backends import CountsBackend, DescribedBackend, line_target

_QUICK = LearningSettings(layer_pair_depths=(0, 4), num_randomizations=8, shots_per_randomization=256)
_ERROR = 0.02
"""Depolarizing error of every cx."""


def _backend() -> AerSimulator:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(_ERROR, 2), ["cx"])
    model.add_all_qubit_readout_error(ReadoutError([[0.98, 0.02], [0.04, 0.96]]))
    return AerSimulator(noise_model=model)


def _circuit(rounds: int = 2) -> QuantumCircuit:
    circuit = QuantumCircuit(4)
    for _ in range(rounds):
        circuit.rx(Parameter(f"angle_{_}"), range(4))
        circuit.cx([0, 2], [1, 3])
    circuit.cx(1, 2)
    return circuit


def _request(*pubs: Any, backend: Any = None, seed: int = 0, **settings: Any) -> Request:
    settings.setdefault("learning", _QUICK)
    return Request(
        routine="noise-learner",
        backend=backend or _backend(),
        pubs=pubs,
        settings=NoiseLearnerSettings(**settings),
        seed=seed,
    )


def _tools(phases: list[str] | None = None, quantum: list[float] | None = None) -> RoutineTools:
    seen, seconds = [] if phases is None else phases, [] if quantum is None else quantum
    return RoutineTools(InlineEngine(), CancelToken(), SystemClock(), lambda _: None, seen.append, seconds.append)


def _learned(request: Request) -> tuple[LearnedLayer, ...]:
    routine = NoiseLearner()
    routine.accept(request)
    return routine.run(request, _tools())


class TestLearning(unittest.TestCase):
    """Depolarizing cx gates on an AerSimulator."""

    def test_depolarizing_gates_have_fifteen_equal_rates_each(self) -> None:
        (found,) = _learned(_request(_circuit(), learning=LearningSettings(max_layers_to_learn=1)))
        self.assertEqual([where for _, _, where in found.layer.gates], [(0, 1), (2, 3)])
        # f = 1 - p of all Paulis is a rate of -ln(1 - p) / 16 of each
        rate = -np.log(1 - _ERROR) / 16
        self.assertAlmostEqual(found.total_rate / (30 * rate), 1, delta=0.05)
        inside = found.model.letters[:, :2].any(axis=1) ^ found.model.letters[:, 2:].any(axis=1)
        pulls = (found.model.rates - np.where(inside, rate, 0)) / found.stds
        self.assertLess(np.sqrt((pulls**2).mean()), 1.6)
        np.testing.assert_allclose(found.readout, 0.03, atol=0.004)

    def test_layers_of_all_circuits_are_learned_the_most_frequent_first(self) -> None:
        other = QuantumCircuit(2)
        for _ in range(5):
            other.cx(1, 0)
        found = _learned(_request(other, _circuit(), twirling_strategy="active"))
        gates = [[where for _, _, where in each.layer.gates] for each in found]
        self.assertEqual(gates, [[(1, 0)], [(0, 1), (2, 3)], [(1, 2)]])

    def test_no_more_layers_are_learned_than_wanted(self) -> None:
        for most, count in ((0, 0), (1, 1), (None, 2)):
            how = LearningSettings(max_layers_to_learn=most, layer_pair_depths=(0, 1), num_randomizations=2)
            self.assertEqual(len(_learned(_request(_circuit(), learning=how))), count)

    def test_one_seed_learns_one_thing(self) -> None:
        one, again, other = (_learned(_request(_circuit(), seed=seed))[0].model.rates for seed in (3, 3, 4))
        np.testing.assert_array_equal(one, again)
        self.assertFalse(np.array_equal(one, other))

    def test_circuits_are_transpiled_if_that_is_asked_for(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cx(0, 2)
        backend = DescribedBackend(line_target(3, cz=0.01, sx=0.001))
        request = _request(circuit, backend=backend, transpilation=TranspilationSettings(seed_transpiler=1))
        found = _learned(request)
        self.assertEqual({name for each in found for name, _, _ in each.layer.gates}, {"cz"})


class TestBeforeRunning(unittest.TestCase):
    """Plans and estimates of a device with durations."""

    def test_the_plan_has_a_row_for_each_layer_and_depth_and_is_what_is_charged(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.cz([0, 2], [1, 3])
        circuit.cz(1, 2)
        request = _request(circuit, backend=DescribedBackend(line_target(4, cz=0.01, sx=0.001)))
        routine, charged = NoiseLearner(), list[float]()
        routine.accept(request)
        plan = routine.plan(request, _tools())
        titles = [row.what for row in plan.rows]
        self.assertEqual(titles, [f"layer {layer}, depth {depth}" for layer in (0, 1) for depth in (0, 4)])
        self.assertEqual({(row.circuits, row.randomizations, row.shots) for row in plan.rows}, {(9, 8, 256)})
        seconds = routine.estimate(request)
        routine.run(request, _tools(quantum=charged))
        assert seconds is not None
        self.assertAlmostEqual(sum(charged), seconds, places=9)

    def test_phases_are_reported_in_order(self) -> None:
        request, phases, routine = _request(_circuit()), list[str](), NoiseLearner()
        routine.accept(request)
        routine.run(request, _tools(phases))
        self.assertEqual(phases, ["pre-processing", "on the QPU"])


class TestRefusals(unittest.TestCase):
    """What cannot be learned is refused at the call."""

    def _refused(self, kind: type[Exception], words: str, *pubs: Any, **how: Any) -> None:
        with self.assertRaisesRegex(kind, words):
            NoiseLearner().accept(_request(*pubs, **how))

    def test_a_backend_that_gives_counts_only(self) -> None:
        self._refused(IBMBackendError, "tells only counts", _circuit(), backend=CountsBackend())

    def test_a_device_whose_idle_noise_needs_durations_that_it_does_not_have(self) -> None:
        target = Target(num_qubits=2)
        target.add_instruction(CXGate(), {(0, 1): None})
        for gate in (RZGate(Parameter("t")), SXGate(), Measure()):
            target.add_instruction(gate, {(0,): None, (1,): None})
        circuit = QuantumCircuit(2)
        circuit.cx(0, 1)
        self._refused(IBMInputValueError, "durations", circuit, backend=with_noise(DescribedBackend(target), Drift(1e4)))

    def test_circuits_without_layers(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.h(0)
        self._refused(IBMInputValueError, "no layer whose noise", circuit)

    def test_no_circuits_and_no_circuit(self) -> None:
        self._refused(IBMInputValueError, "at least one PUB")
        self._refused(IBMInputValueError, "PUB 1: expected a circuit", _circuit(), "circuit")

    def test_gates_that_are_not_clifford_or_have_parameters(self) -> None:
        for angle, words in ((0.3, r"Clifford.*rzz\(0\.3\)"), (Parameter("t"), "PUB 0: .*rzz with t")):
            circuit = QuantumCircuit(2)
            circuit.rzz(angle, 0, 1)
            self._refused(IBMInputValueError, words, circuit)
