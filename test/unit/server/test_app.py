"""What happens around each route."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from ddt import data, ddt, unpack

from qiskit_local_runtime.server.app import ROUTES
from test.support.asgi import call
from test.support.served import Served


@ddt
class TestApp(unittest.TestCase):
    """``create_app``."""

    def test_an_unknown_path_and_method_are_answered_as_errors_are(self) -> None:
        with Served() as served:
            for method, path, status in (("GET", "/nowhere", 404), ("PATCH", "/jobs", 405), ("GET", "/jobs/", 404)):
                answer = served.ask(method, path)
                self.assertEqual(answer.status, status)
                self.assertEqual(set(answer.json["errors"][0]), {"code", "message", "more_info", "solution"})
            self.assertIn("GET", served.ask("PATCH", "/jobs").headers["allow"])

    def test_every_route_but_the_public_ones_asks_for_the_token(self) -> None:
        with Served(token="secret") as served:
            for each in ROUTES:
                with self.subTest(f"{each.method} {each.path}"):
                    status = served.ask(each.method, each.path.replace("{id}", "x")).status
                    self.assertEqual(status == 401, not each.public)

    @data("apikey secret", "Bearer secret")
    def test_the_token_opens(self, said: str) -> None:
        with Served(token="secret") as served:
            self.assertEqual(call(served.app, "GET", "/jobs", headers={"Authorization": said}).status, 200)

    def test_a_body_that_is_too_large_is_refused(self) -> None:
        with Served(most_bytes=100) as served:
            answer = served.ask("POST", "/jobs", b"x" * 101)
        self.assertEqual(answer.status, 413)
        self.assertIn("100 bytes", answer.json["errors"][0]["message"])

    def test_a_body_that_says_it_is_too_large_is_not_read(self) -> None:
        with Served(most_bytes=100) as served:
            answer = call(served.app, "POST", "/jobs", b"", headers={"Content-Length": "101"})
        self.assertEqual(answer.status, 413)

    def test_a_body_that_does_not_come_is_waited_for_no_longer_than_is_allowed(self) -> None:
        with Served(body_seconds=0.05) as served:
            sent = asyncio.run(_without_a_body(served.app))
        self.assertEqual(sent[0]["status"], 408)

    @unpack
    @data(({"Service-CRN": "mine"}, "Service-CRN"), ({"IBM-API-Version": "2023-12-31"}, "IBM-API-Version"))
    def test_a_wrong_header_is_named(self, headers: dict[str, str], name: str) -> None:
        with Served() as served:
            answer = call(served.app, "GET", "/jobs", headers=headers)
        self.assertEqual(answer.status, 400)
        self.assertIn(name, answer.json["errors"][0]["message"])


async def _without_a_body(app: Any) -> list[Any]:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/jobs",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", b"10")],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


if __name__ == "__main__":
    unittest.main()
