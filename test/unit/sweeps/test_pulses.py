"""The π pulses of decoupling sequences."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt, unpack

from qiskit_local_runtime.sweeps.durations import Durations
from qiskit_local_runtime.sweeps.pulses import GATES, SEQUENCES, Pulse, phase, pulses

_AXES = {
    "+X": np.array([[0, 1], [1, 0]]),
    "+Y": np.array([[0, -1j], [1j, 0]]),
    "-X": -np.array([[0, 1], [1, 0]]),
    "-Y": -np.array([[0, -1j], [1j, 0]]),
}
_BASES = (("x", "rz"), ("sx", "rz"), ("x", "y", "rx", "ry"), ("rx", "rz"), ("r",), ("u",), ("rx", "ry"))


def _durations(basis: tuple[str, ...]) -> Durations:
    return Durations(lambda name, qubits, params: (0.0 if name == "rz" else 1.0) if name in basis else None, dt=1.0)


def _matrix(pulse: Pulse, excess: float = 0.0) -> np.ndarray:
    """The pulse; with ``excess``, every ``x`` is an RX that turns too far by so many radians."""
    product = np.eye(2, dtype=complex)
    for name, angles, _ in pulse.gates:
        gate = GATES["rx"](np.pi + excess) if name == "x" and excess else GATES[name](*angles)
        product = gate.to_matrix() @ product
    return product


@ddt
class TestPulses(unittest.TestCase):
    @data(*[(basis, sequence) for basis in _BASES for sequence in SEQUENCES])
    @unpack
    def test_pulses_turn_about_their_axes_up_to_phase(self, basis, sequence) -> None:
        for axis, pulse in zip(SEQUENCES[sequence], pulses(sequence, 0, _durations(basis)), strict=True):
            overlap = abs(np.trace(_AXES[axis].conj().T @ _matrix(pulse))) / 2
            self.assertAlmostEqual(overlap, 1.0, delta=1e-12, msg=f"{axis} in {pulse.gates}")

    @data(*[(basis, sequence) for basis in _BASES for sequence in SEQUENCES])
    @unpack
    def test_a_sequence_is_the_identity_times_its_phase(self, basis, sequence) -> None:
        found = pulses(sequence, 0, _durations(basis))
        product = np.linalg.multi_dot([np.eye(2), *[_matrix(pulse) for pulse in reversed(found)]])
        np.testing.assert_allclose(product, np.exp(1j * phase(found)) * np.eye(2), atol=1e-12)

    def test_minus_x_undoes_an_over_rotation_and_plus_x_doubles_it(self) -> None:
        excess = 0.1
        infidelity = {}
        for sequence in ("XX", "XpXm"):
            first, second = pulses(sequence, 0, _durations(("x", "rz")))
            infidelity[sequence] = 1 - abs(np.trace(_matrix(second, excess) @ _matrix(first, excess)) / 2)
        self.assertAlmostEqual(infidelity["XX"], 1 - np.cos(excess), delta=1e-12)
        self.assertAlmostEqual(infidelity["XpXm"], 0.0, delta=1e-12)

    def test_the_devices_own_x_is_preferred_to_two_halves(self) -> None:
        (pulse, _) = pulses("XX", 0, _durations(("x", "sx", "rz", "u")))
        self.assertEqual(pulse.gates, (("x", (), 1),))

    def test_a_device_without_the_gates_has_no_pulses(self) -> None:
        self.assertIsNone(pulses("XY4", 0, _durations(("x",))))
        self.assertIsNotNone(pulses("XX", 0, _durations(("x",))))


if __name__ == "__main__":
    unittest.main()
