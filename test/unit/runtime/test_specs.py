"""Descriptions of backends, remembered."""

from __future__ import annotations

import gc
import unittest
import weakref
from collections.abc import Callable
from typing import Any

from ddt import data, ddt
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from qiskit_local_runtime.devices.registry import spec_of
from qiskit_local_runtime.runtime.foreign import runs_elsewhere
from qiskit_local_runtime.runtime.specs import Specs


def _noise(aer: Any) -> None:
    aer.set_options(noise_model=NoiseModel())


def _in_place(aer: Any) -> None:
    aer.options.fusion_threshold.append(2)


@ddt
class TestSpecs(unittest.TestCase):
    """The same as when they are worked out."""

    @data(
        lambda aer: None,
        lambda aer: aer.set_options(method="stabilizer"),
        lambda aer: aer.set_options(max_parallel_threads=2),
        lambda aer: aer.set_options(n_qubits=3),
        lambda aer: setattr(aer, "_target", GenericBackendV2(2, seed=1).target),
        _noise,
        _in_place,
    )
    def test_what_was_changed_is_described_anew(self, change: Callable[[Any], None]) -> None:
        specs, aer = Specs(), AerSimulator()
        aer.options.fusion_threshold = [1]
        self.assertEqual([specs.of(aer), specs.of(aer)], [spec_of(aer)] * 2)
        change(aer)
        self.assertEqual([specs.of(aer), specs.of(aer)], [spec_of(aer)] * 2)

    def test_other_backends_are_described_as_ever(self) -> None:
        specs, generic = Specs(), GenericBackendV2(2, seed=1)
        self.assertIsNone(specs.of(generic))

    def test_nothing_is_worked_out_twice_and_no_backend_is_kept_alive(self) -> None:
        specs, aer = Specs(), AerSimulator()
        self.assertIs(specs.of(aer), specs.of(aer))
        gone = weakref.ref(aer)
        del aer
        gc.collect()
        self.assertIsNone(gone())


class TestRunsElsewhere(unittest.TestCase):
    """Whose ``run()`` is called."""

    def test_a_run_of_its_own_counts_from_when_it_is_set(self) -> None:
        aer = AerSimulator()
        self.assertFalse(runs_elsewhere(aer) or runs_elsewhere("aer"))
        aer.run = lambda *_, **__: None
        self.assertTrue(runs_elsewhere(aer))
        del aer.run
        self.assertFalse(runs_elsewhere(aer))
