"""A store from what a user passes."""

from __future__ import annotations

from pathlib import Path

from ..errors import IBMInputValueError
from ..store import MemoryStore, Store


def open_store(store: Store | str | Path | None, *, wait_for_disk: bool = False) -> Store:
    """A store: the one given, an SQLite file at a path, or one in memory.

    Args:
        store: which.
        wait_for_disk: whether a file's transactions wait until the disk has them; a store that is given does as it was made.

    Raises:
        IBMInputValueError: neither a store nor the path of a file.
        IBMRuntimeError: the file cannot be opened.
    """
    if store is None:
        return MemoryStore()
    if isinstance(store, (str, Path)):
        from ..store.sqlite import SqliteStore

        return SqliteStore(checked_path(store), synchronous="FULL" if wait_for_disk else "NORMAL")
    if isinstance(store, type) or not all(callable(getattr(store, name, None)) for name in ("submit", "find", "used")):
        raise IBMInputValueError(
            f"store must be the path of a file, a store such as MemoryStore(), or None for one in memory, found {store!r}."
        )
    return store


def checked_path(store: object) -> Path:
    """The path of a store's file.

    Raises:
        IBMInputValueError: not a path, or a folder's.
    """
    if not isinstance(store, (str, Path)) or not str(store):
        raise IBMInputValueError(f"store must be the path of a file, such as 'jobs.sqlite', found {store!r}.")
    path = Path(store).expanduser()
    if path.is_dir():
        raise IBMInputValueError(
            f"store must be the path of a file, found the folder {path}. Try {str(path / 'jobs.sqlite')!r}."
        )
    return path
