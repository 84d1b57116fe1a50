"""Queries answered row by row."""

from __future__ import annotations

from collections.abc import Sequence

from ..records.job import Job
from ..records.query import Query


def meets(row: Job, query: Query) -> bool:
    """Whether a row meets all conditions of a query."""
    return (
        query.backend_name in (None, row.backend_name)
        and query.routine in (None, row.routine)
        and (query.routines is None or row.routine in query.routines)
        and query.workload_id in (None, row.workload_id)
        and query.instance in (None, row.instance)
        and (query.statuses is None or row.status in query.statuses)
        and (query.queues is None or row.queue in query.queues)
        and set(query.tags) <= set(row.tags)
        and (query.created_after is None or row.created >= query.created_after)
        and (query.created_before is None or row.created <= query.created_before)
    )


def page(oldest_first: Sequence[Job], query: Query) -> Sequence[Job]:
    """The rows a query's order, skip and limit leave."""
    rows = oldest_first[::-1] if query.descending else oldest_first
    end = None if query.limit is None else query.skip + query.limit
    return rows[query.skip : end]
