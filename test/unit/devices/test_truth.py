"""The true noise of layers, against transfer matrices of everything a layer does."""

from __future__ import annotations

import unittest
from functools import reduce
from itertools import product

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import CXGate, CZGate, ECRGate, RZGate, RZZGate, SXGate
from qiskit.circuit.parameter import Parameter
from qiskit.quantum_info import Operator, Pauli, SuperOp
from qiskit.transpiler import InstructionProperties, QubitProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, QuantumError, pauli_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime import NoiseLearner
from qiskit_local_runtime.devices import (
    Calibration,
    Coherent,
    Crosstalk,
    Drift,
    LayerNoise,
    device_of,
    layer_truth,
    true_layer_noise,
    with_noise,
)
from qiskit_local_runtime.devices.channel import Channel
from qiskit_local_runtime.devices.physics import gate_noise, relaxation
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError
from qiskit_local_runtime.learning.conjugation import carried
from qiskit_local_runtime.results.lindblad_error import letters_of
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

from ...support.backends import CountsBackend, DescribedBackend, line_target

_T1, _T2 = 50e-6, 60e-6
_FAST, _SLOW, _ERROR = 100e-9, 300e-9, 0.01


def _target() -> Target:
    """A line of five; cx on (0, 1), slower ecr on (3, 2)."""
    target = line_target(5)
    target.add_instruction(CXGate(), {(0, 1): InstructionProperties(duration=_FAST, error=_ERROR)})
    target.add_instruction(ECRGate(), {(3, 2): InstructionProperties(duration=_SLOW, error=_ERROR)})
    target.add_instruction(RZZGate(Parameter("t")), {(0, 1): InstructionProperties(duration=_FAST, error=_ERROR)})
    return target


_BACKEND = DescribedBackend(_target())
_LAYER = UniqueLayer((("cx", (), (0, 1)), ("ecr", (), (3, 2))), (0, 1, 2, 3))


def _every(num_qubits: int) -> NDArray[np.uint8]:
    return ((np.arange(4**num_qubits)[:, None] >> 2 * np.arange(num_qubits)) & 3).astype(np.uint8)


def _relaxed(seconds: float) -> SuperOp:
    return SuperOp(relaxation(_T1, _T2, seconds))


def _before(layer: UniqueLayer, steps: list[tuple[Operator | SuperOp, list[int]]]) -> NDArray[np.float64]:
    """Diagonal of the transfer matrix of what happens, followed by the layer undone."""
    start = SuperOp(np.eye(4 ** len(layer.qubits)))
    done = reduce(lambda found, step: found.compose(SuperOp(step[0]), step[1]), steps, start)
    return np.diag(Channel(done.compose(SuperOp(layer.circuit().inverse())).data).ptm)


def _rotated(theta: float, phi: float, lam: float, error: SuperOp) -> SuperOp:
    """A one-qubit gate of two pulses, each with an error."""
    rz = [SuperOp(RZGate(angle)) for angle in (lam, theta + np.pi, phi + np.pi)]
    pulse = SuperOp(SXGate()).compose(error)
    return rz[0].compose(pulse).compose(rz[1]).compose(pulse).compose(rz[2])


_PAULI_ANGLES = {"I": (0, 0, 0), "X": (np.pi, 0, np.pi), "Y": (np.pi, np.pi, np.pi), "Z": (0, np.pi, 0)}


def _twirled_dressing(error: SuperOp) -> SuperOp:
    """What is wrong with gates that are Paulis, behind them: one Pauli of the layer before and one of this, all sixteen."""
    found = []
    for earlier, later in product("IXYZ", repeat=2):
        gate = Pauli(later) @ Pauli(earlier)
        angles = _PAULI_ANGLES[gate.to_label()[-1]]
        found.append(SuperOp(gate.adjoint()).compose(_rotated(*angles, error)).data)
    return SuperOp(np.mean(found, axis=0))


def _zz(angle: float) -> Operator:
    circuit = QuantumCircuit(2)
    circuit.rzz(angle, 0, 1)
    return Operator(circuit)


