"""Noise of layers that a job learns itself."""

from __future__ import annotations

import unittest
from types import SimpleNamespace
from typing import Any

import numpy as np

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.routines.layer_noise import learn
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_LAYER = UniqueLayer((("cz", (), (3, 4)),), (3, 4))
_MODEL = PauliLindblad(np.array([[1, 0]], dtype=np.uint8), np.array([0.1]))


class _Task:
    layer = _LAYER

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def run(self, executor: Any) -> Any:
        if self.error is not None:
            raise self.error
        return SimpleNamespace(model=_MODEL)


class TestLearn(unittest.TestCase):
    """``learn``."""

    def test_models_are_those_of_the_layers(self) -> None:
        found = learn([_Task()], None)  # type: ignore[list-item, arg-type]
        self.assertEqual((dict(found.models), found.learned), ({_LAYER: _MODEL}, True))

    def test_a_failure_says_of_what_and_keeps_its_cause(self) -> None:
        cause = FloatingPointError("the fit did not converge")
        with self.assertRaisesRegex(IBMRuntimeError, r"layer on qubits \[3, 4\] failed: the fit did not converge") as caught:
            learn([_Task(cause)], None)  # type: ignore[list-item, arg-type]
        self.assertIs(caught.exception.__cause__, cause)


if __name__ == "__main__":
    unittest.main()
