"""Which hosts the server answers for."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack
from starlette.responses import PlainTextResponse

from qiskit_local_runtime.server.doorway import Doorway
from qiskit_local_runtime.server.settings import ServerSettings
from test.support.asgi import Answer, call


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse(scope["path"])(scope, receive, send)


def _got(path: str, called: str, **settings: Any) -> Answer:
    return call(Doorway(_echo, ServerSettings(**settings)), "GET", path, host=called)


@ddt
class TestDoorway(unittest.TestCase):
    """``Doorway``."""

    @data(
        "127.0.0.1", "127.0.0.1:8788", "localhost:80", "[::1]:8788", "q.internal", "iam.q.internal", "LOCALHOST", "q.internal."
    )
    def test_its_own_hosts_are_answered(self, host: str) -> None:
        self.assertEqual(_got("/jobs", host).status, 200)

    @data("example.com", "cloud.ibm.com", "evilq.internal", "10.0.0.1", "q.internal.example.com", "", "[bad")
    def test_all_others_are_refused(self, host: str) -> None:
        answer = _got("/jobs", host)
        self.assertEqual(answer.status, 403)
        self.assertIn("forwards nothing", answer.json["errors"][0]["message"])

    def test_a_server_for_others_is_called_by_its_addresses_and_given_names(self) -> None:
        more: dict[str, Any] = {"host": "0.0.0.0", "token": "t", "names": ("lab.example",)}
        self.assertEqual(_got("/jobs", "10.0.0.1:8788", **more).status, 200)
        self.assertEqual(_got("/jobs", "lab.example", **more).status, 200)
        self.assertEqual(_got("/jobs", "example.com", **more).status, 403)

    @unpack
    @data(
        ("/api/v1/jobs", "/jobs"),
        ("/experimental/api/v1/jobs/1", "/jobs/1"),
        ("/v1/jobs", "/jobs"),
        ("/api/jobs", "/jobs"),
        ("/jobs", "/jobs"),
        ("/api/v1", "/"),
        ("/apiary", "/apiary"),
        ("http://quantum.q.internal/api/v1/jobs", "/jobs"),
    )
    def test_prefixes_are_taken_away(self, path: str, expected: str) -> None:
        self.assertEqual(_got(path, "q.internal").body.decode(), expected)

    def test_a_proxy_request_for_another_host_is_refused_whatever_its_header_says(self) -> None:
        self.assertEqual(_got("http://example.com/jobs", "127.0.0.1").status, 403)

    def test_the_catalogue_has_paths_of_its_own(self) -> None:
        self.assertEqual(_got("/api/v1/plan", "globalcatalog.q.internal").body, b"/catalog/plan")


if __name__ == "__main__":
    unittest.main()
