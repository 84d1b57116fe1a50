"""Noise presets through JSON."""

from __future__ import annotations

import json
import unittest
from fractions import Fraction
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit_aer import AerSimulator

from qiskit_local_runtime.devices import Calibration, Coherent, Crosstalk, Drift, LayerNoise, Spread, registry, with_noise
from qiskit_local_runtime.devices.registry_noisy import preset_from, preset_to
from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_LAYERS = {
    UniqueLayer((("cx", (), (3, 1)), ("rzz", (0.1,), (4, 6))), (1, 3, 4, 6)): PauliLindblad(
        np.array([[1, 0, 2, 0], [0, 3, 0, 0]], dtype=np.uint8), np.array([1 / 3, 1e-17])
    ),
    UniqueLayer((("cz", (), (0, 1)),), (0, 1)): PauliLindblad(np.array([[1, 1]], dtype=np.uint8), np.array([0.2])),
}


def _again(preset: Any) -> Any:
    return preset_from(json.loads(json.dumps(preset_to(preset))))


@ddt
class TestPresets(unittest.TestCase):
    """They come back with all their numbers."""

    @data(
        Calibration(),
        Coherent(0.1 + 0.2),
        Coherent({(0, 1): 0.1, (1, 2): -1e-300}),
        Coherent({}),
        Coherent(Spread(-0.1, 1 / 3)),
        Crosstalk(5e3),
        Crosstalk({(7, 9): 1e4}),
        Drift(0),
        Drift({3: 1e3, 12: 2e3}, draws=7),
        Drift(Spread(0, 1e4), draws=1),
    )
    def test_equal_ones_come_back(self, preset: Any) -> None:
        self.assertEqual(_again(preset), preset)

    def test_numbers_of_any_kind_and_keys_of_any_order_are_the_same_ones(self) -> None:
        first = Coherent({(np.int64(1), 0): np.float32(0.5), (1, 2): Fraction(1, 4)})
        self.assertEqual(preset_to(first), preset_to(Coherent({(1, 2): 0.25, (0, 1): 0.5})))

    def test_models_of_layers_keep_their_order_and_every_bit(self) -> None:
        found = _again(LayerNoise(_LAYERS)).models
        self.assertEqual(list(found), list(_LAYERS))
        for one, other in zip(found.values(), _LAYERS.values(), strict=True):
            np.testing.assert_array_equal(one.letters, other.letters)
            np.testing.assert_array_equal(one.rates, other.rates)
            self.assertEqual((one.letters.dtype, one.rates.dtype), (other.letters.dtype, other.rates.dtype))

    @data({}, {"preset": "telegraph", "hertz": 1.0})
    def test_what_is_none_is_refused(self, form: dict[str, Any]) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, "description of a noise preset.*later version"):
            preset_from(form)


class TestBackends(unittest.TestCase):
    """Backends with presets, described."""

    def test_the_same_object_is_made_of_a_description_each_time_with_the_same_noise(self) -> None:
        backend = with_noise(registry.backend_named("generic_5q"), Calibration(), Drift(Spread(0, 1e4)), seed=9)
        spec = json.loads(json.dumps(registry.spec_of(backend)))
        again: Any = registry.backend_of(spec)
        self.assertEqual((again.name, again.presets, again.seed), (backend.name, backend.presets, 9))
        self.assertIs(again.inner, backend.inner)
        self.assertIs(registry.backend_of(spec), again)
        self.assertEqual(registry.spec_of(again), spec)

    def test_equal_ones_share_a_queue_and_others_do_not(self) -> None:
        device = registry.backend_named("generic_5q")
        made = [with_noise(device, Drift(1e3)), with_noise(device, Drift(1e3), seed=1), with_noise(device, Drift(2e3))]
        made += [with_noise(device, Drift(1e3), Calibration()), with_noise(registry.backend_named("generic_6q"), Drift(1e3))]
        queues = [registry.queue_name(backend) for backend in made]
        self.assertEqual(len(set(queues)), 5)
        self.assertEqual(registry.queue_name(with_noise(device, Drift(1000))), queues[0])
        self.assertRegex(str(queues[0]), r"^generic_5q\+drift~[0-9a-f]{12}$")
        self.assertIs(registry.backend_of_queue(str(queues[0])), registry.backend_of(registry.spec_of(made[0]) or {}))

    def test_what_has_no_description_has_none_with_presets_either(self) -> None:
        class Mine(AerSimulator):
            pass

        self.assertIsNone(registry.spec_of(with_noise(Mine(), Coherent(0.1))))
