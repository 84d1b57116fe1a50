"""Bytes that no client of good will sends, to a real server."""

from __future__ import annotations

import base64
import json
import socket
import unittest
import zlib
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from ddt import data, ddt, unpack

from qiskit_local_runtime.server.settings import MOST_BYTES
from qiskit_local_runtime.testing import LocalServer
from test.support.rest import COIN, Rest, sampler_job

_HOST = b"Host: 127.0.0.1\r\n"
_BOMB = base64.b64encode(zlib.compress(bytes(600_000_000), 9)).decode()
"""600 MB of nothing in 800 KB."""
_MOST_MEMORY = 1_000_000
"""Kilobytes that the server may have taken at any time: 512 MiB of unpacked input once, and itself."""


@ddt
class TestAbuse(unittest.TestCase):
    """One server for all, which must be well at the end."""

    server: ClassVar[LocalServer]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = LocalServer()
        cls.enterClassContext(cls.server)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.stop()
        said = "\n".join(cls.server.lines)
        assert "Traceback" not in said, said

    def tearDown(self) -> None:
        with Rest(self.server.url) as rest:
            self.assertEqual(rest.ask("GET", "/versions").status, 200)

    def _connected(self) -> socket.socket:
        host, port = self.server.url.removeprefix("http://").split(":")
        return socket.create_connection((host, int(port)), timeout=30)

    def _said(self, *parts: bytes) -> bytes:
        """The first bytes of the answer to some bytes."""
        with self._connected() as connection:
            for part in parts:
                connection.sendall(part)
            return connection.recv(1 << 16)

    def test_headers_without_end_are_cut_off(self) -> None:
        sent = 0
        with self._connected() as connection:
            connection.sendall(b"GET /versions HTTP/1.1\r\n" + _HOST + b"X: ")
            try:
                while sent < 64:
                    connection.sendall(b"x" * (1 << 18))
                    sent += 1
                said = connection.recv(1 << 16)
            except (BrokenPipeError, ConnectionResetError):
                said = b"HTTP/1.1 400"
        self.assertTrue(said.startswith(b"HTTP/1.1 400"), said)

    @unpack
    @data(
        (b"GET http://example.com/jobs HTTP/1.1\r\nHost: example.com\r\n\r\n", 403),
        (b"GET /api/v1/jobs HTTP/1.1\r\nHost: example.com\r\n\r\n", 403),
        (b"GET http://iam.q.internal/api/v1/versions HTTP/1.1\r\nHost: iam.q.internal\r\n\r\n", 200),
        (b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 400),
        (b"GET /api/v1/versions HTTP/1.0\r\n\r\n", 200),
        (b"HEAD /api/v1/jobs HTTP/1.1\r\n" + _HOST + b"\r\n", 200),
        (b"OPTIONS /api/v1/jobs HTTP/1.1\r\n" + _HOST + b"\r\n", 405),
        (b"PATCH /api/v1/jobs HTTP/1.1\r\n" + _HOST + b"\r\n", 405),
        (b"BREW /api/v1/jobs HTTP/1.1\r\n" + _HOST + b"\r\n", 400),
        (b"GET /api/v1/jobs/../../etc/passwd HTTP/1.1\r\n" + _HOST + b"\r\n", 404),
        (b"GET /api/v1/backends/%2e%2e%2f%2e%2e%2fetc%2fpasswd/configuration HTTP/1.1\r\n" + _HOST + b"\r\n", 404),
        (b"GET /api/v1/backends/..%5cx/properties HTTP/1.1\r\n" + _HOST + b"\r\n", 404),
        (b"GET /api/v1/jobs/%00 HTTP/1.1\r\n" + _HOST + b"\r\n", 404),
        (b"GET /api/v1/jobs/%ff%fe HTTP/1.1\r\n" + _HOST + b"\r\n", 404),
        (b"GET /api/v1/jobs/ HTTP/1.1\r\n" + _HOST + b"\r\n", 404),
        (b"GET /api/v1/jobs/" + b"a" * 10**6 + b" HTTP/1.1\r\n" + _HOST + b"\r\n", 400),
        (b"GET /api/v1/jobs HTTP/1.1\r\nService-CRN: \xff\xfe\r\n" + _HOST + b"\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), 400),
        (b"POST /api/v1/jobs HTTP/1.1\r\nContent-Length: -5\r\n" + _HOST + b"\r\n", 400),
        (b"POST /api/v1/jobs HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" + _HOST + b"\r\n0\r\n\r\n", 400),
    )
    def test_odd_requests_are_answered_with(self, sent: bytes, status: int) -> None:
        self.assertEqual(int(self._said(sent).split()[1]), status)

    def test_a_body_that_says_it_is_too_large_is_refused_unread(self) -> None:
        said = self._said(b"POST /api/v1/jobs HTTP/1.1\r\nContent-Length: %d\r\n" % (MOST_BYTES + 1) + _HOST + b"\r\n{")
        self.assertIn(b" 413 ", said)

    def test_a_body_that_grows_too_large_is_refused(self) -> None:
        piece = b"100000\r\n" + b"[" * (1 << 20) + b"\r\n"
        pieces = [piece] * (MOST_BYTES // (1 << 20) + 1)
        said = self._said(b"POST /api/v1/jobs HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + _HOST + b"\r\n", *pieces)
        self.assertIn(b" 413 ", said)

    @data(
        b"[" * 200_000,
        b'{"program_id": "sampler", "program_id": "estimator"}',
        b'{"program_id": NaN}',
        b'{"program_id": 1' + b"0" * 5000 + b"}",
        b'{"program_id": "\xff"}',
        b'{"program_id": "\\ud800"}',
        b'{"program_id": "sampler", "backend": "aer_simulator", "params": {"pubs": [["\\ud800"]]}}',
        b'{"program_id": "sampler", "backend": "aer_simulator", "params": {"\\ud800": 1}}',
        b"[]",
        b"null",
        json.dumps({f"x{i}": 1 for i in range(20_000)}).encode(),
    )
    def test_odd_bodies_are_refused_in_few_words(self, body: bytes) -> None:
        with Rest(self.server.url) as rest:
            answer = rest.ask("POST", "/jobs", body)
        self.assertEqual(answer.status, 400)
        self.assertLess(len(answer.body), 3000)
        self.assertTrue(answer.json["errors"][0]["message"])

    def _refused(self, params: dict[str, Any]) -> str:
        with Rest(self.server.url) as rest:
            answer = rest.ask("POST", "/jobs", sampler_job() | {"params": params})
        self.assertEqual(answer.status, 400, answer.body)
        self.assertLess(_peak(self.server.pid), _MOST_MEMORY)
        return str(answer.json["errors"][0]["message"])

    @data("QuantumCircuit", "ndarray", "Instruction")
    def test_what_unpacks_to_too_much_is_refused(self, kind: str) -> None:
        self.assertIn("512 MiB", self._refused({"pubs": [[{"__type__": kind, "__value__": _BOMB}]]}))

    def test_a_circuit_that_unpacks_to_too_much_is_refused(self) -> None:
        self.assertIn("512 MiB", self._refused({"pubs": [[_BOMB]]}))

    @data(
        {"__type__": "os.system", "__value__": "id"},
        {"__type__": "settings", "__module__": "os", "__class__": "system", "__value__": {"command": "id"}},
        {"__type__": "Result", "__value__": {}},
        {"__type__": ["a"], "__value__": 1},
        {"__type__": None},
    )
    def test_other_types_than_those_named_are_refused(self, value: dict[str, Any]) -> None:
        self._refused({"pubs": [[value]]})

    @data(
        "OPENQASM 3.0; qubit[1000000000] q;",
        "OPENQASM 3.0; bit[1000000000] q;",
        'OPENQASM 3.0; include "/etc/passwd";',
        'OPENQASM 2.0; include "/etc/passwd";',
        "OPENQASM 3.0; bit a; a=" + "(" * 5000 + "1" + ")" * 5000 + ";",
        "OPENQASM 2.0; qreg q[1]; U(" + "(" * 50_000 + "1" + ")" * 50_000 + ",0,0) q[0];",
    )
    def test_circuits_made_to_do_harm_are_refused(self, text: str) -> None:
        self.assertNotIn("root:", self._refused({"pubs": [[text]]}))

    @data(10**12, 10**18, 10**30)
    def test_more_shots_than_there_is_memory_for_are_refused(self, shots: int) -> None:
        self._refused({"pubs": [[COIN, None, shots]]})

    @data("x\x1fy", "\ud800", "x" * 513)
    def test_tags_in_the_options_are_no_other_than_those_beside_them(self, tag: str) -> None:
        self._refused({"pubs": [[COIN]], "options": {"environment": {"job_tags": [tag]}}})

    def test_a_thousand_idle_connections_do_not_keep_a_call_from_its_answer(self) -> None:
        with ExitStack() as stack:
            for _ in range(1000):
                stack.enter_context(self._connected())
            with Rest(self.server.url) as rest:
                self.assertEqual(rest.ask("GET", "/jobs?limit=1").status, 200)


def _peak(pid: int) -> int:
    """Kilobytes a process has taken at most; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    unittest.main()
