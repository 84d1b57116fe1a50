"""Who starts next on a backend."""

from __future__ import annotations

from collections.abc import Iterator

from .entries import Entry, Group, Line
from .shares import Shares


def next_to_start(line: Line, shares: Shares, now: float) -> Group | None:
    """The workload whose next job starts now; ``None``: nobody's does.

    An open window comes first. A session opens its window on an empty backend only, and once it is its turn nobody
    overtakes it. Single jobs are as many at once as the backend runs, and fill lanes that a batch leaves free.
    """
    _latch(line, shares, now)
    if len(line.running) >= line.lanes:
        return None
    window = line.window
    if window is not None:
        if window.queued:
            return window
        return None if window.rule.exclusive else _filler(line, shares, now)
    head = line.next_up or next(in_order(line, shares, now), None)
    if head is None:
        return None
    if head.rule.exclusive:
        return None if line.running else head
    if head.rule.side_by_side or line.singles < line.at_once:
        return head
    return None


def _latch(line: Line, shares: Shares, now: float) -> None:
    """A session that is first in line stays first, whoever comes later and has used less."""
    if line.next_up is None:
        head = next(in_order(line, shares, now), None)
        if head is not None and head.rule.exclusive:
            line.next_up = head


def _filler(line: Line, shares: Shares, now: float) -> Group | None:
    """A single job for a lane the batch does not use, unless a session is before it."""
    if line.singles >= line.at_once or line.next_up is not None:
        return None
    for group in in_order(line, shares, now):
        if group.rule.exclusive:
            return None
        if not group.rule.window:
            return group
    return None


def in_order(line: Line, shares: Shares, now: float) -> Iterator[Group]:
    """Workloads in line: of the instance that used least first, and inside an instance the oldest first."""
    instances = [(name, groups) for name, groups in line.waiting.items() if groups]
    if len(instances) > 1:
        instances.sort(key=lambda item: (shares.used(item[0], now), _arrival(item[1])))
    for _, groups in instances:
        yield from groups.values()


def _arrival(groups: dict[str, Group]) -> int:
    first = next(iter(groups.values()))
    return next(iter(first.queued.values())).number


def next_on_qpu(line: Line) -> Entry | None:
    """The job that gets the QPU now: of the open window before others, the oldest first."""
    if not line.wanting or len(line.qpu) >= line.slots:
        return None
    return min(line.wanting.values(), key=lambda entry: (entry.group is not line.window, entry.number))
