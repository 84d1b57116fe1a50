"""Processes that were started together, and waiting for what others do."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable


def in_time(condition: Callable[[], bool]) -> bool:
    """Whether something comes true within half a minute."""
    until = time.monotonic() + 30
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def group(leader: int) -> list[int]:
    """Living processes of a process group."""
    found = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in found.splitlines()]
    return [int(pid) for pid, of, state in rows if int(of) == leader and not state.startswith("Z")]
