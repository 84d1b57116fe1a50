"""Dressed circuits, and sweeps widened by their randomizations."""

from __future__ import annotations

import tracemalloc
import unittest
from dataclasses import replace

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Parameter
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime.devices import Calibration, Drift, device_of, with_noise
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline import widen
from qiskit_local_runtime.pipeline.dress import Dressed, Wanted, dress, portions
from qiskit_local_runtime.sweeps import Shots, Sweep
from qiskit_local_runtime.techniques.decoupling import Decoupling

BACKEND = GenericBackendV2(3, basis_gates=["cz", "rz", "sx", "x"], seed=1)
SEED = np.random.SeedSequence(0)
_MOST_BYTES = 500_000_000


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 4)
    circuit.rx(Parameter("a"), 0)
    circuit.cz(0, 1)
    circuit.measure(1, 3)
    circuit.cz(1, 2)
    circuit.sx(2)
    circuit.measure([0, 1, 2], [0, 1, 2])
    return generate_preset_pass_manager(0, BACKEND).run(circuit)


def _dressed(wanted: Wanted, backend: object = BACKEND, randomizations: int = 3) -> Dressed | None:
    device = device_of(backend)
    circuit = _circuit()
    found = dress(circuit, tuple(circuit.parameters), device.restrict((0, 1, 2)), device.target, wanted)
    return None if found is None else replace(found, randomizations=randomizations, seed=SEED)


def _ticks(qubits: tuple[int, ...]) -> int:
    return round(BACKEND.target["x"][qubits].duration / BACKEND.dt)


ALL = Wanted(gates=True, measure=True, decoupling=Decoupling("XY4"))
DRIFTING = with_noise(BACKEND, Calibration(), Drift(hertz=1e4, draws=11))


@ddt
class TestDress(unittest.TestCase):
    """What becomes of a circuit."""

    def test_without_noise_and_wishes_a_circuit_runs_as_it_is(self) -> None:
        self.assertIsNone(_dressed(Wanted(), AerSimulator()))
        self.assertIsNone(_dressed(Wanted(), with_noise(BACKEND)))

    def test_where_idle_time_costs_it_is_written_out_whether_decoupled_or_not(self) -> None:
        found = [_dressed(wanted) for wanted in (Wanted(), Wanted(decoupling=Decoupling("XX")))]
        assert found[0] is not None and found[1] is not None
        idle = [sum(item.params[0] for item in each.circuit.data if item.name == "delay") for each in found]
        pulses = [sum(_ticks(step.qubits) for step in each.tape.steps if step.name == "x") for each in found]
        self.assertGreater(pulses[1], pulses[0])
        self.assertEqual(idle[0] + pulses[0], idle[1] + pulses[1])
        self.assertEqual([each.varied for each in found], [False, False])

    def test_the_same_circuit_device_and_wish_give_the_same_object(self) -> None:
        device, circuit = device_of(BACKEND), _circuit()
        active = device.restrict((0, 1, 2))
        made = [dress(circuit, tuple(circuit.parameters), active, device.target, ALL) for _ in range(2)]
        self.assertIs(made[0], made[1])
        self.assertIsNot(made[0], dress(circuit, tuple(circuit.parameters), active, device.target, Wanted(gates=True)))

    @data(ALL, Wanted(gates=True), Wanted(measure=True))
    def test_rows_drawn_in_portions_are_those_drawn_at_once(self, wanted: Wanted) -> None:
        found = _dressed(wanted, DRIFTING)
        assert found is not None
        rows = np.linspace(0, 1, 5)[:, None]
        whole = found.values(rows, found.draw(5))
        parts = [found.values(rows[:2], found.draw(2)), found.values(rows[2:], found.draw(3, 2))]
        np.testing.assert_array_equal(whole, np.concatenate(parts))
        self.assertEqual(whole.shape, (5, 3, 4, len(found.parameters)))
        # every randomization and every draw is another one
        self.assertEqual(len(np.unique(whole.reshape(60, -1), axis=0)), 60)

    def test_what_cannot_be_done_is_refused_by_name(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "dynamical_decoupling.enable"):
            _dressed(ALL, AerSimulator())
        bare = QuantumCircuit(2)
        with bare.for_loop(range(2)):
            bare.cz(0, 1)
        active = device_of(AerSimulator()).restrict((0, 1))
        with self.assertRaisesRegex(IBMInputValueError, "twirling.enable_gates is on, but nothing"):
            dress(bare, (), active, None, Wanted(gates=True))

    def test_draws_share_shots_evenly(self) -> None:
        self.assertEqual(
            [portions(*each) for each in ((128, 32), (100, 32), (5, 32), (1, 1))], [(32, 4), (25, 4), (5, 1), (1, 1)]
        )


def _long(randomizations: int, rows: int = 1) -> tuple[Sweep, Dressed]:
    """A twirled circuit of six qubits with hundreds of angles, one shot a randomization."""
    circuit = QuantumCircuit(6, 6)
    for _ in range(6):
        circuit.sx(range(6))
        for left in (0, 2, 4, 1, 3):
            circuit.cz(left, left + 1)
    circuit.measure(range(6), range(6))
    found = dress(circuit, (), device_of(AerSimulator()).restrict(tuple(range(6))), None, Wanted(gates=True))
    assert found is not None
    flips = np.random.default_rng(2).integers(0, 2, (rows, 1, randomizations, 6)).astype(np.bool_)
    return Sweep(circuit, (), np.zeros((rows, 0)), 1, (), flips), replace(found, randomizations=randomizations, seed=SEED)


