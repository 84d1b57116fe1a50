"""Where sweeps are cut."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter, QuantumCircuit

from qiskit_local_runtime.pipeline.shards import LEAST, WHOLE, Shard, exact_shards, sampling_shards
from qiskit_local_runtime.simulators.density import DensitySimulator
from qiskit_local_runtime.simulators.trajectories import TrajectorySimulator
from qiskit_local_runtime.sweeps import Sweep
from test.support.simulation import noiseless, noisy, pauli_noise


def _sweep(rows: int, shots: int, randomizations: int | None = None) -> Sweep:
    angle = Parameter("a")
    circuit = QuantumCircuit(2, 2)
    circuit.ry(angle, 0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    flips = None if randomizations is None else np.zeros((rows, 1, randomizations, 2), dtype=np.bool_)
    return Sweep(circuit, (angle,), np.zeros((rows, 1)), shots, flips=flips)


def _covered(sweep: Sweep, shards: list[Shard]) -> np.ndarray:
    """How often each shot of each row and randomization is in a shard."""
    rows, _, randomizations, shots = sweep.shape
    found = np.zeros((rows, randomizations, shots), dtype=int)
    for shard in shards:
        found[shard.rows, shard.randomizations, shard.shots] += 1
    return found


class TestShards(unittest.TestCase):
    """Cuts by rows and by shots."""

    @settings(max_examples=60, deadline=None)
    @given(
        rows=st.integers(0, 90),
        shots=st.integers(0, 300),
        randomizations=st.none() | st.integers(1, 70),
        seconds=st.floats(0, 500),
        by_shot=st.booleans(),
    )
    def test_every_shot_is_in_one_shard(
        self, rows: int, shots: int, randomizations: int | None, seconds: float, by_shot: bool
    ) -> None:
        sweep = _sweep(rows, shots, randomizations)
        simulator = TrajectorySimulator() if by_shot else DensitySimulator()
        shards = sampling_shards(sweep, simulator, noisy(2, pauli_noise()), seconds)
        self.assertTrue((_covered(sweep, shards) == 1).all())
        for shard in shards:
            part = shard.of(sweep)
            here = np.zeros(sweep.shape)[shard.rows, :, shard.randomizations, shard.shots]
            self.assertEqual(part.shape, here.shape)

    def test_short_work_stays_whole(self) -> None:
        self.assertEqual(sampling_shards(_sweep(50, 10), DensitySimulator(), noiseless(2), 0.9 * LEAST), [WHOLE])
        self.assertEqual(exact_shards(_sweep(50, 0), 0.9 * LEAST), [WHOLE])

    def test_long_work_is_cut_by_rows_in_order(self) -> None:
        shards = sampling_shards(_sweep(1000, 10), DensitySimulator(), noiseless(2), 20.0)
        self.assertEqual(len(shards), 64)
        self.assertEqual([shard.rows.start for shard in shards[:3]], [0, 15, 31])
        self.assertEqual(exact_shards(_sweep(1000, 0), 20.0), shards)

    def test_a_row_whose_work_is_in_the_shots_is_cut_by_them(self) -> None:
        sweep = _sweep(1, 10**7)
        self.assertGreater(len(sampling_shards(sweep, TrajectorySimulator(), noisy(2, pauli_noise()), 10.0)), 30)

    def test_a_row_whose_work_is_in_its_state_is_not_cut(self) -> None:
        self.assertEqual(sampling_shards(_sweep(1, 10), DensitySimulator(), noiseless(2), 10.0), [WHOLE])

    def test_results_of_shards_are_bounded(self) -> None:
        sweep = _sweep(100, 10**6)
        for shard in sampling_shards(sweep, DensitySimulator(), noiseless(2), 0.4):
            rows, _, _, shots = shard.of(sweep).shape
            self.assertLessEqual(rows * shots, 1 << 22)

    def test_shards_are_as_equal_as_can_be(self) -> None:
        sizes = {shard.rows.stop - shard.rows.start for shard in exact_shards(_sweep(1000, 0), 0.5)}
        self.assertEqual(sizes, {31, 32})

    def test_no_shard_is_longer_than_two_seconds_where_there_are_rows(self) -> None:
        self.assertGreaterEqual(len(exact_shards(_sweep(1000, 0), 600.0)), 300)
