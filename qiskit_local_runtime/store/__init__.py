"""Where jobs and results are kept: the table :data:`STORES`."""

from .base import Store
from .memory import MemoryStore
from .rows import DamagedRowError
from .sqlite import SqliteStore

STORES: dict[str, type[MemoryStore] | type[SqliteStore]] = {store.name: store for store in (MemoryStore, SqliteStore)}

__all__ = ["STORES", "DamagedRowError", "MemoryStore", "SqliteStore", "Store"]
