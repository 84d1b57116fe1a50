"""What the runtime refuses at the call."""

from __future__ import annotations

import unittest
from typing import Any

from qiskit_local_runtime import LocalRuntime
from qiskit_local_runtime.errors import IBMInputValueError


class TestChecks(unittest.TestCase):
    """Wrong things in the places of right ones."""

    def test_parts_of_a_runtime(self) -> None:
        wrong: dict[str, Any] = {"clock": 5, "engine": 5}
        for name, value in wrong.items():
            with self.assertRaisesRegex(IBMInputValueError, name):
                LocalRuntime(**{name: value})

    def test_arguments_of_its_methods(self) -> None:
        with LocalRuntime() as runtime:
            for days in ("a", -1, float("nan"), 10**9):
                with self.assertRaisesRegex(IBMInputValueError, "days"):
                    runtime.prune(days)  # type: ignore[arg-type]
            with self.assertRaisesRegex(IBMInputValueError, "[Bb]ackend"):
                runtime.configure(5)  # type: ignore[arg-type]
            with self.assertRaisesRegex(IBMInputValueError, "[Bb]ackend"):
                runtime.open_workload("batch", "fake_fez")  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
