"""Paulis injected before layers, against Pauli transfer matrices."""

from __future__ import annotations

import itertools
import unittest
from collections.abc import Callable

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import PTM, Operator

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.euler import matrix_of
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad, anticommute
from qiskit_local_runtime.techniques.gate_twirling import TwirledCircuit, twirled
from qiskit_local_runtime.techniques.injection import Injection, injection

Array = NDArray[np.float64]
QUBITS = 4
NONE = PauliLindblad(np.zeros((0, QUBITS), dtype=np.uint8), np.zeros(0))
_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def _seed(number: int = 5) -> np.random.SeedSequence:
    return np.random.SeedSequence(number)


def _ising(steps: int) -> QuantumCircuit:
    """A kicked Ising chain: each step turns all qubits, and two layers of cz entangle neighbours."""
    out = QuantumCircuit(QUBITS)
    for _ in range(steps):
        out.rx(0.6, range(QUBITS))
        out.cz(0, 1)
        out.cz(2, 3)
        out.rx(0.2, [0, 3])
        out.s([1, 2])
        out.cz(2, 1)
    return out


def _twirled(circuit: QuantumCircuit, count: int) -> TwirledCircuit:
    return twirled(circuit, count, "all", _seed(1), basis="u")


def _model(seed: int, total: float) -> PauliLindblad:
    """All Paulis of weight one, and of weight two on neighbours, with random rates."""
    rows = [row for row in itertools.product(range(4), repeat=QUBITS) if 0 < sum(map(bool, row)) < 3]
    letters = np.array([row for row in rows if np.ptp(np.flatnonzero(row)) < 2], dtype=np.uint8)
    rates = np.random.default_rng(seed).uniform(0, 1, len(letters))
    return PauliLindblad(letters, total * rates / rates.sum())


