"""What drives the scheduler: one lock, one clock, one thread that waits for deadlines.

Events are handled in the thread that brings them, one at a time: a job that may start starts without waiting for another
thread to wake up, and a refusal is raised at the call.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from ..clock import Clock, VirtualClock
from .commands import Changed, Command
from .errors import IllegalEvent, Refused
from .events import Event, Ticked
from .state import State

Later = Callable[[], object]
T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Loop:
    """Hands events to the machine and its commands to somebody who carries them out.

    Args:
        state: the machine.
        clock: where the time comes from. A :class:`~qiskit_local_runtime.clock.VirtualClock` tells the loop when to look.
        perform: carries out a command while the next event has to wait; what may take long (or bring events) it returns, to
            be called afterwards.
    """

    def __init__(self, state: State, clock: Clock, perform: Callable[[Command], Later | None]) -> None:
        self.state = state
        self._clock, self._perform = clock, perform
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        self._sleeps_until = 0.0
        """Until when the thread sleeps unless it is woken, in the machine's time."""
        self._closed = False
        self._again: set[Command] = set()
        """Commands that could not be carried out."""
        self._failures: list[Exception] = []
        self._latest = (float("-inf"), 0.0)
        """The latest time the machine was told, and when that was on the clock that never runs backwards."""
        self._virtual = isinstance(clock, VirtualClock)
        if isinstance(clock, VirtualClock):
            clock.watch(self)

    def post(self, *events: Event, at: float | None = None) -> None:
        """Take events in, one right after the other, from any thread.

        Args:
            events: what happened.
            at: when, in seconds since 1970; ``None``: now.

        Raises:
            Refused: a workload takes no jobs; nothing has changed.
            Exception: whatever a command raised first; the machine has gone on, and all the others have been carried out.
        """
        later: list[Later] = []
        try:
            with self._lock:
                if self._closed:
                    return
                now = self._now() if at is None else at
                for event in events:
                    self._handle(event, now, later)
                self._look_at_deadlines()
                self._complain()
        finally:
            for do in later:
                do()

    def ask(self, question: Callable[[State], T]) -> T:
        """Look something up in the machine while it stands still."""
        with self._lock:
            return question(self.state)

    def now(self) -> float:
        """The machine's time, in seconds since 1970: the clock's, but it goes on where the clock is set back."""
        with self._lock:
            return self._now()

    def deadline(self) -> float | None:
        """See :class:`~qiskit_local_runtime.clock.Watcher`."""
        with self._lock:
            return None if self._closed else self.state.deadline

    def tick(self) -> None:
        """See :class:`~qiskit_local_runtime.clock.Watcher`."""
        if not self._closed:
            self.post(Ticked())

    def settle(self) -> None:
        """See :class:`~qiskit_local_runtime.clock.Watcher`."""
        with self._lock:
            self._changed.wait_for(lambda: self._closed or not self._running())

    def close(self) -> None:
        """Take no more events and watch no more deadlines: things stay as they are; idempotent."""
        with self._lock:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    def _handle(self, event: Event, now: float, later: list[Later]) -> None:
        try:
            self._carry_out(self.state.handle(event, now), later)
        except (Refused, IllegalEvent) as error:
            self._carry_out(error.commands, later)
            raise

    def _carry_out(self, commands: Iterable[Command], later: list[Later]) -> None:
        for command in dict.fromkeys([*self._again, *commands]):
            self._again.discard(command)
            try:
                do = self._perform(command)
            except Exception as error:
                # the others are carried out all the same; what is only written down is written down next time
                self._failures.append(error)
                if isinstance(command, Changed):
                    self._again.add(command)
                continue
            if do is not None:
                later.append(do)

    def _complain(self) -> None:
        failures, self._failures = self._failures, []
        if failures:
            raise failures[0]

    def _now(self) -> float:
        """A clock that was set back would have every deadline wait until it has caught up: then durations count."""
        wall, steady = self._clock.now().timestamp(), self._clock.monotonic()
        last, since = self._latest
        self._latest = max(wall, last + (steady - since)), steady
        return wall if self._virtual else self._latest[0]

    def _running(self) -> bool:
        return any(line.running for line in self.state.lines.values())

    def _look_at_deadlines(self) -> None:
        if self._virtual:
            self._changed.notify_all()
            return
        due = self.state.deadline
        if due is None or self._closed:
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._wait, name="qiskit-local-runtime deadlines", daemon=True)
            self._sleeps_until = 0.0
            self._thread.start()
        elif due < self._sleeps_until:
            # a later one is found out when it wakes; waking it for each job costs more than the scheduling
            self._changed.notify_all()

    def _wait(self) -> None:
        """The thread: sleeps until the next deadline, or until there is another one."""
        while True:
            with self._lock:
                due = self.state.deadline
                if self._closed or due is None:
                    self._thread = None
                    return
                left = due - self._now()
                if left > 0:
                    self._sleeps_until = due
                    # a wait of weeks overflows on some systems
                    self._changed.wait(min(left, 3600.0))
                    continue
            try:
                self.tick()
            except Exception:
                # the machine has gone on; what could not be written down is tried again with the next event
                _LOG.exception("A deadline could not be dealt with.")
