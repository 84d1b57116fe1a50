"""Layer noise as a device."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, Pauli
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.devices import Calibration, Coherent, Crosstalk, Drift, LayerNoise, device_of, with_noise
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.devices.preset_values import Spread
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError
from qiskit_local_runtime.simulators.base import Simulator
from qiskit_local_runtime.simulators.choose import SIMULATORS, choose
from qiskit_local_runtime.sweeps import Sweep, Terms, tape_of
from qiskit_local_runtime.sweeps.layer_noise import LayerModels, with_layer_noise
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

from ...support.backends import CountsBackend
from ...support.simulation import LEAST_P, chi_square, counts, measured, tools
from .test_lindblad_channels import slowly

_EVEN = UniqueLayer((("cx", (), (0, 1)), ("cx", (), (2, 3))), (0, 1, 2, 3, 4))
_ODD = UniqueLayer((("cx", (), (2, 1)),), (1, 2))


def _model(num_qubits: int, seed: int) -> PauliLindblad:
    rng = np.random.default_rng(seed)
    pairs = [(q, q + 1) for q in range(num_qubits - 1)]
    letters = np.zeros((4 * len(pairs), num_qubits), dtype=np.uint8)
    for row, where in zip(letters, pairs * 4, strict=True):
        row[list(where)] = rng.integers(0, 4, 2)
    return PauliLindblad(letters, rng.random(len(letters)) * 0.03)


_MODELS = {_EVEN: _model(5, 1), _ODD: _model(2, 2)}


def _circuit(clifford: bool) -> QuantumCircuit:
    """Layers even, odd, even, on qubits 0 to 3 of the device."""
    out = QuantumCircuit(4)
    for layer, angle in (("even", 0.3), ("odd", 0.7), ("even", 1.1)):
        for qubit in range(4):
            out.h(qubit) if clifford else out.ry(angle + qubit, qubit)
        out.barrier()
        pairs = ((0, 1), (2, 3)) if layer == "even" else ((2, 1),)
        for pair in pairs:
            out.cx(*pair)
        out.barrier()
    out.h(range(4))
    return out


def _slowly(circuit: QuantumCircuit) -> DensityMatrix:
    """The circuit with the models before its layers, one generator after another, the fifth qubit among them."""
    state, seen = DensityMatrix.from_label("0" * 5), 0
    for item in circuit.data:
        qubits = [circuit.find_bit(bit).index for bit in item.qubits]
        if item.name == "barrier" and seen % 2 == 0:
            layer = _ODD if seen == 2 else _EVEN
            model = _MODELS[layer]
            letters = np.zeros((len(model), 5), dtype=np.uint8)
            letters[:, list(layer.qubits)] = model.letters
            state = slowly(state, PauliLindblad(letters, model.rates))
        seen += item.name == "barrier"
        if item.name != "barrier":
            state = state.evolve(item.operation, qubits)
    return state


def _marked(clifford: bool) -> tuple[QuantumCircuit, ActiveDevice]:
    active = device_of(with_noise(AerSimulator(), LayerNoise(_MODELS))).restrict((0, 1, 2, 3))
    assert active.layers is not None
    circuit = _circuit(clifford)
    return with_layer_noise(circuit, active.layers, active.qubits).circuit, active


@ddt
class TestSimulation(unittest.TestCase):
    """Every method of ours simulates layer noise."""

    @data(("density_matrix", False), ("density_matrix", True), ("stabilizer", True))
    def test_exact_values_are_those_of_the_models(self, case: tuple[str, bool]) -> None:
        name, clifford = case
        circuit, active = _marked(clifford)
        every = ((np.arange(4**4)[:, None] >> 2 * np.arange(4)) & 3).astype(np.uint8)
        found = SIMULATORS[name].expect(Sweep(circuit, (), np.zeros((1, 0)), 1), active, Terms(every), tools())
        state = _slowly(_circuit(clifford))
        texts = ["I" + "".join("IXYZ"[letter] for letter in row[::-1]) for row in every]
        exact = [state.expectation_value(Pauli(text)).real for text in texts]
        np.testing.assert_allclose(found[0], exact, atol=1e-10)

    @data(("density_matrix", False), ("trajectories", False), ("trajectories", True), ("stabilizer", True))
    def test_samples_are_those_of_the_models(self, case: tuple[str, bool]) -> None:
        name, clifford = case
        circuit, active = _marked(clifford)
        simulator: Simulator = SIMULATORS[name]
        shots = simulator.sample(Sweep(measured(circuit), (), np.zeros((1, 0)), 20_000), active, tools(3))
        exact = _slowly(_circuit(clifford)).probabilities(range(4))
        self.assertGreater(chi_square(counts(shots), exact), LEAST_P)

    def test_methods_of_aer_are_never_chosen(self) -> None:
        circuit, active = _marked(clifford=False)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 1)
        self.assertEqual(choose(sweep, active, exact=True)[0].name, "density_matrix")
        with self.assertRaisesRegex(IBMInputValueError, "given by layer, which Qiskit Aer does not know"):
            choose(sweep, active, exact=False, method="matrix_product_state")
        assert active.noise is not None
        with self.assertRaisesRegex(IBMBackendError, "given by layer, which Qiskit Aer does not know"):
            active.noise.aer_model()


class TestDevice(unittest.TestCase):
    """What layer noise leaves of a device's noise."""

    def test_calibration_adds_errors_of_one_qubit_gates_and_measurements_only(self) -> None:
        inner = FakeManilaV2()
        active = device_of(with_noise(inner, LayerNoise(_MODELS), Calibration())).restrict((0, 1))
        own = device_of(inner).restrict((0, 1)).noise
        assert active.noise is not None and own is not None
        circuit = QuantumCircuit(2)
        circuit.sx(0)
        circuit.cx(0, 1)
        circuit.delay(500, 0)
        gate, pair, wait = tape_of(circuit).steps
        np.testing.assert_array_equal(active.noise.after(gate)[0][0].superop, own.after(gate)[0][0].superop)
        self.assertTrue(own.after(pair) and own.after(wait))
        self.assertFalse(active.noise.after(pair) or active.noise.after(wait))
        np.testing.assert_array_equal(active.noise.readout.groups[0].matrix, own.readout.groups[0].matrix)

    def test_alone_it_is_all_the_noise(self) -> None:
        device = device_of(with_noise(FakeManilaV2(), LayerNoise(_MODELS)))
        active = device.restrict((0, 1))
        self.assertEqual(device.name, "fake_manila+layers")
        assert active.noise is not None
        self.assertFalse(active.noise.readout)
        self.assertIsNone(active.idle)

    def test_as_an_option_it_takes_the_place_of_gate_and_idle_noise(self) -> None:
        backend = with_noise(FakeManilaV2(), Coherent(0.1), Crosstalk(1e4))
        models = LayerModels(_MODELS)
        device = device_of(backend, layers=models)
        self.assertIs(device_of(backend, layers=LayerModels(_MODELS)), device)
        self.assertIs(device.layers, models)
        self.assertIsNone(device.timed)
        self.assertIsNone(device_of(backend).layers)
        pair = QuantumCircuit(2)
        pair.cx(0, 1)
        noise = device.restrict((0, 1)).noise
        assert noise is not None
        self.assertEqual(noise.after(tape_of(pair).steps[0]), ())

    def test_qubits_that_are_not_active_are_left_out_of_a_model(self) -> None:
        layer = UniqueLayer((("cx", (), (2, 1)),), (0, 1, 2))
        model = PauliLindblad(np.array([[1, 0, 0], [1, 3, 0]], dtype=np.uint8), np.array([0.1, 0.2]))
        active = device_of(with_noise(AerSimulator(), LayerNoise({layer: model}))).restrict((1, 2))
        circuit = QuantumCircuit(2)
        circuit.cx(1, 0)
        assert active.layers is not None and active.noise is not None
        mark = tape_of(with_layer_noise(circuit, active.layers, active.qubits).circuit).steps[0]
        ((channel, where),) = active.noise.after(mark)
        self.assertEqual(where, (0,))
        np.testing.assert_allclose(channel.pauli_probabilities, [1 - model.probabilities[1], 0, 0, model.probabilities[1]])

    def test_a_mark_of_another_device_is_refused(self) -> None:
        circuit, _ = _marked(clifford=True)
        other = device_of(with_noise(AerSimulator(), LayerNoise({_ODD: _model(2, 9)}))).restrict((0, 1, 2, 3))
        assert other.noise is not None
        mark = next(step for step in tape_of(circuit).steps if step.name == "layer_noise")
        with self.assertRaisesRegex(IBMBackendError, "this device's own layers"):
            other.noise.after(mark)


