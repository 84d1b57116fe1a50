"""The scheduler as a pure machine: what happens goes in, what to do comes out.

No threads, no sleeping, no clock: time is an argument. The same events at the same times give the same commands.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import Any

from ..records.workload import WorkloadState
from .commands import Changed, Command, Grant, Interrupt, Settle, Start
from .entries import Entry, Group, Line, Phase
from .errors import IllegalEvent, Refused
from .events import (
    Abandoned,
    Cancelled,
    Closed,
    Configured,
    Event,
    Finished,
    Opened,
    Ready,
    Released,
    Restored,
    Submitted,
    Ticked,
)
from .selection import in_order, next_on_qpu, next_to_start
from .shares import Shares

MAX_TTL = "the session's or batch's maximum time was reached before the job started"
ABANDONED = "the session or batch was cancelled before the job started"
CANCELLED = "cancelled"


class State:
    """Which job runs when, on every backend.

    Args:
        shares: each instance's share of a backend's time; 1 for those not named.
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self.now = float("-inf")
        self.shares = Shares(shares)
        self.lines: dict[str, Line] = {}
        self.jobs: dict[str, Entry] = {}
        self.groups: dict[str, Group] = {}
        self._count = 0
        self._alarms: list[tuple[float, int, str, str]] = []
        self._out: list[Command] = []

    # --- the door

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take an event in.

        Args:
            event: what happened.
            now: when, in seconds; a clock that was set back is taken to stand still.

        Returns:
            What to do, in this order.

        Raises:
            Refused: a workload takes no jobs; nothing has changed.
            IllegalEvent: the event cannot happen now: a fault of the caller.
        """
        out = self._out = []
        self._expire(max(now, self.now))
        self.now = max(now, self.now)
        try:
            _HANDLERS[type(event)](self, event)
        except (Refused, IllegalEvent) as error:
            # what was due before the event has happened all the same
            error.commands = list(out)
            raise
        return out

    @property
    def deadline(self) -> float | None:
        """When to tell it that time has passed, at the latest."""
        while self._alarms and not self._valid(self._alarms[0]):
            heapq.heappop(self._alarms)
        return self._alarms[0][0] if self._alarms else None

    def position(self, job: str) -> int | None:
        """A queued job's place in line, 1 for the next; ``None`` unless queued."""
        entry = self.jobs.get(job)
        if entry is None or entry.phase != "queued":
            return None
        line = entry.group.line
        before = 0
        groups = [line.window] if line.window is not None else []
        groups += [line.next_up] if line.next_up is not None else []
        for group in (*groups, *(g for g in in_order(line, self.shares, self.now) if g not in groups)):
            if group is entry.group:
                return before + list(group.queued).index(job) + 1
            before += len(group.queued)
        return None

    # --- events

    def _configured(self, event: Configured) -> None:
        line = self._line(event.backend)
        line.lanes, line.at_once = event.lanes, event.at_once
        self._fill(line)

    def _opened(self, event: Opened) -> Group:
        if event.workload in self.groups:
            raise IllegalEvent(f"Workload {event.workload} is opened a second time.")
        group = Group(
            event.workload,
            event.mode,
            self._line(event.backend),
            event.instance,
            event.max_time,
            event.interactive_timeout,
        )
        self.groups[group.id] = group
        self._out.append(Changed(group.id))
        return group

    def _restored(self, event: Restored) -> None:
        group = self._opened(event.opened)
        group.state, group.accepting, group.usage = event.state, event.accepting, event.usage
        group.started_at = event.started_at
        if group.started_at is not None and group.state != "closed":
            self._alarm(group.started_at + group.max_time, "ttl", group)
        if group.state == "active":
            if group.line.window is None and not group.line.running:
                group.line.window = group
                group.activated_at = event.activated_at if event.activated_at is not None else self.now
                if event.idle_since is not None:
                    self._idle(group, event.idle_since)
            else:
                group.state = "inactive"

    def _submitted(self, event: Submitted) -> None:
        if event.job in self.jobs:
            raise IllegalEvent(f"Job {event.job} is submitted a second time.", self.jobs[event.job])
        group = self._group_of(event)
        self._count += 1
        entry = Entry(event.job, group, self._count, story=["submitted"])
        self.jobs[event.job] = entry
        group.queued[event.job] = entry
        if group.idle_since is not None:
            group.idle_since = None
            self._out.append(Changed(group.id))
        if group.state != "active":
            group.line.waiting.setdefault(group.instance, {}).setdefault(group.id, group)
        self._fill(group.line)

    def _group_of(self, event: Submitted) -> Group:
        if event.workload is None:
            return Group(event.job, "job", self._line(event.backend), event.instance)
        group = self.groups.get(event.workload)
        if group is None or group.state == "closed":
            raise Refused(f"The session or batch {event.workload} is closed.")
        if not group.accepting and not event.again:
            raise Refused(f"The session or batch {event.workload} is closed: it completes its jobs and takes no new ones.")
        return group

    def _ready(self, event: Ready) -> None:
        entry = self._entry(event.job, "in a lane", "ready")
        entry.phase = "waiting for the QPU"
        line = entry.group.line
        line.wanting[entry.id] = entry
        self._grant(line)

    def _released(self, event: Released) -> None:
        entry = self._entry(event.job, "on the QPU", "released")
        entry.phase = "after the QPU"
        line = entry.group.line
        del line.qpu[entry.id]
        self._grant(line)

    def _finished(self, event: Finished) -> None:
        entry = self.jobs.get(event.job)
        if entry is None or entry.phase == "queued":
            raise IllegalEvent(f"Job {event.job} finished but does not run.", entry)
        group, line = entry.group, entry.group.line
        del self.jobs[entry.id], line.running[entry.id], group.running[entry.id]
        line.wanting.pop(entry.id, None)
        line.qpu.pop(entry.id, None)
        if not group.rule.wall_clock:
            group.usage += event.usage
            self.shares.charge(group.instance, self.now, event.usage)
        if not group.rule.side_by_side:
            line.singles -= 1
        group.last_job_completed = self.now
        self._settled(group)

    def _cancelled(self, event: Cancelled) -> None:
        entry = self.jobs.get(event.job)
        if entry is None:
            return
        if entry.phase != "queued":
            self._out.append(Interrupt(entry.id))
            return
        self._drop(entry, "CANCELLED", CANCELLED)
        self._settled(entry.group)

    def _closed(self, event: Closed) -> None:
        group = self._workload(event.workload)
        if group.accepting and group.state != "closed":
            group.accepting = False
            self._out.append(Changed(group.id))
            self._settled(group)

    def _abandoned(self, event: Abandoned) -> None:
        group = self._workload(event.workload)
        if group.state != "closed":
            self._end(group, "CANCELLED", ABANDONED)

    def _ticked(self, _: Ticked) -> None:
        """Deadlines are looked at before every event."""

    # --- starting

    def _fill(self, line: Line) -> None:
        """Start what may start, then hand the QPU on."""
        while (group := next_to_start(line, self.shares, self.now)) is not None:
            self._start(group, line)
        self._grant(line)

    def _start(self, group: Group, line: Line) -> None:
        entry = group.queued.pop(next(iter(group.queued)))
        entry.phase = "in a lane"
        entry.story.append("started")
        line.running[entry.id] = group.running[entry.id] = entry
        group.last_job_started = self.now
        if group.rule.window:
            if group.state != "active":
                self._activate(group)
            self._out.append(Changed(group.id))
        else:
            self._leave(group)
        if not group.rule.side_by_side:
            line.singles += 1
        self._out.append(Start(entry.id))

    def _activate(self, group: Group) -> None:
        self._leave(group)
        group.line.window = group
        group.state, group.activated_at = "active", self.now
        if group.started_at is None:
            group.started_at = self.now
            self._alarm(self.now + group.max_time, "ttl", group)

    def _leave(self, group: Group) -> None:
        """Out of the line."""
        line = group.line
        groups = line.waiting.get(group.instance)
        if groups is not None and groups.pop(group.id, None) is not None and not groups:
            del line.waiting[group.instance]
        if line.next_up is group:
            line.next_up = None

    def _grant(self, line: Line) -> None:
        while (entry := next_on_qpu(line)) is not None:
            del line.wanting[entry.id]
            line.qpu[entry.id] = entry
            entry.phase = "on the QPU"
            entry.story.append("granted")
            self._out.append(Grant(entry.id))

    # --- ending

    def _settled(self, group: Group) -> None:
        """A job of a workload has ended or a workload was closed: what follows for the workload and its backend."""
        if group.rule.window:
            self._out.append(Changed(group.id))
            if not group.outstanding:
                self._leave(group)
                if group.state == "closed":
                    self._shut(group)
                elif not group.accepting:
                    self._end(group, "CANCELLED", CANCELLED)
                elif group.state == "active":
                    self._idle(group, self.now)
        elif not group.outstanding:
            self._leave(group)
        self._fill(group.line)

    def _idle(self, group: Group, since: float) -> None:
        group.idle_since = since
        self._alarm(since + group.interactive_timeout, "idle", group)

    def _end(self, group: Group, outcome: Any, reason: str, when: float | None = None) -> None:
        """Closed (at ``when``, or now); running jobs keep the window until they are done."""
        when = self.now if when is None else when
        for entry in list(group.queued.values()):
            self._drop(entry, outcome, reason)
        self._leave(group)
        group.state, group.accepting, group.closed_at = "closed", False, when
        if not group.running:
            self._shut(group, "closed", when)
        self._out.append(Changed(group.id))
        self._fill(group.line)

    def _shut(self, group: Group, state: WorkloadState = "closed", when: float | None = None) -> None:
        """The window, if it is open, closes (at ``when``, or now); what it cost is charged."""
        when = self.now if when is None else when
        group.state, group.idle_since = state, None
        if group.line.window is not group:
            return
        group.line.window = None
        group.inactive_since = when
        if group.rule.wall_clock and group.activated_at is not None:
            group.usage += when - group.activated_at
            self.shares.charge(group.instance, when, when - group.activated_at)

    def _drop(self, entry: Entry, outcome: Any, reason: str) -> None:
        del self.jobs[entry.id], entry.group.queued[entry.id]
        self._out.append(Settle(entry.id, outcome, reason))

    # --- time

    def _alarm(self, when: float, kind: str, group: Group) -> None:
        self._count += 1
        heapq.heappush(self._alarms, (when, self._count, kind, group.id))

    def _valid(self, alarm: tuple[float, int, str, str]) -> bool:
        when, _, kind, name = alarm
        group = self.groups.get(name)
        if group is None or group.state == "closed":
            return False
        return kind == "ttl" or (group.idle_since is not None and group.idle_since + group.interactive_timeout == when)

    def _expire(self, now: float) -> None:
        """Let everything happen that was due by now, each thing at its own time."""
        while (due := self.deadline) is not None and due <= now:
            _, _, kind, name = heapq.heappop(self._alarms)
            self.now = max(self.now, due)
            group = self.groups[name]
            if kind == "ttl":
                self._end(group, "ERROR", MAX_TTL, due)
            else:
                self._shut(group, "inactive", due)
                self._out.append(Changed(group.id))
                self._fill(group.line)

    # --- looking up

    def _line(self, name: str) -> Line:
        if name not in self.lines:
            self.lines[name] = Line(name)
        return self.lines[name]

    def _workload(self, name: str) -> Group:
        group = self.groups.get(name)
        if group is None:
            raise IllegalEvent(f"There is no workload {name}.")
        return group

    def _entry(self, job: str, phase: Phase, event: str) -> Entry:
        entry = self.jobs.get(job)
        if entry is None or entry.phase != phase:
            raise IllegalEvent(f"Job {job} cannot be {event}: expected it to be {phase}.", entry)
        entry.story.append(event)
        return entry


_HANDLERS: dict[type, Callable[[State, Any], object]] = {
    Configured: State._configured,
    Opened: State._opened,
    Restored: State._restored,
    Submitted: State._submitted,
    Ready: State._ready,
    Released: State._released,
    Finished: State._finished,
    Cancelled: State._cancelled,
    Closed: State._closed,
    Abandoned: State._abandoned,
    Ticked: State._ticked,
}