@ddt
class TestLayerTruth(unittest.TestCase):
    """Against channels written out by hand, exactly."""

    def test_gates_relax_and_qubits_wait_for_the_longest(self) -> None:
        errors = SuperOp(gate_noise(_ERROR, _FAST, [(_T1, _T2)] * 2)), SuperOp(gate_noise(_ERROR, _SLOW, [(_T1, _T2)] * 2))
        waits = [(_relaxed(_SLOW - _FAST), [0]), (_relaxed(_SLOW - _FAST), [1])]
        gates = [(Operator(CXGate()), [0, 1]), (errors[0], [0, 1]), (Operator(ECRGate()), [3, 2]), (errors[1], [3, 2])]
        truth = layer_truth(_BACKEND, _LAYER)
        np.testing.assert_allclose(truth.fidelities(_every(4)), _before(_LAYER, waits + gates), atol=1e-12)
        np.testing.assert_allclose(truth.model.fidelities(_every(4)), truth.fidelities(_every(4)), atol=1e-10)
        self.assertLess(truth.residual, 1e-10)
        self.assertTrue((truth.model.rates > 0).all())

    def test_presets_are_part_of_it(self) -> None:
        hertz, drift, angle = 2e5, 4e5, 0.15
        layer = UniqueLayer((("cx", (), (0, 1)),), (0, 1, 2, 3))
        backend = with_noise(_BACKEND, Coherent(angle), Crosstalk(hertz), Drift(drift))
        turned = QuantumCircuit(2)
        turned.h(1)
        turned.rzz(angle, 0, 1)
        turned.h(1)
        left = np.exp(-((2 * np.pi * _FAST * drift) ** 2) / 2)
        dephased = SuperOp(np.diag([1, left, left, 1]))
        steps = [
            (Operator(CXGate()), [0, 1]),
            (Operator(turned), [0, 1]),
            (_zz(np.pi * hertz * _FAST), [2, 3]),
            (dephased, [2]),
            (dephased, [3]),
        ]
        truth = layer_truth(backend, layer)
        np.testing.assert_allclose(truth.fidelities(_every(4)), _before(layer, steps), atol=1e-12)
        np.testing.assert_allclose(truth.model.fidelities(_every(4)), _before(layer, steps), atol=1e-10)

    def test_crosstalk_of_many_neighbours_is_exact(self) -> None:
        layer = UniqueLayer((), (0, 1, 2, 3, 4))
        slow = UniqueLayer((("ecr", (), (3, 2)),), (0, 1, 2, 3, 4))
        hertz = 3e5
        truth = layer_truth(with_noise(_BACKEND, Crosstalk({(0, 1): hertz, (1, 4): hertz, (0, 4): hertz})), slow)
        angle = np.pi * hertz * _SLOW
        steps = [(_zz(angle), [0, 1]), (_zz(angle), [1, 4]), (_zz(angle), [0, 4])]
        np.testing.assert_allclose(truth.fidelities(_every(5)), _before(layer, steps), atol=1e-12)
        self.assertTrue({(0, 1), (1, 4), (0, 4)} <= set(truth.pairs))
        worst = np.abs(truth.model.fidelities(_every(5)) - truth.fidelities(_every(5))).max()
        self.assertLess(worst, 2 * angle**3)
        self.assertGreater(truth.residual, 0)

    def test_an_idle_layer_of_no_gates_has_no_noise(self) -> None:
        self.assertEqual(len(true_layer_noise(_BACKEND, UniqueLayer((), (0, 1)))), 0)

    def test_gates_need_not_be_clifford(self) -> None:
        layer = UniqueLayer((("rzz", (0.3,), (0, 1)),), (0, 1))
        steps = [(_zz(0.3), [0, 1]), (SuperOp(gate_noise(_ERROR, _FAST, [(_T1, _T2)] * 2)), [0, 1])]
        np.testing.assert_allclose(layer_truth(_BACKEND, layer).fidelities(_every(2)), _before(layer, steps), atol=1e-12)

    def test_the_truth_of_layer_noise_is_that_noise(self) -> None:
        model = true_layer_noise(_BACKEND, _LAYER)
        again = true_layer_noise(with_noise(_BACKEND, LayerNoise({_LAYER: model}), Calibration()), _LAYER)
        np.testing.assert_array_equal(again.letters, model.letters)
        np.testing.assert_allclose(again.rates, model.rates, atol=1e-13)

    def test_an_aer_model_has_a_truth_on_the_pairs_given(self) -> None:
        noise = NoiseModel()
        noise.add_all_qubit_quantum_error(pauli_error([("X", 0.05), ("Y", 0.05), ("I", 0.9)]).tensor(_idle()), "cx")
        layer = UniqueLayer((("cx", (), (0, 1)),), (0, 1, 2))
        truth = layer_truth(AerSimulator(noise_model=noise), layer, coupling=[(1, 2)])
        self.assertEqual(truth.pairs, ((0, 1), (1, 2)))
        # X and Y errors without Z errors are no Pauli–Lindblad noise: the rate of Z would be negative
        self.assertTrue((truth.model.rates > 0).all())
        self.assertGreater(truth.residual, 1e-4)
        self.assertLess(truth.residual, 1e-2)

    def test_dressing_adds_the_noise_of_one_qubit_gates_averaged_over_the_twirl(self) -> None:
        backend, layer = DescribedBackend(line_target(2, cz=0.01, sx=1e-3)), UniqueLayer((("cz", (), (0, 1)),), (0, 1))
        error = SuperOp(gate_noise(1e-3, 35e-9, [(_T1, _T2)]))
        dressed = [(_twirled_dressing(error), [0]), (_twirled_dressing(error), [1])]
        cz = [(Operator(CZGate()), [0, 1]), (SuperOp(gate_noise(0.01, 80e-9, [(_T1, _T2)] * 2)), [0, 1])]
        truth = layer_truth(backend, layer, dressing=True)
        np.testing.assert_allclose(truth.fidelities(_every(2)), _before(layer, dressed + cz), atol=1e-13)

    def test_a_description_serves_as_well_as_a_backend(self) -> None:
        first, second = true_layer_noise(_BACKEND, _LAYER), true_layer_noise(device_of(_BACKEND), _LAYER)
        np.testing.assert_array_equal(first.rates, second.rates)

    @data(False, True)
    def test_devices_tell_it_themselves(self, dressing: bool) -> None:
        backend = with_noise(_BACKEND, Calibration(), Crosstalk(1e4))
        wanted = true_layer_noise(backend, _LAYER, coupling=[(0, 1)], dressing=dressing)
        for device in (backend, device_of(backend)):
            found = device.true_layer_noise(_LAYER, coupling=[(0, 1)], dressing=dressing)
            np.testing.assert_array_equal(found.letters, wanted.letters)
            np.testing.assert_array_equal(found.rates, wanted.rates)

    def test_noise_of_a_fake_device_is_within_its_reported_errors(self) -> None:
        backend = FakeManilaV2()
        layer = UniqueLayer((("cx", (), (0, 1)),), (0, 1))
        error = backend.target["cx"][(0, 1)].error
        fidelities = layer_truth(backend, layer).fidelities(_every(2))
        self.assertAlmostEqual(1 - (4 * fidelities.mean() + 1) / 5, error, delta=1e-9)


