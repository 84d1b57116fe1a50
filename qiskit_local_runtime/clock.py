"""Where the time comes from: a clock is an argument, never a global."""

from __future__ import annotations

import time
import weakref
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the runtime asks of a clock."""

    def now(self) -> datetime:
        """The time of day, with a time zone (UTC)."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring durations."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of ``time.monotonic()``."""
        return time.monotonic()


class Watcher(Protocol):
    """Something that has deadlines."""

    def deadline(self) -> float | None:
        """When it wants to be told that time has passed, in seconds since 1970; ``None``: never."""

    def tick(self) -> None:
        """Time has passed."""

    def settle(self) -> None:
        """Wait, in real time, until nothing runs."""


class VirtualClock:
    """A clock that stands still until it is told to move, and then jumps from deadline to deadline.

    Time-outs of hours pass in milliseconds, in the right order and each at its own time.

    Args:
        start: the time it shows at first.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start, self._elapsed = start, 0.0
        self._watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()

    def now(self) -> datetime:
        """The time of day it shows."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds it was moved since it was made."""
        return self._elapsed

    def watch(self, watcher: Watcher) -> None:
        """Tell ``watcher`` whenever time has passed; it is forgotten when nobody else knows it."""
        self._watchers.add(watcher)

    def advance(self, seconds: float) -> None:
        """Move it forwards, whatever is running.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        self._move(seconds, settle=False)

    def sleep(self, seconds: float) -> None:
        """Move it forwards, waiting at each deadline (and at the end) for running jobs to end, which takes no virtual time.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        self._move(seconds, settle=True)

    def _move(self, seconds: float, *, settle: bool) -> None:
        if seconds < 0:
            raise ValueError(f"A clock does not run backwards: expected seconds >= 0, found {seconds}.")
        end = self._elapsed + seconds
        while True:
            watchers = list(self._watchers)
            if settle:
                for watcher in watchers:
                    watcher.settle()
            due = min((d for watcher in watchers if (d := watcher.deadline()) is not None), default=None)
            if due is None or due > self._start.timestamp() + end:
                break
            # a little late: a time of day has whole microseconds, and a deadline must have passed when it is looked at
            self._tick(max(self._elapsed, due - self._start.timestamp() + _LATE))
        self._tick(max(self._elapsed, end))

    def _tick(self, elapsed: float) -> None:
        self._elapsed = elapsed
        for watcher in list(self._watchers):
            watcher.tick()


_LATE = 2e-6