@ddt
class TestDoor(unittest.TestCase):
    """What is accepted."""

    @data(Coherent(0.1), Crosstalk(1e4), Drift(Spread(0, 1e4)))
    def test_other_noise_of_layers_is_refused_beside_it(self, preset: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, type(preset).__name__):
            with_noise(FakeManilaV2(), LayerNoise(_MODELS), preset)  # type: ignore[arg-type]

    @data([], {"cx": 1}, {_ODD: 0.1})
    def test_models_are_a_mapping(self, models: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "mapping of UniqueLayer to PauliLindblad"):
            LayerNoise(models)  # type: ignore[arg-type]

    def test_negative_rates_are_refused_at_once(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "rates of at least 0"):
            LayerNoise({_ODD: _MODELS[_ODD].scaled(-1)})

    def test_layers_are_on_qubits_of_the_device(self) -> None:
        layer = UniqueLayer((("cx", (), (4, 7)),), (4, 7))
        with self.assertRaisesRegex(IBMInputValueError, "qubits below 5 .* found qubit 7"):
            with_noise(FakeManilaV2(), LayerNoise({layer: _model(2, 1)}))

    def test_a_backend_that_runs_circuits_itself_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMBackendError, "layer_noise_model"):
            device_of(CountsBackend(), layers=LayerModels(_MODELS))