class TestWiden(unittest.TestCase):
    """To plain sweeps and back."""

    def setUp(self) -> None:
        found = _dressed(replace(ALL, decoupling=None), DRIFTING)
        assert found is not None
        self.dressed = found
        flips = np.random.default_rng(0).integers(0, 2, (5, 2, 3, 4)).astype(np.bool_)
        flips[..., 3] = False
        circuit = _circuit()
        endings = (QuantumCircuit(3, 4), QuantumCircuit(3, 4))
        self.sweep = Sweep(circuit, tuple(circuit.parameters), np.linspace(0, 1, 5)[:, None], 10, endings, flips)

    def test_bits_come_back_in_the_shape_asked_for_with_midway_flips_undone(self) -> None:
        """A simulator that answers with the flips of each wide row, and with all bits measured midway equal to their flip."""
        shots = widen.sample_wide(self.sweep, self.dressed, 0, self._flipped)
        assert self.sweep.flips is not None
        wanted = (self.sweep.flips * (1 << np.arange(4))).sum(axis=-1)
        self.assertEqual(shots.packed.shape, (5, 2, 3, 10, 1))
        np.testing.assert_array_equal(shots.packed[..., 0], np.repeat(wanted[..., None], 10, axis=3))

    def _flipped(self, wide: Sweep, _: int) -> Shots:
        angle = next(i for i, p in enumerate(self.dressed.parameters) if p.name == "_flip_3")
        assert wide.flips is not None
        bits = wide.flips[:, :, 0].copy()
        bits[..., 3] = np.isclose(wide.values[:, None, angle], np.pi)
        packed = (bits * (1 << np.arange(4))).sum(axis=-1).astype(np.uint8)
        return Shots(np.repeat(packed[:, :, None, None, None], wide.shots, axis=3), 4)

    def test_many_randomizations_come_in_parts_with_the_same_values_and_seeds_of_their_own(self) -> None:
        sweep, dressed = _long(80_000, rows=2)
        seen: list[NDArray[np.float64]] = []
        numbers: list[int] = []

        def sample(wide: Sweep, number: int) -> Shots:
            assert wide.flips is not None
            seen.append(wide.values[:, ::7].sum(axis=1))
            numbers.append(number)
            packed = (wide.flips[:, :, 0] * (1 << np.arange(6))).sum(axis=-1).astype(np.uint8)
            return Shots(packed[:, :, None, None, None], 6)

        shots = widen.sample_wide(sweep, dressed, 3, sample)
        assert sweep.flips is not None
        np.testing.assert_array_equal(shots.packed[:, :, :, 0, 0], (sweep.flips * (1 << np.arange(6))).sum(axis=-1))
        self.assertEqual(numbers, [0, 2, 1, 3])
        for row in range(2):
            whole = dressed.values(sweep.values[row : row + 1], dressed.draw(1, 3 + row))[0, :, 0, ::7].sum(axis=1)
            np.testing.assert_array_equal(np.concatenate(seen[2 * row : 2 * row + 2]), whole)

    def test_very_many_randomizations_take_less_memory_than_their_angles(self) -> None:
        sweep, dressed = _long(300_000)
        tracemalloc.start()
        try:
            shots = widen.sample_wide(sweep, dressed, 0, lambda wide, _: Shots.empty(wide.shape, 6))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertEqual(shots.packed.shape, (1, 1, 300_000, 1, 1))
        self.assertGreater(8 * 300_000 * len(dressed.parameters), _MOST_BYTES)
        self.assertLess(peak, _MOST_BYTES)

    def test_value_sets_in_portions_are_simulated_with_the_same_values(self) -> None:
        seen: list[NDArray[np.float64]] = []

        def sample(wide: Sweep, _: int) -> Shots:
            seen.append(wide.values)
            return Shots.empty(wide.shape, 4)

        widen.sample_wide(self.sweep, self.dressed, 0, sample)
        flips = self.sweep.flips
        assert flips is not None
        for rows in (slice(0, 2), slice(2, 5)):
            part = replace(self.sweep, values=self.sweep.values[rows], flips=flips[rows])
            widen.sample_wide(part, self.dressed, rows.start, sample)
        np.testing.assert_array_equal(seen[0], np.concatenate(seen[1:]))

    def test_exact_values_keep_one_entry_a_randomization_and_draws_are_averaged(self) -> None:
        exact = replace(self.sweep, shots=0, flips=None)
        seen: list[NDArray[np.float64]] = []

        def expect(wide: Sweep, _: int) -> NDArray[np.float64]:
            seen.append(wide.values)
            return wide.values[:, :2]

        found = widen.expect_wide(exact, self.dressed, 0, expect)
        self.assertEqual(found.shape, (5, 3, 2))
        np.testing.assert_allclose(found, seen[0][:, :2].reshape(5, 3, 4, 2).mean(axis=2), atol=1e-12)

    def test_simulators_are_asked_with_one_variation_and_told_how_many_there_are(self) -> None:
        one, sized = widen.first_wide(self.sweep, self.dressed)
        self.assertEqual((one.shape[0], sized.shape), (1, (3 * 4, 2, 1, 3)))


if __name__ == "__main__":
    unittest.main()