def _values(done: TwirledCircuit, paulis: NDArray[np.uint8], noise: list[PauliLindblad], terms: list[str]) -> Array:
    """Exact expectation values ``(randomizations, terms)`` of one row of Paulis, each layer after its noise.

    States are vectors of Pauli coefficients: one-qubit gates mix three of them, noise scales them.
    """
    everything = np.array(list(itertools.product(range(4), repeat=QUBITS)), dtype=np.uint8)
    state = np.isin(everything, (0, 3)).all(axis=1) * np.ones((len(paulis), 1))
    state = state.reshape(-1, *[4] * QUBITS)
    angles = done.values(np.zeros((1, 0)), paulis[None])[0].reshape(len(paulis), -1, 3)
    merged, barriers = 0, 0
    for item in done.circuit.data:
        qubits = [done.circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.name == "u":
            matrix = matrix_of(angles[:, merged])
            rotation = np.einsum("iab,rbc,jcd,rad->rij", _PAULIS, matrix, _PAULIS, matrix.conj()).real / 2
            state = np.moveaxis(np.einsum("rij,rj...->ri...", rotation, np.moveaxis(state, 1 + qubits[0], 1)), 1, 1 + qubits[0])
            merged += 1
        elif item.name == "barrier":
            if barriers % 2 == 0:
                state = state * noise[barriers // 2].fidelities(everything).reshape(1, *[4] * QUBITS)
            barriers += 1
        else:
            transfer = PTM(Operator(item.operation)).data.real.reshape(4, 4, 4, 4)
            axes = [1 + qubits[1], 1 + qubits[0]]
            state = np.moveaxis(np.tensordot(transfer, state, ((2, 3), axes)), (0, 1), axes)
    found = [state[:, *("IXYZ".index(letter) for letter in reversed(term))] for term in terms]
    return np.stack(found, axis=1)


TERMS = ["IIIZ", "ZZII", "IXYI", "ZIIZ"]


def _exact(steps: int, noise: list[PauliLindblad]) -> Array:
    done = _twirled(_ising(steps), 1)
    return np.asarray(_values(done, done.draw(1)[0], noise, TERMS)[0])


def _injection(done: TwirledCircuit, models: list[PauliLindblad | None], factor: float, seed: int = 5) -> Injection:
    fronts = [layer.fronts for layer in done.layers]
    return injection(fronts, models, factor, len(done.sources), done.num_randomizations, _seed(seed))


def _cancelled(noise: list[PauliLindblad], models: list[PauliLindblad], factor: float, count: int) -> tuple[Array, float]:
    """Signed values ``(randomizations, terms)`` of a circuit with ``noise`` into which Paulis by ``models`` are injected."""
    done = _twirled(_ising(len(noise) // 2), count)
    found = _injection(done, list(models), factor)
    drawn = found.draw(1)
    values = _values(done, (done.draw(1) ^ drawn.paulis)[0], noise, TERMS)
    return found.gamma * drawn.signs[0][:, None] * values, found.gamma


def _mean(samples: Array) -> tuple[Array, Array]:
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))


class TestTheReferee(unittest.TestCase):
    """What the other tests measure with."""

    def test_without_noise_it_finds_the_values_of_qiskit(self) -> None:
        state = Operator(_ising(3)).data[:, 0]
        for term, value in zip(TERMS, _exact(3, [NONE] * 6), strict=True):
            matrix = np.ones((1, 1))
            for letter in term:
                matrix = np.kron(matrix, _PAULIS["IXYZ".index(letter)])
            self.assertAlmostEqual(value, (state.conj() @ matrix @ state).real, places=12)


class TestExact(unittest.TestCase):
    """All outcomes of few generators, each with its quasi-probability, add up to the noise asked for."""

    def _sum(self, factor: float, of: Callable[[int], PauliLindblad]) -> tuple[Array, Array]:
        """The sum over which generators act an odd number of times, and the value at the noise factor."""
        noise = [of(layer) for layer in range(4)]
        circuit = _ising(2)
        size = len(_injection(_twirled(circuit, 1), list(noise), factor).rates)
        done = _twirled(circuit, 2**size)
        found = _injection(done, list(noise), factor)
        acts = (np.arange(2**size)[:, None] >> np.arange(size)) & 1
        odd = -np.expm1(-2 * np.abs(found.rates)) / 2
        weights = np.where(acts, np.where(found.rates < 0, -odd, odd), 1 - odd).prod(axis=1)
        codes = np.zeros((2**size, found.num_gates), dtype=np.uint8)
        for k in range(size):
            for gate, code in zip(found.gates[k], found.codes[k], strict=True):
                codes[:, gate] ^= np.where(acts[:, k], code, 0).astype(np.uint8)
        values = _values(done, done.draw(1)[0] ^ codes, noise, TERMS)
        return found.gamma * weights @ values, _exact(2, [each.scaled(factor) for each in noise])

    @staticmethod
    def _three(layer: int) -> PauliLindblad:
        rng = np.random.default_rng(layer)
        return PauliLindblad(rng.integers(0, 4, (3, QUBITS), dtype=np.uint8), rng.uniform(0.02, 0.1, 3))

    def test_cancelling_gives_the_value_without_noise(self) -> None:
        found, wanted = self._sum(0.0, self._three)
        np.testing.assert_allclose(found, wanted, atol=1e-12)
        np.testing.assert_allclose(wanted, _exact(2, [NONE] * 4), atol=1e-12)
        self.assertGreater(np.abs(wanted - _exact(2, [self._three(layer) for layer in range(4)])).max(), 0.03)

    def test_cancelling_in_part_and_amplifying_give_the_values_of_that_much_noise(self) -> None:
        for factor in (0.4, 1.6, 3.0):
            found, wanted = self._sum(factor, self._three)
            np.testing.assert_allclose(found, wanted, atol=1e-12)


@ddt
class TestDraws(unittest.TestCase):
    """What is drawn is the power of the channel."""

    @data(0.0, 0.5, 1.0, 2.5)
    def test_signed_draws_scale_every_pauli_as_the_power_of_the_channel(self, factor: float) -> None:
        model = _model(1, 0.15)
        found = injection([range(QUBITS)], [model], factor, QUBITS, 40_000, _seed())
        drawn = found.draw(1)
        letters = np.array([0, 1, 3, 2], dtype=np.uint8)[drawn.paulis[0]]
        paulis = np.array(list(itertools.product(range(4), repeat=QUBITS)), dtype=np.uint8)
        samples = found.gamma * drawn.signs[0][:, None] * (1 - 2.0 * anticommute(letters, paulis))
        mean, error = _mean(samples)
        wanted = model.scaled(factor - 1).fidelities(paulis)
        # the largest of 256 deviations
        self.assertLess((np.abs(mean - wanted) / (error + 1e-12)).max(), 4.5)

    def test_amplified_noise_has_no_signs(self) -> None:
        found = injection([range(QUBITS)], [_model(1, 2.0)], 3.0, QUBITS, 100, _seed())
        self.assertEqual(found.gamma, 1)
        self.assertTrue((found.draw(2).signs == 1).all())
        self.assertTrue((found.signs(2) == 1).all())
        self.assertTrue(found.draw(1).paulis.any())

    def test_rows_drawn_in_chunks_are_those_drawn_at_once(self) -> None:
        done = _twirled(_ising(2), 50)
        found = _injection(done, [_model(layer, 0.2) for layer in range(4)], 0.0)
        whole = found.draw(5)
        parts = (found.draw(2), found.draw(3, start=2))
        np.testing.assert_array_equal(whole.paulis, np.concatenate([part.paulis for part in parts]))
        np.testing.assert_array_equal(whole.signs, np.concatenate([part.signs for part in parts]))
        np.testing.assert_array_equal(whole.signs[1:4], found.signs(3, start=1))
        self.assertEqual(len(np.unique(whole.signs, axis=0)), 5)
        self.assertEqual((found.draw(0).paulis.shape, found.signs(0).shape), ((0, 50, found.num_gates), (0, 50)))

    def test_only_merged_gates_before_layers_with_a_model_change(self) -> None:
        done = _twirled(_ising(2), 200)
        found = _injection(done, [None, _model(3, 0.5), None, None], 2.0)
        changed = np.flatnonzero(found.draw(1).paulis[0].any(axis=0))
        self.assertEqual(set(changed.tolist()), set(done.layers[1].fronts))

    @data((1.0, _model(1, 0.1)), (0.0, None), (0.0, NONE))
    def test_where_there_is_nothing_to_change_nothing_is_drawn(self, case: tuple[float, PauliLindblad | None]) -> None:
        factor, model = case
        found = injection([range(QUBITS)], [model], factor, QUBITS, 20, _seed())
        self.assertFalse(found.draw(3).paulis.any())
        self.assertTrue((found.draw(3).signs == 1).all())
        self.assertEqual(found.gamma, 1)


class TestEstimates(unittest.TestCase):
    """Values of a circuit with six noisy layers, γ² = 3.4."""

    def setUp(self) -> None:
        self.noise = [_model(layer % 2, np.log(3.4) / 24) for layer in range(6)]

    def test_cancelling_gives_the_value_without_noise_within_its_error(self) -> None:
        samples, gamma = _cancelled(self.noise, self.noise, 0.0, 10_000)
        self.assertAlmostEqual(gamma**2, 3.4, places=10)
        mean, error = _mean(samples)
        ideal = _exact(3, [NONE] * 6)
        self.assertTrue((np.abs(mean - ideal) < 4 * error).all())
        self.assertGreater((np.abs(_exact(3, self.noise) - ideal) / error).max(), 8)

    def test_outcomes_of_single_shots_spread_as_gamma_says(self) -> None:
        samples, gamma = _cancelled(self.noise, self.noise, 0.0, 10_000)
        outcomes = np.where(np.random.default_rng(3).random(samples.shape) < (1 + samples / gamma) / 2, 1, -1)
        mean, error = _mean(gamma * outcomes)
        self.assertTrue((np.abs(mean - _exact(3, [NONE] * 6)) < 4 * error).all())
        self.assertTrue((np.abs(error * np.sqrt(len(samples)) / gamma - 1) < 0.25).all())

    def test_rates_a_tenth_too_high_shift_the_value_as_negative_noise_of_a_tenth(self) -> None:
        samples, _ = _cancelled(self.noise, [model.scaled(1.1) for model in self.noise], 0.0, 10_000)
        mean, error = _mean(samples)
        shifted = _exact(3, [model.scaled(-0.1) for model in self.noise])
        self.assertTrue((np.abs(mean - shifted) < 4 * error).all())
        self.assertGreater(np.abs(shifted - _exact(3, [NONE] * 6)).max(), 0.01)

    def test_noise_gains_and_noise_factors_give_the_values_at_that_much_noise(self) -> None:
        for factor in (0.5, 1.2, 2.0):
            mean, error = _mean(_cancelled(self.noise, self.noise, factor, 10_000)[0])
            wanted = _exact(3, [model.scaled(factor) for model in self.noise])
            self.assertTrue((np.abs(mean - wanted) < 4 * error).all())


class TestRefusals(unittest.TestCase):
    """What cannot be injected is named."""

    def _refused(self, message: str, models: list[PauliLindblad | None], factor: float = 0.0) -> None:
        with self.assertRaisesRegex(IBMInputValueError, message):
            injection([range(QUBITS)], models, factor, QUBITS, 1, _seed())

    def test_negative_rates_other_qubits_other_layers_and_negative_factors(self) -> None:
        model = _model(1, 0.1)
        self._refused("layer 0, found -0", [model.scaled(-1)])
        narrow = PauliLindblad(model.letters[:, :2], model.rates)
        self._refused("layer 0 has 4 qubits, its noise model 2", [narrow])
        self._refused("each of 1 layers, found 2", [model, model])
        self._refused("at least 0, found -0.5", [model], -0.5)
        self._refused("at least 0, found nan", [model], float("nan"))


if __name__ == "__main__":
    unittest.main()
