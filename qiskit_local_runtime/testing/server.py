"""A real server in a process of its own, for tests of what talks to one."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Self

from ..errors import IBMRuntimeError

_LEADS_ELSEWHERE = (
    "QISKIT_",
    "QRMI_",
    "IAM_URL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
_PATIENCE = 60.0


class LocalServer:
    """``qiskit-local-runtime serve`` in a child process, on loopback; a context manager.

    Args:
        words: further words of the command line, such as ``"--backend", "ibm_fez"``.
        store: the store's file; ``None``: one of its own, gone when the block is left.
        port: ``0``: one that is free.
        environment: further variables of the server's environment.

    Raises:
        IBMRuntimeError: it did not start within a minute; says what it printed.
    """

    def __init__(
        self, *words: str, store: str | Path | None = None, port: int = 0, environment: dict[str, str] | None = None
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="qiskit-local-runtime-")
        self.home = Path(self._folder.name)
        self.store = Path(store) if store is not None else self.home / "jobs.sqlite"
        self._words, self._port, self._environment = words, port, environment or {}
        self._process: subprocess.Popen[str] | None = None
        self._said: queue.Queue[str | None] = queue.Queue()
        self.url = ""
        self.lines: list[str] = []
        """What it printed."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self._folder.cleanup()

    @property
    def api(self) -> str:
        """The API's base URL."""
        return f"{self.url}/api/v1"

    @property
    def pid(self) -> int:
        """Its process."""
        return self._running().pid

    @property
    def variables(self) -> dict[str, str]:
        """What makes IBM's client use it."""
        return dict(re.findall(r"(\w+)=(\S+)", " ".join(line for line in self.lines if line.startswith("export "))))

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, without what leads clients elsewhere, and with :attr:`variables`."""
        return {**_neutral(), **self.variables, "HOME": str(self.home)}

    def start(self) -> None:
        """Start, on the port of last time if there was one, and wait until it listens."""
        words = ["serve", "--port", str(self._port), "--store", str(self.store), *self._words]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qiskit_local_runtime.cli", *words],
            env={**_neutral(), "QISKIT_LOCAL_RUNTIME_HOME": str(self.home), **self._environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said = queue.Queue()
        self._reader = threading.Thread(target=_listen, args=(self._process.stdout, self._said), daemon=True)
        self._reader.start()
        self.lines = self._until("QISKIT_IBM_INSTANCE")
        self.url = re.findall(r"http://[^\s,)]+", " ".join(self.lines))[0]
        self._port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it as a power failure would."""
        self._running().kill()
        self._wait()

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Ask it to end and wait until it has; its exit status."""
        if self._running().poll() is None:
            self._running().send_signal(how)
        return self._wait()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise IBMRuntimeError("The server was not started. Use it as a context manager, or call start().")
        return self._process

    def _wait(self) -> int:
        status = self._running().wait(_PATIENCE)
        self._reader.join(_PATIENCE)
        while not self._said.empty():
            self.lines += [line for line in [self._said.get()] if line is not None]
        return status

    def _until(self, word: str) -> list[str]:
        """Lines up to one with a word in it."""
        lines: list[str] = []
        end = time.monotonic() + _PATIENCE
        while not any(word in line for line in lines):
            try:
                line = self._said.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                self._running().kill()
                raise IBMRuntimeError("The server did not start. It printed:\n" + "\n".join(lines))
            lines.append(line)
        return lines


def _neutral() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_LEADS_ELSEWHERE)}


def _listen(stream: Any, said: queue.Queue[str | None]) -> None:
    with stream:
        for line in stream:
            said.put(line.rstrip("\n"))
    said.put(None)
