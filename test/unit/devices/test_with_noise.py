"""What can be given noise, and with what."""

from __future__ import annotations

import unittest

from ddt import data, ddt
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.devices import SOURCES, Calibration, Coherent, Drift, with_noise
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError

from ...support.backends import CountsBackend


@ddt
class TestWithNoise(unittest.TestCase):
    """Checks at the door."""

    def test_the_first_source_recognises_it(self) -> None:
        backend = with_noise(FakeManilaV2(), Drift(1.0))
        self.assertEqual(next(name for name, source in SOURCES.items() if source.recognises(backend)), "noisy")

    def test_a_backend_that_runs_circuits_itself_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMBackendError, "runs circuits itself"):
            with_noise(CountsBackend(), Drift(1.0))

    def test_presets_are_given_at_once(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, r"with_noise\(backend.inner, \*backend.presets"):
            with_noise(with_noise(FakeManilaV2(), Drift(1.0)), Calibration())

    def test_a_preset_twice_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Drift twice"):
            with_noise(FakeManilaV2(), Drift(1.0), Coherent(0.1), Drift(2.0))

    @data("drift", None, Drift, type("Mine", (Drift,), {})(1.0))
    def test_what_is_no_preset_is_refused(self, preset: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Expected noise presets"):
            with_noise(FakeManilaV2(), preset)  # type: ignore[arg-type]

    @data(-1, 1.0, True, None)
    def test_seeds_are_whole_numbers(self, seed: object) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "seed"):
            with_noise(FakeManilaV2(), seed=seed)  # type: ignore[arg-type]

    def test_numbers_are_checked_when_they_are_given(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Drift.hertz"):
            with_noise(FakeManilaV2(), Drift(-1.0))

    def test_what_is_no_backend_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "BackendV2"):
            with_noise("fake_fez", Drift(1.0))  # type: ignore[arg-type]
