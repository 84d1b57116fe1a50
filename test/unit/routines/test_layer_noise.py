"""Noise of layers that a job learns itself."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.clock import SystemClock
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.pipeline.execute import Executor
from qiskit_local_runtime.routines.layer_noise import learn
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_EXECUTOR = Executor(InlineEngine(), CancelToken(), SystemClock(), lambda seconds: None)
_LAYER = UniqueLayer((("cz", (), (3, 4)),), (3, 4))
_MODEL = PauliLindblad(np.array([[1, 0]], dtype=np.uint8), np.array([0.1]))


class _Task:
    layer = _LAYER

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def asks(self) -> Iterator[Any]:
        return iter(())

    def fit(self, answers: Any) -> Any:
        if self.error is not None:
            raise self.error
        return SimpleNamespace(model=_MODEL)


class TestLearn(unittest.TestCase):
    """``learn``."""

    def test_models_are_those_of_the_layers(self) -> None:
        found = learn([_Task()], _EXECUTOR)  # type: ignore[list-item]
        self.assertEqual((dict(found.models), found.learned), ({_LAYER: _MODEL}, True))

    def test_a_failure_says_of_what_and_keeps_its_cause(self) -> None:
        cause = FloatingPointError("the fit did not converge")
        with self.assertRaisesRegex(IBMRuntimeError, r"layer on qubits \[3, 4\] failed: the fit did not converge") as caught:
            learn([_Task(cause)], _EXECUTOR)  # type: ignore[list-item]
        self.assertIs(caught.exception.__cause__, cause)


if __name__ == "__main__":
    unittest.main()
