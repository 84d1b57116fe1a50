"""Ctrl-C where Python goes on: at a prompt, and in a notebook's kernel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from test.support.groups import group, in_time

_ROOT = str(Path(__file__).resolve().parents[2])
_ENVIRONMENT = {**os.environ, "QISKIT_LOCAL_RUNTIME_ENGINE": "processes:2", "PYTHONPATH": _ROOT}
_JOB = """
import numpy as np
from qiskit.circuit.library import real_amplitudes
from qiskit_aer import AerSimulator
from qiskit_local_runtime import SamplerV2
circuit = real_amplitudes(8, reps=1)
circuit.measure_all()
values = np.random.default_rng(5).random((2_000_000, circuit.num_parameters))
job = SamplerV2(AerSimulator()).run([(circuit, values)], shots=300)
print("started", flush=True)
"""
"""A job of minutes."""
_SHORT = "print('again', len(SamplerV2(AerSimulator()).run([(circuit, values[:9])], shots=3).result()), flush=True)"


@unittest.skipIf(sys.platform == "win32", "process groups")
class TestPrompt(unittest.TestCase):
    """``python -i``, all of whose processes hear Ctrl-C, as in a terminal."""

    def test_the_job_goes_on_until_it_is_cancelled_and_no_process_outlives_python(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-iq"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_ENVIRONMENT,
            start_new_session=True,
        ) as python:
            assert python.stdin is not None and python.stdout is not None
            _say(python, _JOB + "job.result()")
            self.assertEqual(python.stdout.readline(), "started\n")
            self.assertTrue(in_time(lambda: len(group(python.pid)) >= 4), "no workers were started")
            os.killpg(python.pid, signal.SIGINT)
            _say(python, "print(job.status(), job.cancel(), job.wait_for_final_state(), job.status(), flush=True)")
            self.assertEqual(python.stdout.readline(), "RUNNING True None CANCELLED\n")
            _say(python, _SHORT)
            self.assertEqual(python.stdout.readline(), "again 1\n")
            _, errors = python.communicate("exit()\n", timeout=30)
            self.assertIn("KeyboardInterrupt", errors)
            self.assertEqual(python.returncode, 0)
            self.assertTrue(in_time(lambda: not group(python.pid)), f"left: {group(python.pid)}")


def _say(python: subprocess.Popen[str], lines: str) -> None:
    assert python.stdin is not None
    python.stdin.write(f"{lines}\n")
    python.stdin.flush()


@unittest.skipIf(sys.platform == "win32", "process groups")
@unittest.skipUnless(find_spec("ipykernel"), "there is no kernel to interrupt: pip install ipykernel")
class TestNotebook(unittest.TestCase):
    """A real kernel, as Jupyter starts it."""

    def setUp(self) -> None:
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager()
        self.manager.start_kernel(env=_ENVIRONMENT, stderr=subprocess.DEVNULL)
        self.addCleanup(self.manager.shutdown_kernel, now=True)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.addCleanup(self.client.stop_channels)
        self.client.wait_for_ready(timeout=60)
        self.kernel: int = self.manager.provisioner.pid
        self.assertEqual(os.getpgid(self.kernel), self.kernel)

    def _cell(self, code: str) -> tuple[str, str]:
        """Run a cell: the error's name, if any, and what it printed."""
        printed: list[str] = []

        def note(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self.client.execute_interactive(code, timeout=60, output_hook=note)
        return reply["content"].get("ename", ""), "".join(printed)

    def _start(self, code: str) -> None:
        """Begin a cell, and wait until its job is in the workers."""
        self.client.execute(code)
        self.assertTrue(in_time(lambda: len(group(self.kernel)) >= 4), "no workers were started")

    def test_an_interrupted_cell_leaves_a_kernel_that_works_and_no_workers_after_it(self) -> None:
        self._start(_JOB + "job.result()")
        os.kill(self.kernel, signal.SIGINT)
        reply = self.client.get_shell_msg(timeout=30)
        self.assertEqual(reply["content"].get("ename"), "KeyboardInterrupt")
        # the job is not the cell: it goes on until somebody cancels it
        said = self._cell("print(job.status(), job.cancel(), job.wait_for_final_state(), job.status())")
        self.assertEqual(said, ("", "RUNNING True None CANCELLED\n"))
        self.assertEqual(self._cell(_SHORT), ("", "again 1\n"))
        self.manager.shutdown_kernel()
        self.assertTrue(in_time(lambda: not group(self.kernel)), f"left: {group(self.kernel)}")

    def test_what_the_interrupt_button_sends_reaches_all_processes_and_the_job_goes_on(self) -> None:
        self._start(_JOB + "job.result()")
        # some of them may still be starting, and die of it
        self.manager.interrupt_kernel()
        self.assertEqual(self.client.get_shell_msg(timeout=30)["content"].get("ename"), "KeyboardInterrupt")
        self.assertTrue(in_time(lambda: len(group(self.kernel)) >= 4), "no workers are left")
        self.assertEqual(self._cell("print(job.status(), job.cancel())"), ("", "RUNNING True\n"))
        self.assertEqual(self._cell(_SHORT), ("", "again 1\n"))

    def test_a_kernel_that_is_killed_in_the_middle_of_a_job_leaves_no_workers(self) -> None:
        self._start(_JOB)
        os.kill(self.kernel, signal.SIGKILL)
        self.assertTrue(in_time(lambda: not group(self.kernel)), f"left: {group(self.kernel)}")


if __name__ == "__main__":
    unittest.main()
