"""Which process runs a queue: the one that holds the lock on its file, which the system lets go when the process dies."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import IBMRuntimeError

if TYPE_CHECKING:
    from filelock import FileLock

PRIVATE = "#"
"""In the names of queues whose backend is an object of one process: ``name#process-number``."""


class Leases:
    """Locks, one a queue; the private queues of a process share one.

    Args:
        folder: where the lock files are; ``None``: this process is alone and holds everything.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: dict[str, str] = {}
        """By queue: what is locked for it."""
        self._locks: dict[str, FileLock] = {}

    def holds(self, queue: str) -> bool:
        """Whether this process runs a queue."""
        return queue in self._held

    def queues(self) -> tuple[str, ...]:
        """The queues this process runs."""
        return tuple(self._held)

    def acquire(self, queue: str) -> bool:
        """Try to get a queue, without waiting.

        Raises:
            IBMRuntimeError: files in the folder cannot be locked.
        """
        owner = _owner(queue)
        if queue in self._held or owner in self._locks or self._folder is None or self._lock(self._folder, owner):
            self._held[queue] = owner
            return True
        return False

    def release(self, queue: str) -> None:
        """Let go of a queue."""
        owner = self._held.pop(queue)
        if owner in self._locks and owner not in self._held.values():
            lock = self._locks.pop(owner)
            if PRIVATE in queue:
                # nobody will ever ask for it again
                with suppress(OSError):
                    Path(lock.lock_file).unlink()
            lock.release()

    def release_all(self) -> None:
        """Let go of all queues."""
        for queue in self.queues():
            self.release(queue)

    def _lock(self, folder: Path, owner: str) -> bool:
        from filelock import FileLock, Timeout

        path = folder / f"{hashlib.sha256(owner.encode()).hexdigest()[:24]}.lock"
        lock = FileLock(path, blocking=False, thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            return False
        except OSError as err:
            raise IBMRuntimeError(
                f"The file {path} cannot be locked ({err}), which tells processes apart that use the store. Make its folder "
                "writable, or keep the store on a file system with locks."
            ) from err
        self._locks[owner] = lock
        return True


def _owner(queue: str) -> str:
    """What is locked for a queue: its name, or the process whose private queue it is."""
    _, mark, own = queue.rpartition(PRIVATE)
    return f"{PRIVATE}{own.rpartition('-')[0] or own}" if mark else queue
