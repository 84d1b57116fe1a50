"""A Dask scheduler and workers on this machine, in a process of their own that ends when we do.

Not in this process: Dask's own would import the user's script in every worker, and would outlive us if we were killed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from typing import IO

from ..errors import IBMRuntimeError

_START = 60.0
"""Seconds until workers that do not come are given up."""
_END = 5.0
"""Seconds until a scheduler that does not end is killed."""


class LocalDask:
    """Workers of one thread each; listens on 127.0.0.1 only, and has no dashboard.

    Args:
        workers: how many.

    Raises:
        IBMRuntimeError: they do not start.
    """

    def __init__(self, workers: int) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(workers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
            start_new_session=True,  # Ctrl-C is for us
        )
        self.address = self._first_line()
        if not self.address:
            self._process.wait(_END)
            self._errors.seek(0)
            last = self._errors.read().decode(errors="replace").strip().splitlines()[-1:]
            self.close()
            raise IBMRuntimeError(f"A Dask scheduler with {workers} workers did not start on this machine. {' '.join(last)}")

    def close(self) -> None:
        """Stop scheduler and workers and wait for them; idempotent."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _first_line(self) -> str:
        assert self._process.stdout is not None
        timer = threading.Timer(_START, self._process.kill)
        timer.start()
        try:
            return self._process.stdout.readline().decode().strip()
        finally:
            timer.cancel()
            timer.join()


def main() -> None:
    """Start scheduler and workers, print the address, and stop when standard input ends."""
    import logging

    from distributed import LocalCluster

    with LocalCluster(
        n_workers=int(sys.argv[1]),
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        memory_limit=0,  # of the worker, which only passes things on
        silence_logs=logging.ERROR,
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
