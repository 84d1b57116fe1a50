"""Queries as SQL."""

from __future__ import annotations

from typing import Any

from ..records.job import FINAL
from ..records.query import Query
from .rows import time_text


def where(query: Query) -> tuple[str, tuple[Any, ...]]:
    """A query's conditions: the ``WHERE`` clause (empty without conditions) and its values."""
    parts: list[str] = []
    values: list[Any] = []
    ended = query.statuses is None or not set(FINAL).isdisjoint(query.statuses)
    # a + keeps SQLite from using an index: what most rows have in common is quicker found by another, or by going through
    # all in time
    others = not (ended and query.backend_name is None and query.workload_id is None)
    for column in ("backend_name", "routine", "workload_id", "instance"):
        value = getattr(query, column)
        if value is not None:
            parts.append(f"{'+' if column == 'instance' and others else ''}{column} = ?")
            values.append(value)
    for column, several in (("status", query.statuses), ("queue", query.queues), ("routine", query.routines)):
        if several is not None:
            parts.append(f"{'+' if column == 'status' and ended else ''}{column} IN ({', '.join('?' * len(several))})")
            values.extend(several)
    for tag in query.tags:
        parts.append("instr(tags, ?) > 0")
        values.append(f"\x1f{tag}\x1f")
    for sign, when in ((">=", query.created_after), ("<=", query.created_before)):
        if when is not None:
            parts.append(f"created {sign} ?")
            values.append(time_text(when))
    return ("WHERE " + " AND ".join(parts) if parts else ""), tuple(values)
