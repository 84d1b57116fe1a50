"""Functions that tests of engines run, importable in child processes, and what tells how often they ran."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

from qiskit_local_runtime.engines.here import cancel_here


def add(common: int, part: int) -> int:
    """The sum, sooner for later parts, so that order shows."""
    time.sleep(0.03 / (1 + part))
    return common + part


def divide(common: int, part: int) -> float:
    """A quotient."""
    return common / part


def noted(common: str, part: int) -> int:
    """The part; a line in the file ``common`` says that it ran."""
    with open(common, "a", encoding="utf-8") as lines:
        lines.write(f"{part}\n")
    return part


def patient(common: str, part: int) -> int:
    """Notes the part, then goes on for 30 seconds or until nobody wants it."""
    noted(common, part)
    for _ in range(3000):
        cancel_here().check()
        time.sleep(0.01)
    return part


def patient_but_first(common: str, part: int) -> int:
    """Part 0 at once, the others patiently."""
    return part if part == 0 else patient(common, part)


def killed_once(common: str, part: int) -> int:
    """The part; the first process that gets part 3 is killed while it works on it."""
    marker = Path(common) / "killed"
    if part == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return part


def killed(common: str, part: int) -> int:
    """The part, but for part 3, of which every process dies."""
    if part == 3:
        os._exit(7)
    return part


class KillsOnce:
    """A result that kills the process it is pickled in: the first time, as a mark in a folder says.

    A process pickles its result while it holds the lock of the pipe that all processes share.
    """

    def __init__(self, folder: str, part: int) -> None:
        self.folder, self.part = folder, part

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        marker = Path(self.folder) / "killed"
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return int, (self.part,)


def killed_as_it_answers(common: str, part: int) -> int | KillsOnce:
    """The part; the first process that answers for part 3 is killed in the middle of its answer."""
    return KillsOnce(common, part) if part == 3 else part


class Counted:
    """A value that notes in a file how often it is read from a pickle."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __setstate__(self, state: dict[str, str]) -> None:
        self.__dict__.update(state)
        with open(self.path, "a", encoding="utf-8") as lines:
            lines.write(f"{os.getpid()}\n")


def path_of(common: Counted, part: int) -> str:
    """The value's path."""
    time.sleep(0.002)
    return f"{common.path} {part}"


def parent_of_me(common: None, part: int) -> int:
    """The process that started this one, or had it started by a fork server."""
    time.sleep(0.05)
    parent = multiprocessing.parent_process()
    return 0 if parent is None or parent.pid is None else parent.pid
