"""Resampling an extrapolation as a whole."""

from __future__ import annotations

import unittest
from collections.abc import Callable

import numpy as np
from ddt import data, ddt, unpack
from numpy.typing import NDArray

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.techniques.zne_extrapolation import Extrapolated, extrapolate, extrapolate_replicas, jackknifed

_Array = NDArray[np.float64]

_X = np.array([1.0, 3.0, 5.0])
_NAMES = ("exponential", "linear", "fallback")
_SAMPLES = 32


def _decays(rng: np.random.Generator, spread: float, shape: tuple[int, ...]) -> _Array:
    return np.asarray(0.8 * np.exp(-0.15 * _X) + spread * rng.normal(size=(*shape, 3)))


def _leave_one_out(samples: _Array, axis: int) -> _Array:
    """Means without one of the samples, the replicas on the first axis."""
    means = (samples.sum(axis=axis, keepdims=True) - samples) / (samples.shape[axis] - 1)
    return np.moveaxis(means, axis, 0)


def _constant(x: _Array) -> _Array:
    return np.asarray(0.7 + 0 * x)


def _decay(x: _Array) -> _Array:
    return np.asarray(0.95 * np.exp(-0.1 * x))


def _weak(x: _Array) -> _Array:
    return np.asarray(0.3 * np.exp(-0.3 * x))


@ddt
class TestReplicas(unittest.TestCase):
    """``extrapolate_replicas``."""

    def _whole(self, shape: tuple[int, ...]) -> Extrapolated:
        values = _decays(np.random.default_rng(0), 0.02, shape)
        return extrapolate(values, np.broadcast_to([0.01, 0.02, 0.03], values.shape), _X, _NAMES, (0.0, 1.0, 3.0, 5.0))

    @data((), (4,), (2, 3), (0,))
    def test_the_data_themselves_give_what_they_gave(self, shape: tuple[int, ...]) -> None:
        whole = self._whole(shape)
        replicas = extrapolate_replicas(np.stack([whole.measured.y.reshape(*shape, 3)] * 5), whole)
        self.assertEqual(replicas.evs.shape, (5, *shape, 3, 4))
        np.testing.assert_allclose(replicas.evs, np.stack([whole.evs] * 5), rtol=0, atol=1e-9)
        np.testing.assert_allclose(replicas.zero, np.stack([whole.curves.values[..., -1]] * 5), rtol=0, atol=1e-9)
        np.testing.assert_array_equal(replicas.measured, np.stack([whole.measured.y[:, 0]] * 5))

    def test_a_replica_gives_what_it_would_give_alone(self) -> None:
        whole = self._whole((6,))
        values = _decays(np.random.default_rng(1), 0.02, (8, 6))
        replicas = extrapolate_replicas(values, whole)
        for values_of_one, evs, zero in zip(values, replicas.evs, replicas.zero, strict=True):
            alone = extrapolate(values_of_one, whole.measured.stds, _X, _NAMES, whole.points)
            np.testing.assert_allclose(evs, alone.evs, rtol=0, atol=1e-7)
            np.testing.assert_allclose(zero, alone.evs[:, :, 0], rtol=0, atol=1e-7)

    def test_replicas_that_are_not_finite_do_not_touch_the_others(self) -> None:
        whole = self._whole((2,))
        values = _decays(np.random.default_rng(1), 0.02, (3, 2))
        expected = extrapolate_replicas(values, whole)
        values[1, 0, 2] = np.nan
        found = extrapolate_replicas(values, whole)
        np.testing.assert_array_equal(np.isnan(found.zero[..., 0]), [[False, False], [True, False], [False, False]])
        finite = np.isfinite(found.evs)
        np.testing.assert_allclose(found.evs[finite], expected.evs[finite], rtol=0, atol=1e-12)

    @data((5, 3), (5, 2, 2), (5, 3, 3))
    def test_other_shapes_are_refused(self, shape: tuple[int, ...]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, r"shape \(replicas, 2, 3\); found \(5, "):
            extrapolate_replicas(np.zeros(shape), self._whole((2,)))


