"""Sessions and batches: their rows, and what is done to them."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from ..clock import Clock
from ..errors import IBMInputValueError, IBMNotAuthorizedError, IBMRuntimeError
from ..records.workload import Mode, Workload
from ..scheduler import IllegalEvent, Refused
from ..scheduler.events import Abandoned, Closed, Opened, Restored
from ..scheduler.loop import Loop
from ..scheduler.state import MAX_TTL
from ..store import Store
from .budget import open_window
from .rows import updated
from .settings import RuntimeSettings


class Workloads:
    """Sessions and batches of a runtime."""

    def __init__(self, store: Store, loop: Loop, clock: Clock, settings: RuntimeSettings) -> None:
        self._store, self._loop, self._clock, self._settings = store, loop, clock, settings
        self._known: dict[str, Workload] = {}
        """Those this process's scheduler knows, as the store has them: nobody else writes their rows."""
        self._ended_here: set[str] = set()
        """Those this process has asked another to close."""
        self._lock = threading.Lock()

    def open(self, mode: Mode, backend: Any, queue: str, max_time: float | None, instance: str, *, post: bool) -> str:
        """Open a session or batch.

        Raises:
            IBMNotAuthorizedError: a session on the open plan.
            IBMInputValueError: ``max_time`` is not positive.
        """
        if mode == "dedicated" and self._settings.plan == "open":
            raise IBMNotAuthorizedError(
                "You are not authorized to run a session when using the open plan. Use job mode or a Batch, or configure the "
                "runtime with plan='paid'."
            )
        if max_time is not None and not max_time > 0:
            raise IBMInputValueError(f"max_time must be more than 0 seconds, found {max_time}.")
        now = self._clock.now()
        row = Workload(
            id=str(uuid.uuid4()),
            mode=mode,
            backend_name=getattr(backend, "name", None) or type(backend).__name__,
            queue=queue,
            instance=instance,
            max_time=self._settings.longest if max_time is None else min(max_time, self._settings.longest),
            interactive_timeout=self._settings.interactive_timeout,
            created=now,
            transitions=(("open", now),),
        )
        self._store.put_workload(row)
        if post:
            self._know(row)
        return row.id

    def row(self, workload_id: str) -> Workload:
        """A session's or batch's row.

        Raises:
            IBMInputValueError: there is none.
        """
        found = self._found(workload_id)
        if found is None:
            raise IBMInputValueError(f"No session or batch has the id {workload_id!r}.")
        return found

    def known(self, workload_id: str | None) -> None:
        """Make sure that this process's scheduler knows a workload that was opened, maybe by another process.

        Raises:
            Refused: it is closed.
        """
        if workload_id is None or workload_id in self._known:
            return
        with self._lock:
            if workload_id in self._known:
                return
            row = self.row(workload_id)
            if row.state == "closed":
                raise Refused(f"The session or batch {workload_id} is closed.")
            self._known[workload_id] = row
        self._loop.post(_opened(row))

    def _know(self, row: Workload) -> None:
        """One that was opened here just now."""
        self._known[row.id] = row
        self._loop.post(_opened(row))

    def knows(self, workload_id: str) -> bool:
        """Whether this process's scheduler knows a workload."""
        return workload_id in self._known

    def is_closed(self, workload_id: str | None) -> bool:
        """Whether a workload has come to its end, or is not there any more; a single job has none."""
        row = self._found(workload_id)
        return workload_id is not None and (row is None or row.state == "closed")

    def restore(self, row: Workload, *, has_jobs: bool, gone: bool) -> None:
        """Go on with a workload that a process left behind, as if time had passed; it ends if its backend is ``gone``."""
        self._known[row.id] = row
        last = max(t for t in (row.created, row.last_job_started, row.last_job_completed, row.activated_at) if t is not None)
        self._loop.post(
            Restored(
                _opened(row),
                row.state,
                row.accepting_jobs,
                None if row.started_at is None else row.started_at.timestamp(),
                None if has_jobs else last.timestamp(),
                None if row.activated_at is None else row.activated_at.timestamp(),
                row.usage_seconds,
            ),
            at=last.timestamp(),
        )
        if gone or not (row.accepting_jobs or has_jobs):
            self._loop.post(Abandoned(row.id))

    def check_accepting(self, workload_id: str | None) -> None:
        """Refuse a job for a workload that takes none.

        Raises:
            IBMRuntimeError: it is closed.
        """
        if workload_id is None:
            return
        row = self.row(workload_id)
        if row.state == "closed" or not row.accepting_jobs or row.id in self._ended_here:
            kind = "session" if row.mode == "dedicated" else "batch"
            raise IBMRuntimeError(f"The {kind} is closed. Open a new one, or pass a backend as mode.")

    def close(self, workload_id: str, *, mine: bool) -> None:
        """Take no new jobs."""
        self._tell(workload_id, Closed(workload_id), "close", mine)

    def cancel(self, workload_id: str, *, mine: bool) -> None:
        """End now; running jobs complete."""
        self._tell(workload_id, Abandoned(workload_id), "abandon", mine)

    def _tell(self, workload_id: str, event: Closed | Abandoned, message: str, mine: bool) -> None:
        row = self.row(workload_id)
        if row.state == "closed":
            return
        if mine:
            self.tell(event)
        else:
            self._store.send(row.queue, message, workload_id)
            self._ended_here.add(workload_id)

    def tell(self, event: Closed | Abandoned) -> None:
        """Tell the scheduler; of a workload that is closed there is nothing to tell."""
        try:
            self.known(event.workload)
            self._loop.post(event)
        except (Refused, IllegalEvent):
            # two may close it at the same time, and the later finds it forgotten
            if self.row(event.workload).state != "closed":
                raise

    def why_closed(self, workload_id: str | None) -> str | None:
        """The reason jobs of a workload are given that came to its end while no process ran its queue."""
        row = self._found(workload_id)
        if row is None or row.started_at is None or row.closed_at is None:
            return None
        return MAX_TTL if (row.closed_at - row.started_at).total_seconds() >= row.max_time - 1e-3 else None

    def usage(self, workload_id: str) -> float:
        """Seconds used, those of the open window included."""
        row = self.row(workload_id)
        if row.mode != "dedicated":
            return row.usage_seconds
        # the scheduler's time goes on where the computer's clock was set back
        now = datetime.fromtimestamp(self._loop.now(), UTC) if self.knows(workload_id) else self._clock.now()
        return row.usage_seconds + open_window(row, now)

    def write_down(self, workload_id: str) -> None:
        """The scheduler has changed a workload: so does its row. The scheduler stands still meanwhile."""
        row, group = self._found(workload_id), self._loop.state.groups.get(workload_id)
        if group is None:
            return
        if row is not None:
            new = updated(row, group)
            self._store.put_workload(new)
            if workload_id in self._known:
                self._known[workload_id] = new
        if group.state == "closed" and not group.outstanding:
            # its row says all there is to know
            self._loop.state.groups.pop(workload_id)
            self._known.pop(workload_id, None)

    def _found(self, workload_id: str | None) -> Workload | None:
        """A row, if there is one."""
        if workload_id is None:
            return None
        return self._known.get(workload_id) or self._store.workload(workload_id)


def _opened(row: Workload) -> Opened:
    return Opened(row.id, row.mode, row.queue, row.instance, row.max_time, row.interactive_timeout)
