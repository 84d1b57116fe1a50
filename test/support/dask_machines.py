"""A Dask scheduler and workers, started as one starts them on other machines."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Sequence
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[2])


class Machines:
    """A scheduler; all that was started ends with the test.

    Args:
        test: which test.
    """

    def __init__(self, test: unittest.TestCase) -> None:
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self._processes: list[subprocess.Popen[bytes]] = []
        test.addCleanup(self.stop)
        self.scheduler = self.start("scheduler", "--port", "0", "--interface", "lo", "--dashboard-address", "127.0.0.1:0")
        self.address = self._address()

    def worker(self, *words: str, threads: int = 1, python_path: str = _ROOT) -> subprocess.Popen[bytes]:
        """A worker; it is there some time later."""
        common = (
            "--interface",
            "lo",
            "--nthreads",
            str(threads),
            "--dashboard-address",
            "127.0.0.1:0",
            "--local-directory",
            str(self.folder),
        )
        return self.start("worker", self.address, *common, *words, python_path=python_path)

    def start(self, *words: str, python_path: str = _ROOT) -> subprocess.Popen[bytes]:
        """Run ``dask`` with some words."""
        environment = {**os.environ, "PYTHONPATH": python_path, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "dask", *words, *_file(words, self.folder)]
        with (self.folder / f"{words[0]}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        self._processes.append(process)
        return process

    def stop(self) -> None:
        """End all that was started, workers first: Dask's wait long when the scheduler goes at the same moment."""
        scheduler, workers = self._processes[:1], self._processes[1:]
        for processes in (workers, scheduler):
            for process in processes:
                process.terminate()
            for process in processes:
                _wait(process)

    def _address(self) -> str:
        path, until = self.folder / "scheduler.json", time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError, ValueError):
                found: str = json.loads(path.read_text(encoding="utf-8"))["address"]
                return found
            time.sleep(0.02)
        raise AssertionError("no Dask scheduler came up")


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _file(words: Sequence[str], folder: Path) -> tuple[str, ...]:
    return ("--scheduler-file", str(folder / "scheduler.json")) if words[0] == "scheduler" else ()
