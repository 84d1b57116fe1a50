"""A submitted job, while this process knows more of it than its row says."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from ..cancellation import CancelToken
from ..records.job import Job
from ..records.request import Request


@dataclass(eq=False)
class Ticket:
    """A submitted job, while this process knows more of it than its row says."""

    id: str
    request: Request | None
    """``None``: it is still in the store, since another process submitted it."""
    row: Job | None = None
    """The row as it is now, while this process runs the job; the store's copy may lack the latest phase."""
    token: CancelToken = field(default_factory=CancelToken)
    ended: threading.Event = field(default_factory=threading.Event)
    granted: threading.Event = field(default_factory=threading.Event)
    """Set when the QPU is the job's, and when it is cancelled."""
    cause: BaseException | None = None
    handles: list[None] = field(default_factory=list)
    """One entry a living handle: a list, since ``append`` and ``pop`` cannot be interrupted half-way."""
    released: bool = False
    """There were handles, and none is left."""
    remote: bool = False
    """Another process runs it."""
    tags: tuple[str, ...] | None = None
    """Tags this process has asked the other to give it."""
    foreign: bool = False
    """Another process submitted it, and nobody here has a handle unless he asks for one."""
