"""Over-rotated gates: exactly the unitary, in every form simulators want."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import CXGate, CZGate, ECRGate, RXXGate, RYYGate, RZXGate, RZZGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import DensityMatrix, Operator, Pauli, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from qiskit_local_runtime.devices.coherent import AXES, CoherentNoise, rotation
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.devices.model_noise import ModelNoise
from qiskit_local_runtime.devices.noise import ActiveNoise, DeviceNoise
from qiskit_local_runtime.devices.preset_values import Spread, Values
from qiskit_local_runtime.devices.target_noise import TargetNoise
from qiskit_local_runtime.simulators.density import DensitySimulator
from qiskit_local_runtime.simulators.trajectories import TrajectorySimulator
from qiskit_local_runtime.sweeps import Sweep, Terms, tape_of
from qiskit_local_runtime.sweeps.durations import NOISELESS

from ...support.backends import line_target
from ...support.simulation import chi_square, counts, measured, tools

_ANGLE = 0.3


def _values(value: Any, seed: int = 0) -> Values:
    return Values.of("Coherent.angle", value, 2, seed)


def _step(gate: Any, *qubits: int, num_qubits: int = 3) -> Any:
    circuit = QuantumCircuit(num_qubits)
    circuit.append(gate, qubits)
    return tape_of(circuit).steps[0]


def _mirror() -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    circuit.h([0, 1, 2])
    for _ in range(3):
        circuit.cz(0, 1)
        circuit.sx([0, 1])
        circuit.cz(2, 1)
        circuit.t(1)
        circuit.sx(2)
    return circuit


def _by_hand(circuit: QuantumCircuit, angle: float, after: dict[int, SuperOp] | None = None) -> DensityMatrix:
    state = DensityMatrix.from_label("0" * circuit.num_qubits)
    for item in circuit.data:
        where = [circuit.find_bit(bit).index for bit in item.qubits]
        state = state.evolve(Operator(item.operation), where)
        if len(where) == 2:
            phases = np.exp(-0.5j * angle * np.array([1, -1, -1, 1]))
            state = state.evolve(Operator(np.diag(phases)), where)
        if after is not None and len(where) in after:
            state = state.evolve(after[len(where)], where)
    return state


def _model() -> tuple[NoiseModel, dict[int, SuperOp]]:
    single, double = amplitude_damping_error(0.05), depolarizing_error(0.03, 2)
    model = NoiseModel()
    model.add_all_qubit_quantum_error(single, ["h", "sx", "t"])
    model.add_all_qubit_quantum_error(double, ["cz"])
    return model, {1: SuperOp(single), 2: SuperOp(double)}


@ddt
class TestCoherentNoise(unittest.TestCase):
    """The wrapper around a device's noise."""

    @data(
        (CZGate(), RZZGate(_ANGLE)),
        (CXGate(), RZXGate(_ANGLE)),
        (ECRGate(), RZXGate(-_ANGLE)),
        (RZZGate(0.7), RZZGate(_ANGLE)),
        (RXXGate(0.7), RXXGate(_ANGLE)),
        (RYYGate(0.7), RYYGate(_ANGLE)),
    )
    @unpack
    def test_a_gate_turns_too_far_about_its_own_axis(self, gate: Any, error: Any) -> None:
        noise = CoherentNoise(_values(_ANGLE), None, None, None)
        ((channel, where),) = noise.channels(_step(gate, 1, 0), (4, 2), when="after")
        self.assertEqual(where, (0, 1))
        np.testing.assert_allclose(channel.superop, SuperOp(Operator(error)).data, atol=1e-12)

    @data(*(name for name in AXES if name not in ("ecr", "rzx", "csx", "crx", "cry", "rxx", "ryy")), "cz", "rzz", "cp")
    def test_the_axis_is_that_of_the_gate(self, name: str) -> None:
        circuit = QuantumCircuit(2)
        getattr(circuit, name)(*([0.7] if name in ("rzz", "cp") else []), 0, 1)
        gate, error = Operator(circuit).data, rotation(AXES.get(name, "ZZ"), 0.4)
        np.testing.assert_allclose(gate @ error, error @ gate, atol=1e-12)

    def test_ecr_is_an_echoed_rotation_that_turns_too_far(self) -> None:
        turned = Operator(ECRGate()).compose(Operator(rotation(AXES["ecr"], _ANGLE)))
        echoed = QuantumCircuit(2)
        echoed.x(0)
        echoed.rzx(-np.pi / 2 - _ANGLE, 0, 1)
        self.assertTrue(turned.equiv(Operator(echoed)))

    def test_the_noise_of_the_device_comes_after_it(self) -> None:
        target = line_target(3, cz=0.02, sx=0.01)
        inner = TargetNoise(target)
        noise = CoherentNoise(_values({(0, 1): 0.1}), inner, target, target.dt)
        cz = _step(CZGate(), 0, 1)
        self.assertEqual(len(noise.channels(cz, (0, 1), when="after")), 2)
        np.testing.assert_array_equal(
            noise.channels(cz, (0, 1), when="after")[1][0].superop, inner.channels(cz, (0, 1), when="after")[0][0].superop
        )
        self.assertEqual(len(noise.channels(cz, (1, 2), when="after")), 1)

    def test_labelled_idle_rotations_are_noiseless(self) -> None:
        target = GenericBackendV2(3, ["cx", "sx", "x", "rz", "rzz"], seed=1).target
        noise = ActiveNoise(CoherentNoise(_values(0.1), TargetNoise(target), target, target.dt), (0, 1, 2))
        self.assertEqual(len(noise.after(_step(RZZGate(0.2), 0, 1))), 2)
        self.assertEqual(noise.after(_step(RZZGate(0.2, label=NOISELESS), 0, 1)), ())

    def test_delays_of_unknown_length_do_not_matter_without_relaxation(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(100, 0)
        noise = CoherentNoise(_values(0.1), None, None, None)
        self.assertEqual(noise.channels(tape_of(circuit).steps[0], (0,), when="after"), ())
        self.assertFalse(noise.readout((0, 1)))

    @data(False, True)
    def test_density_matrices_are_exact(self, noisy: bool) -> None:
        model, after = _model()
        inner = ModelNoise(model, None) if noisy else None
        noise = ActiveNoise(CoherentNoise(_values(_ANGLE), inner, None, None), (0, 1, 2))
        circuit = _mirror()
        expected = _by_hand(circuit, _ANGLE, after if noisy else None)
        terms = Terms(np.array([[1, 0, 2], [3, 3, 1], [0, 2, 0], [3, 0, 0]], dtype=np.uint8))
        found = DensitySimulator().expect(
            Sweep(circuit, (), np.zeros((1, 0)), 1), ActiveDevice("d", (0, 1, 2), noise), terms, tools()
        )
        values = [expected.expectation_value(Pauli(label)).real for label in ("YIX", "XZZ", "IYI", "IIZ")]
        np.testing.assert_allclose(found[0], values, atol=1e-12)

    def test_trajectories_agree(self) -> None:
        model, after = _model()
        noise = ActiveNoise(CoherentNoise(_values(_ANGLE), ModelNoise(model, None), None, None), (0, 1, 2))
        sweep = Sweep(measured(_mirror()), (), np.zeros((1, 0)), 4000)
        found = counts(TrajectorySimulator().sample(sweep, ActiveDevice("d", (0, 1, 2), noise), tools(3)))
        # as likely as 4 σ
        self.assertGreater(chi_square(found, _by_hand(_mirror(), _ANGLE, after).probabilities()), 6e-5)
        self.assertLess(chi_square(found, _by_hand(_mirror(), 0.0, after).probabilities()), 6e-5)

    @data("alone", "everywhere", "local", "spread", "target")
    def test_aers_model_is_the_same_noise(self, kind: str) -> None:
        qubits = (4, 2, 7) if kind != "target" else (0, 1, 2)
        inner: DeviceNoise | None = None
        target = None
        if kind in ("everywhere", "local", "spread"):
            model, _ = _model()
            if kind == "local":
                model.add_quantum_error(depolarizing_error(0.1, 2), "cz", [4, 2], warnings=False)
            inner = ModelNoise(model, None)
        if kind == "target":
            target = line_target(3, cz=0.02, sx=0.01)
            inner = TargetNoise(target)
        noise = ActiveNoise(
            CoherentNoise(_values(Spread(0.1, 0.5) if kind == "spread" else _ANGLE), inner, target, None), qubits
        )
        circuit = _mirror()
        expected = DensityMatrix.from_label("000")
        for step in tape_of(circuit).steps:
            expected = expected.evolve(Operator(step.operation), list(step.qubits))
            for channel, where in noise.after(step):
                expected = expected.evolve(SuperOp(channel.superop), list(where))
        circuit.save_density_matrix()
        backend = AerSimulator(method="density_matrix", noise_model=noise.aer_model())
        found = backend.run(circuit, shots=1).result().data(0)["density_matrix"]
        np.testing.assert_allclose(np.asarray(found), expected.data, atol=1e-10)
