"""Learning on a device whose Pauli–Lindblad noise is known."""

from __future__ import annotations

import unittest
from functools import cache

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import Pauli

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.clock import SystemClock
from qiskit_local_runtime.devices.channel import Channel
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.devices.noise import Channels, confusion
from qiskit_local_runtime.devices.readout import Readout
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.learning import LearnedLayer, carried, generators_of
from qiskit_local_runtime.options.learning_settings import LearningSettings
from qiskit_local_runtime.options.settings import Settings, SimulatorSettings
from qiskit_local_runtime.pipeline.execute import Executor
from qiskit_local_runtime.routines.learn_layers import layer_task
from qiskit_local_runtime.sweeps import Step
from qiskit_local_runtime.sweeps.lindblad import LETTERS, PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_LINE = tuple((i, i + 1) for i in range(5))
_LAYER = UniqueLayer(tuple(("cz", (), (i, i + 1)) for i in (0, 2, 4)), tuple(range(6)))
_GENERATORS = generators_of(6, _LINE)
_MISREAD = 0.03


def _behind() -> PauliLindblad:
    """What follows the gates: anything on their pairs, and ZZ between them, which the layer leaves in the model."""
    between = [_pauli({1: 3, 2: 3}), _pauli({3: 3, 4: 3})]
    on_gates = [row for row in _GENERATORS if len({int(q) // 2 for q in np.flatnonzero(row)}) == 1]
    letters = np.array([*on_gates, *between], dtype=np.uint8)
    return PauliLindblad(letters, np.random.default_rng(2).exponential(1.2e-3, len(letters)))


def _pauli(letters: dict[int, int]) -> list[int]:
    return [letters.get(qubit, 0) for qubit in range(6)]


def _channel(model: PauliLindblad, qubits: tuple[int, int], *, gate: bool) -> Channel:
    """The model's generators on a pair: all of a gate's own, or those that join two gates."""
    out = np.eye(16, dtype=np.complex128)
    for row, chance in zip(model.letters, model.probabilities, strict=True):
        where = set(np.flatnonzero(row).tolist())
        if where <= set(qubits) if gate else where == set(qubits):
            matrix = Pauli("".join(LETTERS[row[qubit]] for qubit in qubits[::-1])).to_matrix()
            out = ((1 - chance) * np.eye(16) + chance * np.kron(matrix.conj(), matrix)) @ out
    return Channel(out)


class _Noise:
    """Follows the cz gates; those on qubits 2 and 4 bring what joins them to their neighbours on the left."""

    def __init__(self, model: PauliLindblad) -> None:
        self.readout = Readout(tuple(confusion(qubit, _MISREAD / 2, 3 * _MISREAD / 2) for qubit in range(6)))
        self._found: dict[tuple[int, ...], Channels] = {}
        for one, two in ((0, 1), (2, 3), (4, 5)):
            here: Channels = ((_channel(model, (one, two), gate=True), (one, two)),)
            if one:
                here = (*here, (_channel(model, (one - 1, one), gate=False), (one - 1, one)))
            self._found[one, two] = here

    def after(self, step: Step) -> Channels:
        return self._found[step.qubits] if step.name == "cz" else ()

    def before(self, step: Step) -> Channels:
        return ()

    def aer_model(self) -> None:
        raise NotImplementedError


class _Device:
    name, num_qubits, target, simulated = "known", 6, None, True

    def restrict(self, qubits: tuple[int, ...]) -> ActiveDevice:
        return ActiveDevice("known", qubits, _Noise(_behind()))


@cache
def _learned(method: str, how: LearningSettings, seed: int = 0) -> LearnedLayer:
    settings = Settings(simulator=SimulatorSettings(method=method))
    task = layer_task(
        _LAYER,
        _Device(),
        frozenset(_LINE),
        how,
        settings,
        lambda place, purpose: np.random.SeedSequence(seed, spawn_key=(place, purpose)),
    )
    with Executor(InlineEngine(), CancelToken(), SystemClock(), lambda seconds: None).each(task.asks()) as answers:
        return task.fit(answers)


def _products(model: PauliLindblad) -> NDArray[np.float64]:
    """Of the noise that follows the layer, ``f_P f_P′`` of all Paulis: those of the same noise before it."""
    partners, _ = carried(_LAYER, _GENERATORS)
    return model.fidelities(_GENERATORS) * model.fidelities(partners)


class TestLearnedLayer(unittest.TestCase):
    """Six qubits, three cz, IBM's default numbers of depths, randomizations and shots."""

    def setUp(self) -> None:
        self._true = _behind()
        self._found = _learned("density_matrix", LearningSettings())

    def test_the_sum_of_the_rates_is_within_three_percent(self) -> None:
        self.assertAlmostEqual(self._found.total_rate / self._true.rates.sum(), 1, delta=0.03)

    def test_pair_products_of_the_model_and_of_the_fits_are_within_five_percent(self) -> None:
        true = _products(self._true)
        np.testing.assert_allclose(self._found.decays.products, true, rtol=0.05)
        np.testing.assert_allclose(_products(self._found.model), true, rtol=0.05)

    def test_the_fits_are_as_far_off_as_their_errors_say(self) -> None:
        decays = self._found.decays
        pulls = (decays.products - _products(self._true)) / decays.product_stds
        self.assertAlmostEqual(float(np.sqrt((pulls**2).mean())), 1, delta=0.3)

    def test_readout_errors_are_found_as_if_bits_were_flipped_alike(self) -> None:
        np.testing.assert_allclose(self._found.readout, _MISREAD, atol=0.004)

    def test_amplitudes_hold_readout_errors_alone(self) -> None:
        decays = self._found.decays
        weights = (decays.letters > 0).sum(axis=1)
        pulls = (decays.amplitudes - (1 - 2 * _MISREAD) ** weights) / decays.amplitude_stds
        self.assertLess(np.sqrt((pulls**2).mean()), 1.3)

    def test_stabilizers_learn_the_same(self) -> None:
        how = LearningSettings(layer_pair_depths=(0, 8), num_randomizations=8, shots_per_randomization=512)
        one, two = (_learned(method, how) for method in ("stabilizer", "density_matrix"))
        pulls = (one.decays.products - two.decays.products) / np.hypot(one.decays.product_stds, two.decays.product_stds)
        # eight randomizations tell an error to a quarter
        self.assertLess(np.sqrt((pulls**2).mean()), 1.6)
        self.assertLess(abs(pulls.mean()), 0.75)

    def test_the_same_seed_learns_the_same_and_another_does_not(self) -> None:
        how = LearningSettings(layer_pair_depths=(0, 2), num_randomizations=2, shots_per_randomization=16)
        first = _learned("density_matrix", how)
        again = _learned.__wrapped__("density_matrix", how)
        np.testing.assert_array_equal(first.decays.means, again.decays.means)
        self.assertFalse(np.array_equal(first.decays.means, _learned("density_matrix", how, seed=1).decays.means))
