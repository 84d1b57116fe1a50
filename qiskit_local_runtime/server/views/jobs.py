"""Jobs: submitted, looked up, read, cancelled, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from ...errors import RuntimeInvalidStateError, RuntimeJobNotFound, RuntimeProgramNotFound
from ...handles.job import RuntimeJob
from ...records.job import FINAL, UNFINISHED, Job
from ...records.query import Query
from ...records.request import Request
from ...runtime import budget
from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..errors import ApiError
from ..programs import PROGRAMS, program_of
from ..programs.engine import refuse_engine
from ..programs.program import Asked
from .job_tags import checked_tags, wanted_tags
from .jobs_text import job_json, job_path
from .models import JobBody, JobCreated, JobFilters, JobMetrics, JobPage, JobQuery, JobView, TagsBody


def create(context: Context, call: Call) -> Response:
    """``POST /jobs``: a job is queued, or nothing happened."""
    body = call.body(JobBody)
    program = PROGRAMS.get(body.program_id)
    if program is None:
        raise RuntimeProgramNotFound(f"No program has the id {body.program_id[:80]!r}. Expected one of {', '.join(PROGRAMS)}.")
    backend_name = _place(context, call, body)
    asked = Asked(
        backend=context.backend(backend_name, call.instance),
        params=body.params,
        tags=checked_tags(body.tags),
        private=body.private,
        workload=body.session_id,
        instance=call.instance,
        log_level=body.log_level,
        max_execution_time=body.cost,
        unimplemented=context.runtime.unimplemented,
    )
    request = program.request(asked)
    refuse_engine(request)
    checked_tags(request.tags)  # the options bring some, too
    opens = bool(body.start_session) and body.session_id is None
    job_id, workload = (
        _first_of_session(context, request, body.session_time) if opens else (context.runtime.submit(request), body.session_id)
    )
    context.runtime.keep(job_id)
    out = {"id": job_id, "backend": backend_name, "private": request.private}
    return JSONResponse(out | ({} if workload is None else {"session_id": workload}))


def _first_of_session(context: Context, request: Request, seconds: float | None) -> tuple[str, str | None]:
    """A job and the session that is opened for it; one that is refused opens none."""
    runtime = context.runtime
    instance = request.instance or runtime.instance
    budget.check_spent(runtime.settings, instance, runtime.usage(instance))
    runtime.estimate(request)  # refuses what submitting it would
    opened = runtime.open_workload("dedicated", request.backend, seconds, request.instance)
    try:
        return runtime.submit(replace(request, workload=opened)), opened
    except BaseException:
        # the store was full, say: no session may be left that takes jobs
        runtime.cancel_workload(opened)
        raise


def _place(context: Context, call: Call, body: JobBody) -> str:
    """The name of the backend on which a job runs.

    Raises:
        ApiError: there is none, or something about the place has no meaning here.
    """
    if body.runtime is not None:
        raise ApiError(400, 1229, f"runtime: container images are not used here, found {body.runtime[:80]!r}.", "Leave it out.")
    if body.calibration_id is not None:
        raise ApiError(
            400,
            1229,
            f"calibration_id: a local backend has one calibration, found {body.calibration_id[:80]!r}.",
            "Leave it out.",
        )
    if body.session_time is not None and (body.session_id is not None or not body.start_session):
        raise ApiError(400, 1211, "session_time: this call opens no session.", "Send start_session: true, or leave it out.")
    bound = None if body.session_id is None else seen_workload(context, call, body.session_id).backend_name
    name = body.backend or bound
    if name is None:
        raise ApiError(400, 1211, "backend: expected the name of a backend, or a session_id.", "GET /backends lists the names.")
    return name


def seen_workload(context: Context, call: Call, workload_id: str) -> Any:
    """A session or batch of the caller's instance.

    Raises:
        ApiError: there is none.
    """
    from ...errors import IBMInputValueError

    try:
        found = context.runtime.workload(workload_id)
    except IBMInputValueError:
        found = None
    if found is None or found.instance != call.instance:
        raise ApiError(404, 1288, f"No session or batch has the id {workload_id[:80]!r}.", "POST /sessions opens one.")
    return found


def _seen(context: Context, call: Call) -> Job:
    """The job a path names, if it is of the caller's instance."""
    row = context.runtime.job(call.path["id"])
    if row.instance != call.instance:
        raise RuntimeJobNotFound(f"No job has the id {row.id!r}.")
    return row


def listed(context: Context, call: Call) -> Response:
    """``GET /jobs``: a page, and how many there are in all."""
    filters = call.asked(JobFilters)
    query = _query(context, call, filters)
    rows = context.runtime.find(query)
    found = [_whole(context, row) if filters.exclude_params is False else job_json(row) for row in rows]
    return JSONResponse(
        {"jobs": found, "count": context.runtime.count(query), "limit": filters.limit, "offset": filters.offset}
    )


