"""Twirling of measurements in the middle of a circuit."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit import QuantumCircuit

from qiskit_local_runtime.sweeps.durations import NOISELESS
from qiskit_local_runtime.techniques.midway_twirling import draw_midway, midway


def _teleporting() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 3)
    circuit.h(0)
    circuit.measure(0, 2)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


class TestMidway(unittest.TestCase):
    """Which measurements are flipped."""

    def test_flips_stand_around_measurements_that_something_follows(self) -> None:
        found = midway(_teleporting())
        assert found is not None
        names = [item.name for item in found.circuit.data]
        self.assertEqual(names, ["h", "rx", "measure", "rx", "cx", "measure", "measure"])
        self.assertEqual((found.clbits, len(found.parameters)), ((2,), 1))
        self.assertEqual({item.label for item in found.circuit.data if item.name == "rx"}, {NOISELESS})

    def test_measurements_at_the_end_feed_forward_and_bits_measured_twice_are_left_alone(self) -> None:
        at_the_end = QuantumCircuit(1, 1)
        at_the_end.measure(0, 0)
        twice = QuantumCircuit(1, 1)
        twice.measure(0, 0)
        twice.x(0)
        twice.measure(0, 0)
        forward = _teleporting()
        with forward.if_test((forward.clbits[2], 1)):
            forward.x(1)
        self.assertEqual([midway(circuit) for circuit in (at_the_end, twice, forward)], [None] * 3)

    def test_a_barrier_after_the_last_measurement_is_no_reason_to_flip_it(self) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.measure([0, 1], [0, 1])
        circuit.barrier()
        self.assertIsNone(midway(circuit))
        circuit.h(0)
        found = midway(circuit)
        assert found is not None
        self.assertEqual(found.clbits, (0,))

    def test_rows_drawn_in_portions_are_those_drawn_at_once(self) -> None:
        seed = np.random.SeedSequence(0, spawn_key=(4,))
        whole = draw_midway((7, 32), 3, seed)
        parts = [draw_midway((3, 32), 3, seed), draw_midway((4, 32), 3, seed, start=3)]
        np.testing.assert_array_equal(whole, np.concatenate(parts))
        self.assertLess(abs(whole.mean() - 0.5), 4 * 0.5 / np.sqrt(whole.size))


if __name__ == "__main__":
    unittest.main()
