"""Transactions that leave a connection usable however they end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from .interrupts import held_back


@contextmanager
def transaction(connection: sqlite3.Connection, kind: Literal["IMMEDIATE", "DEFERRED"] = "IMMEDIATE") -> Iterator[None]:
    """A transaction that writes from its start (one that finds out later cannot be waited for) or, deferred, only reads.

    Ctrl-C is heeded when it is over.
    """
    with held_back():
        try:
            # inside: what interrupts a BEGIN is raised when it has succeeded
            connection.execute(f"BEGIN {kind}")
            yield
            connection.execute("COMMIT")
        except BaseException:
            # a full disk, for one, has made SQLite roll back by itself; a failed commit has not
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