@ddt
class TestJackknife(unittest.TestCase):
    """``jackknifed``."""

    def test_of_a_linear_estimate_it_is_the_standard_error_of_the_mean(self) -> None:
        samples = _decays(np.random.default_rng(2), 0.1, (4, _SAMPLES))
        values = samples.mean(axis=1)
        whole = extrapolate(values, np.full(values.shape, 0.02), _X, ("linear",), (0.0, 2.0))
        found = jackknifed(whole, _leave_one_out(samples, 1))
        each = np.einsum("ef,esf->es", whole.best_slopes, samples)
        np.testing.assert_allclose(found.best_stds, each.std(axis=1, ddof=1) / _SAMPLES**0.5, rtol=1e-9)
        np.testing.assert_allclose(found.stds[:, 0, 0], found.best_stds, rtol=1e-9)
        np.testing.assert_array_equal(found.evs, whole.evs)
        np.testing.assert_array_equal(found.chosen, whole.chosen)

    def test_variances_of_independent_sources_add(self) -> None:
        rng = np.random.default_rng(3)
        whole = extrapolate(_decays(rng, 0.0, (2,)), np.full((2, 3), 0.01), _X)
        one, two = _decays(rng, 0.001, (8, 2)), _decays(rng, 0.002, (5, 2))
        expected = np.hypot(jackknifed(whole, one).best_stds, jackknifed(whole, two).best_stds)
        np.testing.assert_allclose(jackknifed(whole, one, two).best_stds, expected, rtol=1e-12)

    @unpack
    @data(*[(truth, spread) for truth in (_decay, _weak, _constant) for spread in (0.005, 0.02)])
    def test_errors_cover_the_truth_as_often_as_they_say_where_a_calibration_is_shared(
        self, truth: Callable[[_Array], _Array], spread: float
    ) -> None:
        rng, sets, readout = np.random.default_rng(6), 2000, 0.9
        signal = readout * truth(_X) + spread * _SAMPLES**0.5 * rng.normal(size=(sets, _SAMPLES, 3))
        calibration = readout + 0.5 * spread * _SAMPLES**0.5 * rng.normal(size=(sets, _SAMPLES, 1))
        values = signal.mean(axis=1) / calibration.mean(axis=1)
        whole = extrapolate(values, np.full(values.shape, spread / readout), _X, ("exponential",))
        found = jackknifed(
            whole,
            _leave_one_out(signal, 1) / calibration.mean(axis=1),
            signal.mean(axis=1) / _leave_one_out(calibration, 1),
        )
        pulls = ((found.best_evs - truth(np.zeros(1))) / found.best_stds)[found.chosen == 0]
        self.assertGreater(len(pulls), 0.99 * sets)
        # Student's t with 31 degrees of freedom: 0.675 and 0.946; binomial: 0.0105 and 0.0051
        within = [(np.abs(pulls) < k).mean() for k in (1, 2)]
        self.assertGreater(within[0], 0.675 - 4 * 0.0105)
        self.assertGreater(within[1], 0.946 - 4 * 0.0051)
        if truth is not _constant:
            # where nothing decays half of the fits are constants, whose errors say that the slope is not known
            self.assertLess(within[0], 0.675 + 4 * 0.0105)
            self.assertLess(within[1], 0.946 + 4 * 0.0051)

    def test_where_data_do_not_decay_the_error_is_that_of_a_straight_line(self) -> None:
        values, stds = [0.8672, 0.8716, 0.8724], [0.004, 0.005, 0.008]
        found = extrapolate(values, stds, (1, 1.2, 1.6), ("exponential",))
        straight = extrapolate(values, stds, (1, 1.2, 1.6), ("linear",))
        self.assertAlmostEqual(float(found.best_stds), float(straight.stds[0, 0]), places=12)
        self.assertLess(abs(found.best_evs - 0.8902), 2 * found.best_stds)

    def test_what_the_data_or_a_replica_do_not_determine_has_an_infinite_error(self) -> None:
        whole = extrapolate([[0.5, 0.0, 0.0], [0.6, 0.5, 0.4]], np.full((2, 3), 0.001), _X, ("exponential", "linear"))
        values = np.stack([whole.measured.y] * 4)
        self.assertTrue(np.isinf(jackknifed(whole, values).stds[0, 0]).all())
        values[0, 1, 0] = np.nan
        found = jackknifed(whole, values)
        self.assertEqual(str(found.names[1]), "fallback")
        self.assertTrue(np.isinf(found.best_stds[1]))

    def test_an_extrapolator_that_replicas_show_to_be_uncertain_is_not_chosen(self) -> None:
        """To first order the exponential through values near zero has a small error; without some samples it is far off."""
        values = np.array([0.049, 0.003, 0.006])
        samples = np.random.default_rng(4).normal(size=(_SAMPLES, 3)) * 0.02 * _SAMPLES**0.5
        samples += values - samples.mean(axis=0)
        whole = extrapolate(values, [0.02] * 3, _X)
        self.assertEqual((str(whole.names), bool(whole.best_stds < 1)), ("exponential", True))
        groups = [np.tile(values, (_SAMPLES, 1)) for _ in range(3)]
        for place, group in enumerate(groups):
            group[:, place] = _leave_one_out(samples[:, place], 0)
        found = jackknifed(whole, *groups)
        self.assertEqual(str(found.names), "linear")
        self.assertGreater(found.stds[0, 0], 10)
        self.assertLess(found.best_stds, 0.05)

    def test_one_replica_is_not_enough(self) -> None:
        whole = extrapolate([0.6, 0.5, 0.4], [0.01] * 3, _X)
        with self.assertRaisesRegex(IBMInputValueError, "at least two replicas; found 1. Raise twirling.num_randomizations"):
            jackknifed(whole, [[0.6, 0.5, 0.4]])
