"""Sessions and batches over HTTP."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack

from test.support.rest import sampler_job
from test.support.served import OTHER, Served

_LAYER = "".join(f"U(1, 1, 1) q[{i}]; ctrl @ U(1, 1, 1) q[{i}], q[{(i + 1) % 40}];" for i in range(40))
_WIDE = f"OPENQASM 3.0; qubit[40] q; bit[40] c; {_LAYER * 12} c = measure q;"
"""A ring of 40 qubits that entangles all of them: too large for any method."""


def _opened(served: Served, **fields: Any) -> str:
    return str(served.ask("POST", "/sessions", {"backend": "aer_simulator", **fields}).json["id"])


@ddt
class TestSessions(unittest.TestCase):
    """From the start of a session to its end."""

    @data("dedicated", "batch")
    def test_it_takes_jobs_until_it_is_closed(self, mode: str) -> None:
        with Served() as served:
            session = _opened(served, mode=mode)
            served.done(session_id=session, backend="aer_simulator")
            shown = served.ask("GET", f"/sessions/{session}").json
            self.assertEqual((shown["mode"], shown["accepting_jobs"]), (mode, True))
            self.assertEqual(served.ask("PATCH", f"/sessions/{session}", {"accepting_jobs": False}).status, 204)
            self.assertFalse(served.ask("GET", f"/sessions/{session}").json["accepting_jobs"])
            self.assertEqual(served.ask("POST", "/jobs", sampler_job(session_id=session)).status, 409)

    def test_closing_it_now_cancels_what_waits(self) -> None:
        with Served(held=True) as served:
            session = _opened(served)
            *_, waits = [served.submit(session_id=session) for _ in range(served.runtime.settings.lanes + 1)]
            self.assertEqual(served.ask("DELETE", f"/sessions/{session}/close").status, 204)
            served.runtime.wait(waits, 10)
            self.assertEqual(served.ask("GET", f"/jobs/{waits}").json["status"], "Cancelled")
            self.assertEqual(served.ask("GET", f"/sessions/{session}").json["state"], "closed")

    def test_a_job_can_open_its_own(self) -> None:
        with Served() as served:
            answer = served.ask("POST", "/jobs", sampler_job(start_session=True, session_time=60)).json
            shown = served.ask("GET", f"/sessions/{answer['session_id']}").json
        self.assertEqual((shown["mode"], shown["max_ttl"]), ("dedicated", 60))

    @unpack
    @data(
        ({"backend": "fake_manila"}, {}, 400),
        ({"params": {"pubs": [[_WIDE]]}}, {}, 400),
        ({"session_time": 0}, {}, 400),
        ({}, {"budget": 1e-9}, 409),
        ({}, {"plan": "open"}, 403),
    )
    def test_a_job_that_is_refused_opens_none(self, fields: dict[str, Any], settings: dict[str, Any], status: int) -> None:
        with Served(runtime=settings) as served:
            if "budget" in settings:
                served.done()
            answer = served.ask("POST", "/jobs", sampler_job(start_session=True) | fields)
            self.assertEqual(answer.status, status, answer.body)
            self.assertEqual(list(served.runtime.workloads()), [])

    @unpack
    @data(
        ({"backend": None}, 400, "backend"),
        ({"backend": "fake_nowhere"}, 404, "fake_nowhere"),
        ({"mode": "other"}, 400, "mode"),
        ({"interactive_ttl": 5}, 400, "interactive_ttl"),
        ({"max_ttl": 0}, 400, "max_ttl"),
        ({"instance": "mine"}, 400, "CRN"),
        ({"unheard": 1}, 400, "unheard"),
    )
    def test_what_is_wrong_is_named(self, fields: dict[str, Any], status: int, word: str) -> None:
        with Served() as served:
            answer = served.ask("POST", "/sessions", {"backend": "aer_simulator", **fields})
        self.assertEqual(answer.status, status)
        self.assertIn(word, answer.json["errors"][0]["message"])

    def test_the_open_plan_has_no_sessions(self) -> None:
        with Served(runtime={"plan": "open"}) as served:
            self.assertEqual(served.ask("POST", "/sessions", {"backend": "aer_simulator"}).status, 403)

    @unpack
    @data(("GET", "", None), ("PATCH", "", {"accepting_jobs": False}), ("DELETE", "/close", None))
    def test_another_instance_can_do_nothing_with_it(self, method: str, end: str, body: Any) -> None:
        with Served() as served:
            session = _opened(served)
            self.assertEqual(served.ask(method, f"/sessions/{session}{end}", body, OTHER).status, 404)
            self.assertEqual(served.ask("POST", "/jobs", sampler_job(session_id=session), OTHER).status, 404)
            self.assertTrue(served.ask("GET", f"/sessions/{session}").json["accepting_jobs"])


if __name__ == "__main__":
    unittest.main()