@ddt
class TestRefusals(unittest.TestCase):
    """What has no truth."""

    def test_backends_that_run_circuits_themselves(self) -> None:
        with self.assertRaisesRegex(IBMBackendError, "runs circuits itself"):
            true_layer_noise(CountsBackend(), UniqueLayer((("cx", (), (0, 1)),), (0, 1)))

    @data(("cx", (1, 0)), ("cz", (0, 2)), ("iswap", (0, 1)))
    def test_gates_that_the_device_does_not_have(self, gate: tuple[str, tuple[int, int]]) -> None:
        name, qubits = gate
        with self.assertRaisesRegex(IBMInputValueError, "gates that described has"):
            true_layer_noise(_BACKEND, UniqueLayer(((name, (), qubits),), tuple(sorted(qubits))))

    def test_qubits_that_there_are_not(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "described has 5"):
            true_layer_noise(_BACKEND, UniqueLayer((), (4, 5)))

    @data((1, 0), (0,), (0, 0, 1))
    def test_layers_whose_qubits_are_not_in_order_or_not_all(self, qubits: tuple[int, ...]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "ascending and include"):
            true_layer_noise(_BACKEND, UniqueLayer((("cx", (), (0, 1)),), qubits))

    def test_idle_noise_without_durations(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "has no durations"):
            true_layer_noise(with_noise(AerSimulator(), Drift(1e4)), UniqueLayer((("cx", (), (0, 1)),), (0, 1)))

    def test_noise_stronger_than_any_model(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Use weaker noise"):
            true_layer_noise(with_noise(AerSimulator(), Coherent(2.0)), UniqueLayer((("cz", (), (0, 1)),), (0, 1)))


def _idle() -> QuantumError:
    return pauli_error([("I", 1.0)])


class TestScale(unittest.TestCase):
    """Many qubits."""

    def test_a_layer_of_a_hundred_qubits_is_as_exact_as_one_of_five(self) -> None:
        backend = DescribedBackend(line_target(100, cz=0.01))
        gates = tuple(("cz", (), (q, q + 1)) for q in range(0, 60, 3))
        truth = layer_truth(with_noise(backend, Calibration(), Crosstalk(1e5)), UniqueLayer(gates, tuple(range(100))))
        self.assertLess(truth.residual, 1e-6)
        self.assertIsInstance(truth.model, PauliLindblad)
        self.assertEqual(truth.model.num_qubits, 100)

    def test_the_noise_of_a_hundred_dressed_qubits_is_known_as_well(self) -> None:
        backend = with_noise(DescribedBackend(line_target(100, cz=0.01, sx=1e-3)), Calibration(), Crosstalk(1e5))
        layer = UniqueLayer(tuple(("cz", (), (q, q + 1)) for q in range(0, 60, 3)), tuple(range(100)))
        plain, dressed = (layer_truth(backend, layer, dressing=dressing) for dressing in (False, True))
        self.assertLess(dressed.residual, 1e-6)
        one = layer_truth(DescribedBackend(line_target(1, sx=1e-3)), UniqueLayer((), (0,)), dressing=True)
        gained = dressed.model.rates.sum() - plain.model.rates.sum()
        self.assertAlmostEqual(gained, 100 * one.model.rates.sum(), delta=1e-4)


class TestAgainstLearning(unittest.TestCase):
    """What a learner sees, which looks at nothing but outcomes."""

    def test_dephasing_between_two_pulses_is_found_on_the_axis_it_is_turned_to(self) -> None:
        target = line_target(2)
        target.qubit_properties = [QubitProperties(t1=1e-3, t2=5e-6)] * 2
        backend = DescribedBackend(target)
        circuit = QuantumCircuit(2)
        circuit.cz(0, 1)
        learner = NoiseLearner(backend, options={"simulator": {"seed_simulator": 2}, "layer_pair_depths": [1, 2, 8]})
        result = learner.run([circuit]).result()
        facts, layer = result.metadata["layers"][0], UniqueLayer((("cz", (), (0, 1)),), (0, 1))
        paulis = letters_of(facts["paulis"])
        truth = layer_truth(backend, layer, dressing=True)
        products = truth.fidelities(paulis) * truth.fidelities(carried(layer, paulis)[0])
        pulls = (facts["pair_products"] - products) / facts["pair_products_std"]
        only_z = np.isin(paulis, (0, 3)).all(axis=1)
        self.assertTrue((1 - products[only_z] > 10 * facts["pair_products_std"][only_z]).all())
        self.assertLess(np.sqrt((pulls**2).mean()), 1.6)
