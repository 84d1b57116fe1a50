"""Plain calls to a server over one connection, as the REST guide makes them."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any, Self

from test.support.asgi import Answer

_PATIENCE = 60.0
FINAL = ("Completed", "Failed", "Cancelled", "Cancelled - Ran too long")

COIN = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; qubit[1] q; h q[0]; c = measure q;'
"""A fair coin."""
SLOW = 'OPENQASM 3.0; include "stdgates.inc"; bit[20] c; qubit[20] q;' + "".join(
    f"h q[{i}]; rz(0.{i + 1}) q[{i}]; cx q[{i}], q[{(i + 1) % 20}];" for i in range(20)
) * 20 + "c = measure q;"  # fmt: skip
"""Some seconds of work."""


class Rest:
    """A keep-alive connection; a context manager.

    Args:
        url: the server's.
        headers: sent with every call.
    """

    def __init__(self, url: str, **headers: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=_PATIENCE)
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """One call; a body that is no bytes goes as JSON."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body)
        try:
            self._connection.request(method, f"/api/v1{path}", body=sent, headers=self._headers)
            response = self._connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
        except BaseException:
            # the next call opens it anew
            self._connection.close()
            raise

    def submit(self, **job: Any) -> str:
        """The id of a new job: a coin on a simulator where nothing else is said."""
        answer = self.ask("POST", "/jobs", sampler_job(**job))
        if answer.status != 200:
            raise AssertionError(f"expected 200, found {answer.status}: {answer.body.decode()}")
        return str(answer.json["id"])

    def status(self, job_id: str) -> str:
        """How far a job has come."""
        return str(self.ask("GET", f"/jobs/{job_id}?exclude_params=true").json["status"])

    def until(self, job_id: str, *wanted: str) -> str:
        """Wait until a job has one of these statuses, or has ended."""
        end = time.monotonic() + _PATIENCE
        while (found := self.status(job_id)) not in (*wanted, *FINAL):
            if time.monotonic() > end:
                raise AssertionError(f"expected {wanted or FINAL}, found {found} after {_PATIENCE} s")
            time.sleep(0.005)
        return found

    def samples(self, job_id: str, register: str = "c") -> list[str]:
        """A sampler job's shots."""
        data = self.ask("GET", f"/jobs/{job_id}/results").json["results"][0]["data"]
        return list(data[register]["samples"])


def sampler_job(
    circuit: str = COIN, backend: str = "aer_simulator", shots: int = 100, seed: int | None = None, **fields: Any
) -> dict[str, Any]:
    """The body of ``POST /jobs``."""
    options = {} if seed is None else {"simulator": {"seed_simulator": seed}}
    params = {"pubs": [[circuit, None, shots]], "options": options, "version": 2}
    return {"program_id": "sampler", "backend": backend, "params": params, **fields}
