"""Where jobs and results are kept: the table :data:`STORES`."""

from .base import Store
from .memory import MemoryStore

STORES: dict[str, type[MemoryStore]] = {MemoryStore.name: MemoryStore}

__all__ = ["STORES", "MemoryStore", "Store"]
