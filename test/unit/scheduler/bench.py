"""A scheduler on the bench: every event goes to the machine, to a copy that is ticked late, and to the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from qiskit_local_runtime.scheduler import Refused, State
from qiskit_local_runtime.scheduler import commands as cmd
from qiskit_local_runtime.scheduler import events as ev

from .model import ENDED, UNSTARTED, Model, Work

SHARES = {"twice": 2.0}


class Bench:
    """Sends events and checks what comes out; a law that does not hold is an ``AssertionError`` that names it.

    Args:
        make: makes the machine under test.
    """

    def __init__(self, make: Callable[[dict[str, float]], Any] = State) -> None:
        self.make = make
        self.state, self.late, self.model = make(SHARES), make(SHARES), Model(SHARES)
        self.clock = 0.0
        self.record: list[tuple[ev.Event, float, list[cmd.Command]]] = []
        self.arrived: dict[str, int] = {}
        self.seen: Counter[tuple[str, str]] = Counter()
        self.ended: set[str] = set()
        self.barred: dict[str, set[str]] = {}
        """Per session that waits for an empty backend: the jobs that were there when its turn came."""

    # --- events

    def send(self, event: ev.Event, clock: float | None = None) -> None:
        """One event at the time of the clock (or another, for a clock that was set back)."""
        at = self.clock if clock is None else clock
        if isinstance(event, ev.Submitted):
            self.arrived[event.job] = len(self.arrived)
        commands: list[cmd.Command] = []
        while (due := self.state.deadline) is not None and due <= max(at, self.state.now):
            assert due == self.model.deadline, f"the next deadline is {self.model.deadline}, it says {due}"
            commands += self._handle(self.state, ev.Ticked(), due)
            assert self.state.deadline is None or self.state.deadline > due, f"the deadline {due} stays"
            commands += self._model(ev.Ticked(), due, commands)
        assert self.model.deadline is None or self.model.deadline > max(at, self.state.now), "a deadline is forgotten"
        commands = self._handle(self.state, event, at)
        self._model(event, at, commands)
        self._same(event, at)

    def _handle(self, state: Any, event: ev.Event, at: float) -> list[cmd.Command]:
        try:
            commands: list[cmd.Command] = state.handle(event, at)
        except Refused as error:
            commands = [*error.commands]
            if state is self.state:
                self.refused = True
        return commands
