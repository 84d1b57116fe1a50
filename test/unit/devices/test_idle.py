"""Timed noise: rates on active qubits, drawn detunings, and what they do to idle qubits."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from qiskit_local_runtime.devices import Calibration, Drift, device_of, with_noise
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.devices.idle import IdleNoise, TimedNoise, detunings
from qiskit_local_runtime.devices.preset_values import Spread, Values
from qiskit_local_runtime.simulators.density import DensitySimulator
from qiskit_local_runtime.simulators.state import StateSimulator
from qiskit_local_runtime.sweeps import Sweep, Terms
from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.weave import woven
from qiskit_local_runtime.techniques.decoupling import Decoupling, decoupled

from ...support.backends import DescribedBackend, line_target
from ...support.simulation import tools

_TICKS = {"x": 20, "rz": 0, "h": 0}
_DURATIONS = Durations(lambda name, qubits, params: _TICKS[name] * 1e-9 if name in _TICKS else None, dt=1e-9)
_RMS = 1e4
_DRAWS = 4000


class TestTimedNoise(unittest.TestCase):
    """From physical to active qubits."""

    def test_pairs_and_qubits_are_renumbered(self) -> None:
        drift, crosstalk = Values.of("d", {4: 10.0, 9: 20.0}, 1, 0), Values.of("c", {(4, 9): 3.0, (2, 4): 5.0}, 2, 0)
        noise = TimedNoise(((2, 4), (4, 9)), crosstalk, drift, draws=8, seed=5)
        self.assertEqual(noise.restrict((1, 4, 9)), IdleNoise((((1, 2), 3.0),), (0.0, 10.0, 20.0), 8, 5))
        self.assertEqual(noise.restrict((1, 4, 9)).detuned, (1, 2))  # type: ignore[union-attr]

    def test_qubits_without_timed_noise_have_none(self) -> None:
        noise = TimedNoise(((0, 1),), Values.of("c", 3.0, 2, 0), Values.of("d", {0: 1.0}, 1, 0))
        self.assertIsNone(noise.restrict((1, 2)))

    def test_crosstalk_alone_needs_one_draw(self) -> None:
        self.assertEqual(TimedNoise(((0, 1),), Values.of("c", 3.0, 2, 0), draws=8).restrict((0, 1)).draws, 1)  # type: ignore[union-attr]

    def test_spreads_stay_with_their_physical_qubits(self) -> None:
        noise = TimedNoise(drift=Values.of("d", Spread(1.0, 2.0), 1, 3))
        whole, part = noise.restrict((0, 1, 2)), noise.restrict((0, 2))
        assert whole is not None and part is not None
        self.assertEqual(part.detuning, (whole.detuning[0], whole.detuning[2]))


class TestDetunings(unittest.TestCase):
    """Gaussian draws."""

    def setUp(self) -> None:
        self.idle = IdleNoise((), (1e4, 0.0, 2e4), draws=40, seed=3)
        self.seed = np.random.SeedSequence(11, spawn_key=(2,))

    def test_their_spread_is_the_one_asked_for(self) -> None:
        found = detunings(self.idle, 20, 5, self.seed)
        self.assertEqual(found.shape, (20, 5, 40, 3))
        np.testing.assert_array_equal(found[..., 1], 0)
        for qubit, rms in ((0, 1e4), (2, 2e4)):
            drawn = found[..., qubit].ravel()
            self.assertAlmostEqual(drawn.mean(), 0, delta=4 * rms / np.sqrt(len(drawn)))
            self.assertAlmostEqual(drawn.std(), rms, delta=4 * rms / np.sqrt(2 * len(drawn)))
        self.assertLess(abs(np.corrcoef(found[..., 0].ravel(), found[..., 2].ravel())[0, 1]), 4 / np.sqrt(4000))

    def test_portions_of_rows_are_those_of_the_whole(self) -> None:
        whole = detunings(self.idle, 7, 2, self.seed)
        parts = [detunings(self.idle, 3, 2, self.seed), detunings(self.idle, 4, 2, self.seed, start=3)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)

    def test_both_seeds_count(self) -> None:
        first = detunings(self.idle, 1, 1, self.seed)
        for idle, seed in (
            (IdleNoise((), (1e4, 0.0, 2e4), 40, 4), self.seed),
            (self.idle, np.random.SeedSequence(12, spawn_key=(2,))),
            (self.idle, np.random.SeedSequence(11)),
        ):
            self.assertFalse(np.array_equal(detunings(idle, 1, 1, seed)[..., 0], first[..., 0]))


def _plus(pulses: str | None) -> NDArray[np.float64]:
    """⟨X⟩ after 4 µs in the + state, one value a draw."""
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.delay(4000, 0)
    if pulses is not None:
        circuit, _ = decoupled(circuit, _DURATIONS, Decoupling(pulses))  # type: ignore[arg-type]
    found = woven(circuit, _DURATIONS, [], (0,))
    idle = IdleNoise((), (_RMS,), _DRAWS)
    values = detunings(idle, 1, 1, np.random.SeedSequence(5))[0, 0][:, found.columns]
    sweep = Sweep(found.circuit, found.parameters, values, 1)
    terms = Terms(np.array([[1]], dtype=np.uint8))
    return StateSimulator().expect(sweep, ActiveDevice("d", (0,)), terms, tools())[:, 0]


@ddt
class TestDephasing(unittest.TestCase):
    """A qubit in the + state that idles for 4 µs, detuned by 10 kHz rms."""

    def test_coherence_decays_as_a_gaussian(self) -> None:
        found = _plus(None)
        angle = 2 * np.pi * _RMS * 4e-6
        error = found.std() / np.sqrt(_DRAWS)
        self.assertAlmostEqual(found.mean(), np.exp(-(angle**2) / 2), delta=4 * error)
        # the second moment tells a Gaussian from another spread: E[cos²] = (1 + exp(-2 φ²)) / 2
        second = found**2
        self.assertAlmostEqual(second.mean(), (1 + np.exp(-2 * angle**2)) / 2, delta=4 * second.std() / np.sqrt(_DRAWS))

    @data("XX", "XpXm", "XY4")
    def test_decoupling_recovers_the_loss(self, pulses: str) -> None:
        loss = 1 - _plus(None).mean()
        self.assertGreater(loss, 0.02)
        self.assertLess(1 - _plus(pulses).mean(), 0.1 * loss)

    def test_noise_of_the_device_is_suffered_besides_and_not_by_what_is_woven(self) -> None:
        backend = with_noise(DescribedBackend(line_target(1, rz=0.3, sx=0.01)), Calibration(), Drift(_RMS))
        circuit = QuantumCircuit(1)
        circuit.sx(0)
        circuit.delay(4000, 0)
        found = woven(circuit, Durations(lambda name, qubits, params: 35e-9, dt=1e-9), [], (0,))
        values = np.array([[0.0], [3e4], [-5e4]])
        sweep = Sweep(found.circuit, found.parameters, values, 1)
        terms = Terms(np.array([[2]], dtype=np.uint8))
        seen = DensitySimulator().expect(sweep, device_of(backend).restrict((0,)), terms, tools())[:, 0]
        np.testing.assert_allclose(seen / seen[0], np.cos(2 * np.pi * values[:, 0] * 4e-6), atol=1e-12)
        self.assertAlmostEqual(-seen[0], np.exp(-4 / 60), delta=0.03)
