"""Workloads of the past: the steps that rows of the store tell of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..errors import IBMInputValueError
from ..records.job import Job
from .workload import Step


def recorded(jobs: Iterable[Job], *, by_tags: bool = False) -> tuple[Step, ...]:
    """The workload that jobs of the past were.

    A job is taken to have waited for the results that were there when it was created, and what passed between the last of
    them and its creation is think time. Its quantum time is the modelled one, or the measured one where there is none; what
    it stood in its lane beyond the measured time counts as classical work before the QPU. Jobs that never ran are left out.

    Args:
        jobs: rows of jobs that have ended, in any order.
        by_tags: a job waits only for jobs with the same tags, as when several threads share a session.

    Raises:
        IBMInputValueError: a job has not ended, or none ever ran.
    """
    rows = sorted(jobs, key=lambda job: job.created)
    for job in rows:
        if not job.final or job.finished is None:
            raise IBMInputValueError(f"Job {job.id} is {job.status}: expected jobs that have ended; wait for its result.")
    ran = [job for job in rows if job.running is not None]
    if not ran:
        raise IBMInputValueError(f"A recorded workload has at least one job that ran, found none among {len(rows)} jobs.")
    return tuple(_step(place, ran, by_tags) for place in range(len(ran)))


def _step(place: int, jobs: list[Job], by_tags: bool) -> Step:
    job = jobs[place]
    peers = [other for other in range(place) if not by_tags or jobs[other].tags == job.tags]
    after = _awaited(job.created, peers, jobs)
    since = max((_ended(jobs[other]) for other in after), default=jobs[0].created)
    in_lane = (_ended(job) - (job.running or job.created)).total_seconds()
    return Step(
        quantum_seconds=job.used_seconds,
        before_seconds=max(0.0, in_lane - job.busy_seconds),
        think_seconds=(job.created - since).total_seconds(),
        after=after,
        name=job.id,
    )


def _awaited(created: datetime, peers: list[int], jobs: list[Job]) -> tuple[int, ...]:
    """The jobs whose results were there, without those that one of the others has waited for itself."""
    there = [other for other in peers if _ended(jobs[other]) <= created]
    latest = max((jobs[other].created for other in there), default=created)
    return tuple(other for other in there if _ended(jobs[other]) > latest or jobs[other].created == latest)


def _ended(job: Job) -> datetime:
    return job.finished or job.created
