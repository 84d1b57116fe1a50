"""One job's way through a worker thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ..cancellation import Cancelled, CancelToken
from ..clock import Clock
from ..engines.base import Engine
from ..records.job import Job
from ..records.request import Request
from ..routines.base import Routine, RoutineTools

RAN_TOO_LONG = "ran too long"
ON_THE_QPU = "on the QPU"
"""The phase in which a job uses quantum time."""


@dataclass(eq=False)
class Ticket:
    """A submitted job, while this process knows more of it than its row says."""

    id: str
    request: Request
    token: CancelToken = field(default_factory=CancelToken)
    ended: threading.Event = field(default_factory=threading.Event)
    cause: BaseException | None = None
    handles: list[None] = field(default_factory=list)
    """One entry a living handle: a list, since ``append`` and ``pop`` cannot be interrupted half-way."""
    released: bool = False
    """There were handles, and none is left."""


def work(
    ticket: Ticket,
    routine: Routine,
    engine: Engine,
    clock: Clock,
    change: Callable[[Callable[[Job], Job]], None],
    keep: Callable[[Any], None],
) -> None:
    """Run a job and write down what became of it.

    Args:
        ticket: the job.
        routine: its body.
        engine: where long calls run.
        clock: for time stamps and durations.
        change: applies a function to the job's row.
        keep: keeps the result.
    """
    change(lambda job: replace(job, status="RUNNING", running=clock.now()))
    timers: list[threading.Timer] = []

    def phase(name: str) -> None:
        change(lambda job: replace(job, phase=name))
        if name == ON_THE_QPU and not timers:
            timers.extend(_deadline(ticket))

    tools = RoutineTools(
        engine=engine,
        cancel=ticket.token,
        clock=clock,
        busy=lambda seconds: change(lambda job: replace(job, busy_seconds=job.busy_seconds + seconds)),
        phase=phase,
    )
    try:
        ticket.token.check()
        result = routine.run(ticket.request, tools)
        ticket.token.check()
        keep(result)
    except Cancelled as stop:
        reason = str(stop) or "cancelled"
        change(lambda job: replace(job, status="CANCELLED", phase="", finished=clock.now(), reason=reason, error=reason))
    except BaseException as error:
        ticket.cause = error
        text = f"{type(error).__name__}: {error}"
        change(lambda job: replace(job, status="ERROR", phase="", finished=clock.now(), error=text))
    else:
        change(lambda job: replace(job, status="DONE", phase="", finished=clock.now()))
    finally:
        for timer in timers:
            timer.cancel()


def _deadline(ticket: Ticket) -> list[threading.Timer]:
    """The limit is on quantum time: its clock starts when the job gets to the QPU."""
    limit = ticket.request.max_execution_time
    if limit is None:
        return []
    timer = threading.Timer(limit, ticket.token.cancel, args=(RAN_TOO_LONG,))
    timer.daemon = True
    timer.start()
    return [timer]