def _query(context: Context, call: Call, filters: JobFilters) -> Query:
    programs = None if filters.program is None else PROGRAMS.get(filters.program)
    routines = None if filters.program is None else () if programs is None else programs.routines
    return Query(
        backend_name=filters.backend,
        routines=routines,
        workload_id=filters.session_id,
        instance=call.instance,
        statuses=None if filters.pending is None else UNFINISHED if filters.pending else FINAL,
        tags=wanted_tags(context, call, filters.tags),
        created_after=filters.created_after,
        created_before=filters.created_before,
        descending=filters.sort == "DESC",
        limit=filters.limit,
        skip=filters.offset,
    )


def one(context: Context, call: Call) -> Response:
    """``GET /jobs/{id}``."""
    wanted = call.asked(JobQuery)
    row = _seen(context, call)
    return JSONResponse(job_json(row) if wanted.exclude_params else _whole(context, row))


def _shows_params(call: Call) -> bool:
    """Polls leave the parameters out, and are answered at once."""
    return ("exclude_params", "true") not in call.query


def _whole(context: Context, row: Job) -> dict[str, Any]:
    """A job with its parameters, which a private one keeps to itself."""
    if row.private:
        return job_json(row) | {"params": {}}
    request = context.runtime.request(row.id)
    return job_json(row) | {"params": dict(program_of(row.routine).params(request))}


def results(context: Context, call: Call) -> Response:
    """``GET /jobs/{id}/results``: 204 while there are none."""
    row = _seen(context, call)
    if row.status != "DONE":
        return Response(status_code=204)
    if not row.private:
        return _text(_pieces(context, row))
    whole = b"".join(_pieces(context, row))
    if not context.runtime.forget_result(row.id):
        # somebody else was quicker, maybe through another server: asking again says so
        whole = b"".join(_pieces(context, row))
    return _text(iter((whole,)))


def _pieces(context: Context, row: Job) -> Iterator[bytes]:
    return program_of(row.routine).result(row, context.runtime.result(row.id))


def _text(pieces: Iterator[bytes]) -> Response:
    """A large result leaves piece by piece, so that it is not in memory twice."""
    first = next(pieces, b"")
    second = next(pieces, None)
    if second is None:
        return Response(first, media_type="text/plain")
    return StreamingResponse(chain((first, second), pieces), media_type="text/plain")


def metrics(context: Context, call: Call) -> Response:
    """``GET /jobs/{id}/metrics``."""
    row = _seen(context, call)
    found = RuntimeJob(row.id, context.runtime).metrics()
    used = found["usage"]
    stamps = found["timestamps"]
    out = found | {
        "timestamps": {name: stamps[name] for name in ("created", "finished", "running")},
        "usage": used | {"status": "done" if row.final else "pending", "qpu_charge_time_seconds": used["seconds"]},
        "bss": {"seconds": used["seconds"]},
        "num_qubits": None,
        "caller": "local",
    }
    return JSONResponse(out)


def logs(context: Context, call: Call) -> Response:
    """``GET /jobs/{id}/logs``: as text."""
    return Response(RuntimeJob(_seen(context, call).id, context.runtime).logs(), media_type="text/plain")


def set_tags(context: Context, call: Call) -> Response:
    """``PUT /jobs/{id}/tags``."""
    row = _seen(context, call)
    context.runtime.update_tags(row.id, checked_tags(call.body(TagsBody).tags))
    return Response(status_code=204)


def cancel(context: Context, call: Call) -> Response:
    """``POST /jobs/{id}/cancel``: 409 where it has ended."""
    row = _seen(context, call)
    if not context.runtime.cancel(row.id):
        raise RuntimeInvalidStateError(f"Job {row.id} has ended and cannot be cancelled: it is {row.status}.")
    return Response(status_code=204)


def delete(context: Context, call: Call) -> Response:
    """``DELETE /jobs/{id}``: 409 where it has not ended."""
    context.runtime.delete(_seen(context, call).id)
    return Response(status_code=204)


ROUTES = (
    Endpoint(
        "POST",
        "/jobs",
        create,
        "Run a job",
        body=JobBody,
        returns=JobCreated,
        refuses=(400, 401, 403, 404, 409, 413),
        waits=True,
    ),
    Endpoint("GET", "/jobs", listed, "List jobs", query=JobFilters, returns=JobPage, refuses=(400, 401), waits=True),
    Endpoint("GET", job_path(), one, "Look a job up", query=JobQuery, returns=JobView, waits=_shows_params),
    Endpoint("DELETE", job_path(), delete, "Delete a job", status=204, refuses=(400, 401, 404, 409), waits=True),
    Endpoint("GET", job_path("results"), results, "Read a job's result", returns="text/plain", waits=True, head=False),
    Endpoint("GET", job_path("metrics"), metrics, "Read a job's times and usage", returns=JobMetrics, waits=True),
    Endpoint("GET", job_path("logs"), logs, "Read a job's log", returns="text/plain", waits=True),
    Endpoint("PUT", job_path("tags"), set_tags, "Replace a job's tags", status=204, body=TagsBody, waits=True),
    Endpoint("POST", job_path("cancel"), cancel, "Cancel a job", status=204, refuses=(400, 401, 404, 409), waits=True),
)
