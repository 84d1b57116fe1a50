"""Which process runs a queue: the one that holds the lock on its file, which the system lets go when the process dies."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock


class Leases:
    """Locks, one a queue.

    Args:
        folder: where the lock files are; ``None``: this process is alone and holds everything.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: dict[str, FileLock | None] = {}

    def holds(self, queue: str) -> bool:
        """Whether this process runs a queue."""
        return queue in self._held

    def queues(self) -> tuple[str, ...]:
        """The queues this process runs."""
        return tuple(self._held)

    def acquire(self, queue: str) -> bool:
        """Try to get a queue, without waiting."""
        if queue in self._held:
            return True
        if self._folder is None:
            self._held[queue] = None
            return True
        from filelock import FileLock, Timeout

        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(queue.encode()).hexdigest()[:24]
        lock = FileLock(self._folder / f"{name}.lock", blocking=False, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        self._held[queue] = lock
        return True

    def release(self) -> None:
        """Let go of all queues."""
        while self._held:
            _, lock = self._held.popitem()
            if lock is not None:
                lock.release()
