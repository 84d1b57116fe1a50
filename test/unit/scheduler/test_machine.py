"""The scheduler under thousands of random histories."""

from __future__ import annotations

import unittest

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from qiskit_local_runtime.scheduler import State

from .machine import machine_of

EXAMPLES = settings(
    max_examples=5000,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestMachine(unittest.TestCase):
    """Every law of ``laws.py``, agreement with ``model.py``, late ticks and replays."""

    def test_the_scheduler_keeps_its_laws_whatever_happens(self) -> None:
        run_state_machine_as_test(machine_of(State), settings=EXAMPLES)


if __name__ == "__main__":
    unittest.main()
