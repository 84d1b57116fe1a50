"""A store from what a user passes."""

from __future__ import annotations

from pathlib import Path

from ..store import MemoryStore, Store


def open_store(store: Store | str | Path | None) -> Store:
    """A store: the one given, an SQLite file at a path, or one in memory.

    Raises:
        IBMRuntimeError: the file cannot be opened.
    """
    if store is None:
        return MemoryStore()
    if isinstance(store, (str, Path)):
        from ..store.sqlite import SqliteStore

        return SqliteStore(store)
    return store
