"""The default runtime: one a process."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

from qiskit_local_runtime.runtime import default_runtime

_FORK = """
import os
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_local_runtime import SamplerV2
from qiskit_local_runtime.errors import IBMRuntimeError
circuit = QuantumCircuit(1, 1)
circuit.x(0)
circuit.measure(0, 0)
sampler = SamplerV2(AerSimulator())
job = sampler.run([circuit], shots=5)
job.result()
child = os.fork()
counts = sampler.run([circuit], shots=7).result()[0].data.c.get_counts()
assert counts == {'1': 7}, counts
if child == 0:
    try:
        job.result()
    except IBMRuntimeError as error:
        assert "forked" in str(error)
    else:
        raise SystemExit(3)
else:
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

_QUEUE = """
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_local_runtime import LocalRuntime, SamplerV2
circuit = QuantumCircuit(14, 14)
circuit.h(range(14))
circuit.measure(0, 0)
with circuit.if_test((0, 1)):
    circuit.x(1)
circuit.measure(1, 1)
own = LocalRuntime()
backend = AerSimulator()
jobs = [SamplerV2(backend, runtime=own).run([circuit], shots=1000000) for _ in range(4)]
print("end")
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60)


class TestDefaultRuntime(unittest.TestCase):
    """Made when needed, replaced when closed, not inherited by forked children."""

    def test_it_is_one_and_the_same(self) -> None:
        self.assertIs(default_runtime(), default_runtime())

    def test_a_closed_one_is_replaced(self) -> None:
        first = default_runtime()
        first.close()
        self.assertIsNot(default_runtime(), first)
        self.assertFalse(default_runtime().closed)

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_forked_child_gets_its_own_and_is_told_about_its_parents_jobs(self) -> None:
        done = _run(_FORK)
        self.assertEqual(done.returncode, 0, done.stderr)


class TestForgottenRuntime(unittest.TestCase):
    """One that nobody closed."""

    def test_queued_jobs_do_not_keep_the_interpreter(self) -> None:
        done = _run(_QUEUE)
        self.assertEqual((done.returncode, done.stdout.strip(), done.stderr), (0, "end", ""))
