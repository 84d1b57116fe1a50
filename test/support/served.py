"""A runtime in memory and the application that serves it, without a network."""

from __future__ import annotations

from typing import Any, Self

from qiskit_local_runtime import LocalRuntime
from qiskit_local_runtime.server.app import create_app
from qiskit_local_runtime.server.context import Context
from qiskit_local_runtime.server.settings import ServerSettings
from qiskit_local_runtime.testing import HandEngine
from test.support.asgi import Answer, call
from test.support.hand import HeldRoutine
from test.support.rest import sampler_job

OTHER = "crn:v1:bluemix:public:quantum-computing:us-east:a/someone:else::"
"""The CRN of another instance."""


class Served:
    """A context manager.

    Args:
        held: jobs get to the QPU and stay there.
        settings: of the server.
    """

    def __init__(self, held: bool = False, runtime: dict[str, Any] | None = None, **settings: Any) -> None:
        more = runtime or {}
        hands: dict[str, Any] = {"engine": HandEngine(), "routines": {"sampler": HeldRoutine()}} if held else {}
        self.runtime = LocalRuntime(**hands, **more)
        self.app = create_app(Context(self.runtime, ServerSettings(**settings)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.runtime.close()

    def ask(self, method: str, path: str, body: Any = None, crn: str | None = None, **query: Any) -> Answer:
        """One call, in the name of an instance."""
        return call(self.app, method, path, body, query, {} if crn is None else {"Service-CRN": crn})

    def submit(self, crn: str | None = None, **job: Any) -> str:
        """The id of a new job."""
        answer = self.ask("POST", "/jobs", sampler_job(**job), crn)
        if answer.status != 200:
            raise AssertionError(f"expected 200, found {answer.status}: {answer.body.decode()}")
        return str(answer.json["id"])

    def done(self, crn: str | None = None, **job: Any) -> str:
        """The id of a new job that has ended."""
        job_id = self.submit(crn, **job)
        if not self.runtime.wait(job_id, 30):
            raise AssertionError(f"expected job {job_id} to end within 30 s")
        return job_id
