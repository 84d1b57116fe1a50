"""The true noise of layers, against transfer matrices of everything a layer does."""

from __future__ import annotations

import unittest
from functools import reduce

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import CXGate, ECRGate, RZZGate
from qiskit.circuit.parameter import Parameter
from qiskit.quantum_info import Operator, SuperOp
from qiskit.transpiler import InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, QuantumError, pauli_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

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

    def test_dressing_adds_the_noise_of_one_qubit_gates(self) -> None:
        backend, layer = DescribedBackend(line_target(2, cz=0.01, sx=1e-3)), UniqueLayer((("cz", (), (0, 1)),), (0, 1))
        plain, dressed = (layer_truth(backend, layer, dressing=d) for d in (False, True))
        shrunk = np.diag(Channel(gate_noise(1e-3, 35e-9, [(_T1, _T2)])).ptm) ** 2
        np.testing.assert_allclose(
            dressed.fidelities(_every(2)), plain.fidelities(_every(2)) * np.kron(shrunk, shrunk), atol=1e-12
        )

    def test_a_description_serves_as_well_as_a_backend(self) -> None:
        first, second = true_layer_noise(_BACKEND, _LAYER), true_layer_noise(device_of(_BACKEND), _LAYER)
        np.testing.assert_array_equal(first.rates, second.rates)

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
