"""Requests and results on their way to the store and back: objects for a memory store, bytes for one that outlives us."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers.observables_array import ObservablesArray

from ..errors import IBMBackendError, IBMError, IBMRuntimeError
from ..records.job import Job
from ..records.request import Request
from ..store import Store
from .given_noise import with_settled_noise
from .lately import Lately
from .specs import Specs

_FIELDS = ("routine", "seed", "tags", "private", "workload", "instance", "log_level", "max_execution_time", "form")
_SNAPSHOTS = ("sampler", "estimator")
"""Routines whose circuits and observables nobody changes: the primitives have made copies where somebody might."""


class Keeper:
    """Writes and reads requests and results.

    Args:
        store: where.
        unimplemented: how options not applied yet are treated when a request is read.
    """

    def __init__(self, store: Store, unimplemented: Literal["raise", "warn"]) -> None:
        self._store, self._unimplemented = store, unimplemented
        self._specs, self._lately = Specs(), Lately()

    def request(self, request: Request) -> Any:
        """A request in the store's form."""
        if not self._store.durable:
            return request
        fields: dict[str, Any] = {name: getattr(request, name) for name in _FIELDS}
        fields["tags"] = list(request.tags)
        content = {"pubs": list(request.pubs), "options": request.options, "backend": self._specs.of(request.backend)}
        unchanging = (QuantumCircuit, ObservablesArray) if request.routine in _SNAPSHOTS else ()
        try:
            return _bytes_of(fields | content, unchanging)
        except TypeError:
            content["options"] = with_settled_noise(request.options, request.settings)
        try:
            return _bytes_of(fields | content, unchanging)
        except TypeError as err:
            warnings.warn(
                f"Should this process end early, no other can run this job, since {err}. It runs here all the same.",
                UserWarning,
                stacklevel=2,
            )
            return _bytes_of(fields | {"unreadable": str(err)})

    def read_request(self, job_id: str) -> Request:
        """A job's request.

        Returns:
            One whose ``backend`` raises if it cannot be made here.

        Raises:
            IBMRuntimeError: it could not be written down.
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
        fields["pubs"], fields["tags"] = tuple(fields["pubs"]), tuple(fields["tags"])
        settings = self._settings(fields["routine"], fields["options"])
        try:
            return Request(**fields, backend=_backend(spec, job_id), settings=settings)
        except IBMError as err:
            return _WithoutBackend(**fields, backend=err, settings=settings)

    def finish(self, row: Job, result: Any) -> None:
        """Keep a result and its row, both or neither."""
        if not self._store.durable:
            self._store.finish(row, result)
            return
        from ..codec import packed
        from .spans import SPANS

        written = packed(result, SPANS)
        if written.large:
            self._store.finish(row, written)
            return
        data = bytes(written)
        self._store.finish(row, data)
        if not row.private:
            self._lately.add(row.id, result, len(data))

    def forget_result(self, job_id: str) -> bool:
        """Forget a result; whether there was one, see :class:`~qiskit_local_runtime.store.base.Store`."""
        self._lately.take(job_id)
        return self._store.forget_result(job_id)

    def read_result(self, job_id: str) -> Any:
        """A job's result."""
        lately = self._lately.take(job_id)
        if lately is not None:
            return lately
        found = self._store.get_result(job_id)
        if found is None:
            raise IBMRuntimeError(
                f"The result of job {job_id} is not in the store: it was deleted, or the job is private and it was read."
            )
        if not self._store.durable:
            return found
        from ..codec import unpack
        from .spans import SPANS

        return unpack(found, SPANS)

    def _settings(self, routine: str, options: dict[str, Any]) -> Any:
        from .. import options as models

        kinds: dict[str, tuple[Any, Any]] = {
            "sampler": (models.SamplerOptions, models.settle_sampler),
            "estimator": (models.EstimatorOptions, models.settle_estimator),
            "executor": (models.ExecutorOptions, models.settle_executor),
            "noise-learner": (models.NoiseLearnerOptions, models.settle_noise_learner),
            "noise-learner-v3": (models.NoiseLearnerV3Options, models.settle_noise_learner_v3),
        }
        if routine not in kinds:
            return None
        model, settle = kinds[routine]
        return settle(model(**options), self._unimplemented)


class _WithoutBackend(Request):
    """A request whose backend cannot be made here: all the rest can be looked at."""

    if not TYPE_CHECKING:

        @property
        def backend(self) -> Any:
            """Raises what kept it from being made."""
            raise self.__dict__["_missing"]

        @backend.setter
        def backend(self, missing: IBMError) -> None:
            self.__dict__["_missing"] = missing


def _bytes_of(value: Any, unchanging: tuple[type, ...] = ()) -> Any:
    """A request's bytes; those of a large one are made while the store writes them."""
    from ..codec import packed

    written = packed(value, unchanging=unchanging)
    return written if written.large else bytes(written)


def _backend(spec: Any, job_id: str) -> Any:
    if spec is None:
        raise IBMBackendError(
            f"The backend of job {job_id} is not known here: it was an object of the process that submitted it, such as a "
            "simulator with a noise model of its own. The job's inputs and result can be read all the same; to run it again, "
            "make the backend again."
        )
    from ..devices.registry import backend_of

    return backend_of(spec)
