"""What a store keeps: rows of jobs, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ..records.job import Job


class Store(Protocol):
    """Rows and bytes; order and meaning are not its business."""

    def put(self, job: Job) -> None:
        """Insert or replace a row."""

    def get(self, job_id: str) -> Job | None:
        """A row, or ``None``."""

    def jobs(self) -> Sequence[Job]:
        """All rows, oldest first."""

    def put_result(self, job_id: str, result: Any) -> None:
        """Keep a result."""

    def get_result(self, job_id: str) -> Any:
        """A result, or ``None``."""

    def drop(self, job_id: str) -> None:
        """Forget a row and its result; nothing happens if there is none.

        The garbage collector may call this in the middle of any other method of the same thread: it waits for no lock.
        """
