"""Programs written for IBM's cloud, run in a process of their own against a local server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from qiskit_local_runtime.testing import LocalServer

ROOT = Path(__file__).parents[2]
LONGEST = 240
"""Seconds that a program may take on a slow machine."""


def told_by(server: LocalServer, module: str, *words: str, **variables: str) -> dict[str, Any]:
    """What a program of ``test.acceptance.clients`` prints as its last line, which is JSON.

    Raises:
        AssertionError: it failed; says what it printed.
    """
    program = [sys.executable, "-W", "ignore", "-m", f"test.acceptance.clients.{module}", *words]
    environment = {**server.environment, "SERVER_URL": server.url, "OMP_NUM_THREADS": "1", **variables}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST)
    if done.returncode:
        raise AssertionError(f"{module} failed:\n{done.stdout}\n{done.stderr[-6000:]}\nThe server said:\n{server.lines}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
