"""The noise of one circuit as a table."""

from __future__ import annotations

import pickle
import unittest

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit_aer.noise import NoiseModel

from qiskit_local_runtime.devices.noise_table import NoiseTable, table_of
from qiskit_local_runtime.sweeps import tape_of
from test.support.simulation import damping_noise, noisy


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.ry(0.3, 2)
    circuit.cx(1, 2)
    circuit.delay(100, 0, "ns")
    circuit.measure([0, 1, 2], [0, 1, 2])
    return circuit


class TestNoiseTable(unittest.TestCase):
    """A table says what the noise says."""

    def setUp(self) -> None:
        self.noise = noisy(3, damping_noise()).noise
        self.tape = tape_of(_circuit())
        self.table = table_of(self.noise, [self.tape], for_aer=False)

    def test_every_step_has_the_channels_it_had_here_and_after_travelling(self) -> None:
        travelled = pickle.loads(pickle.dumps(self.table))
        for step in self.tape.steps:
            for ask in ("before", "after"):
                wanted = getattr(self.noise, ask)(step)
                self.assertEqual(getattr(self.table, ask)(step), wanted)
                found = getattr(travelled, ask)(step)
                self.assertEqual([where for _, where in found], [where for _, where in wanted])
                for (one, _), (other, _) in zip(found, wanted, strict=True):
                    np.testing.assert_array_equal(one.superop, other.superop)
        self.assertTrue(any(self.table.after(step) for step in self.tape.steps))
        bits = np.zeros((50, 3), dtype=np.bool_)
        read = [noise.readout.corrupt(bits, (0, 1, 2), np.random.default_rng(0)).tolist() for noise in (self.noise, travelled)]
        self.assertEqual(read[0], read[1])

    def test_steps_that_share_a_channel_share_it_after_travelling(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cx(0, 1)
        circuit.cx(0, 1)
        tape = tape_of(circuit)
        travelled: NoiseTable = pickle.loads(pickle.dumps(table_of(self.noise, [tape], for_aer=False)))
        first, second = (travelled.after(step)[0][0] for step in tape.steps)
        self.assertIs(first, second)

    def test_equal_noise_makes_equal_bytes_whatever_was_worked_out_of_it(self) -> None:
        before = pickle.dumps(self.table)
        for step in self.tape.steps:
            for channel, _ in self.table.after(step):
                self.assertTrue(len(channel.kraus))
        self.assertEqual(pickle.dumps(self.table), before)

    def test_tables_are_made_once_for_equal_tapes(self) -> None:
        self.assertIs(table_of(self.noise, [tape_of(_circuit())], for_aer=False), self.table)
        self.assertIsNot(table_of(self.noise, [self.tape], for_aer=True), self.table)

    def test_aers_form_is_there_where_it_was_wanted(self) -> None:
        self.assertIsNone(self.table.aer_model())
        self.assertIsInstance(table_of(self.noise, [self.tape], for_aer=True).aer_model(), NoiseModel)

    def test_a_part_of_the_qubits_has_the_noise_it_had(self) -> None:
        part = (1, 2)
        place = {qubit: i for i, qubit in enumerate(part)}
        assert self.noise is not None
        for noise in (self.noise, self.table):
            own, told = noise.restricted(part), 0
            for step in self.tape.steps:
                if place.keys() >= set(step.qubits):
                    here = step._replace(qubits=tuple(place[q] for q in step.qubits))
                    wanted = [(channel, tuple(place[q] for q in where)) for channel, where in noise.after(step)]
                    self.assertEqual(list(own.after(here)), wanted)
                    told += len(wanted)
            self.assertGreater(told, 1)
            self.assertEqual(sorted(group.qubits for group in own.readout.groups), [(0,), (1,)])
            for group, old in zip(own.readout.groups, self.noise.readout.groups[1:], strict=True):
                np.testing.assert_array_equal(group.matrix, old.matrix)
