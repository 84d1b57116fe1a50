"""Requests and results on their way to the store and back: objects for a memory store, bytes for one that outlives us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from ..errors import IBMRuntimeError
from ..records.job import Job
from ..records.request import Request
from ..store import Store

_FIELDS = ("routine", "seed", "tags", "private", "workload", "instance", "log_level", "max_execution_time")


class Keeper:
    """Writes and reads requests and results.

    Args:
        store: where.
        unimplemented: how options not applied yet are treated when a request is read.
    """

    def __init__(self, store: Store, unimplemented: Literal["raise", "warn"]) -> None:
        self._store, self._unimplemented = store, unimplemented

    def request(self, request: Request) -> Any:
        """A request in the store's form."""
        if not self._store.durable:
            return request
        from ..codec import pack

        fields: dict[str, Any] = {name: getattr(request, name) for name in _FIELDS}
        fields["tags"] = list(request.tags)
        try:
            return pack(fields | {"pubs": list(request.pubs), "options": request.options, "backend": _spec(request.backend)})
        except TypeError as err:
            # it runs all the same, in this process; only another one could not read it
            return pack(fields | {"unreadable": str(err)})

    def read_request(self, job_id: str) -> Request:
        """A job's request.

        Raises:
            IBMRuntimeError: it could not be written down, or its backend cannot be made here.
        """
        found = self._store.get_request(job_id)
        if isinstance(found, Request):
            return found
        if found is None:
            raise IBMRuntimeError(f"The request of job {job_id} is not in the store.")
        from ..codec import unpack

        fields = unpack(found)
        if "unreadable" in fields:
            raise IBMRuntimeError(
                f"The request of job {job_id} could not be written down for another process: {fields['unreadable']}"
            )
        spec = fields.pop("backend")
        if spec is None:
            raise IBMRuntimeError(f"The backend of job {job_id} was an object of the process that submitted it.")
        from ..devices.registry import backend_of

        fields["pubs"], fields["tags"] = tuple(fields["pubs"]), tuple(fields["tags"])
        request = Request(**fields, backend=backend_of(spec), settings=None)
        return replace(request, settings=self._settings(request))

    def finish(self, row: Job, result: Any) -> None:
        """Keep a result and its row, both or neither."""
        if self._store.durable:
            from ..codec import pack
            from .spans import SPANS

            result = pack(result, SPANS)
        self._store.finish(row, result)

    def read_result(self, job_id: str) -> Any:
        """A job's result."""
        found = self._store.get_result(job_id)
        if not self._store.durable:
            return found
        if found is None:
            raise IBMRuntimeError(f"The result of job {job_id} is not in the store: it was deleted.")
        from ..codec import unpack
        from .spans import SPANS

        return unpack(found, SPANS)

    def _settings(self, request: Request) -> Any:
        from ..options import EstimatorOptions, SamplerOptions, settle_estimator, settle_sampler

        if request.routine == "sampler":
            return settle_sampler(SamplerOptions(**request.options), self._unimplemented)
        if request.routine == "estimator":
            return settle_estimator(EstimatorOptions(**request.options), self._unimplemented)
        return None


def _spec(backend: Any) -> Any:
    from ..devices.registry import spec_of

    return spec_of(backend)
