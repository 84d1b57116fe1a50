"""The laws have teeth: a scheduler with a fault does not keep them."""

from __future__ import annotations

import contextlib
import io
import unittest

from ddt import data, ddt
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from qiskit_local_runtime.scheduler import IllegalEvent, state

from .faults import FAULTS, Fault, broken
from .machine import machine_of

BOUND = settings(
    max_examples=30_000,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)

# a law says no, or the machine gets lost in its own books
BROKEN = (AssertionError, LookupError, RuntimeError, StopIteration, IllegalEvent)


@ddt
class TestMutants(unittest.TestCase):
    """Each fault of ``faults.py``."""

    @data(*FAULTS)
    def test_a_fault_is_caught(self, fault: Fault) -> None:
        machine = machine_of(broken(fault))
        with self.assertRaises(BROKEN, msg=f"'{fault.name}' survives"), contextlib.redirect_stdout(io.StringIO()):
            run_state_machine_as_test(machine, settings=BOUND)

    def test_a_fault_whose_text_is_gone_is_reported(self) -> None:
        with self.assertRaisesRegex(LookupError, "found 0 times"):
            broken(Fault("gone", state, "text that was never there", ""))


if __name__ == "__main__":
    unittest.main()
