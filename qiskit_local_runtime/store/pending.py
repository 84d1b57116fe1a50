"""Rows that wait for the next transaction."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ..records.job import Job
from ..records.workload import Workload

R = TypeVar("R", Job, Workload)
Key = tuple[type, str]
"""A kind of row and an id."""


class Pending:
    """Rows that are not written yet: one of each job and workload, the latest.

    They are of this process alone: a forked child begins without any.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._rows: dict[Key, Job | Workload] = {}
        self._lock = threading.Lock()
        self._writer = threading.RLock()

    def _here(self) -> None:
        # a lock may have been held by a thread that is not in the child
        if self._pid != os.getpid():
            self._begin()

    def add(self, row: Job | Workload) -> None:
        """Put a row in, in place of an earlier one of the same id."""
        self._here()
        with self._lock:
            self._rows[type(row), row.id] = row

    def get(self, kind: type[R], name: str) -> R | None:
        """A row that waits, or ``None``."""
        found = self._rows.get((kind, name)) if self._rows and self._pid == os.getpid() else None
        return found if isinstance(found, kind) else None

    def rows(self) -> list[Job | Workload]:
        """All of them."""
        self._here()
        with self._lock:
            return list(self._rows.values())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """While one thread writes them: what is read and what is crossed out stay together."""
        self._here()
        with self._writer:
            yield

    def written(self, rows: Iterable[Job | Workload]) -> None:
        """Cross out rows that are in the file now, unless others came in their place meanwhile."""
        self._here()
        with self._lock:
            for row in rows:
                if self._rows.get((type(row), row.id)) is row:
                    del self._rows[type(row), row.id]

    def clear(self) -> None:
        """Forget them all."""
        self._begin()
