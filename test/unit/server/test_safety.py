"""What a web page, a stranger or half of a call must not bring about."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack

from test.support.asgi import call
from test.support.rest import sampler_job
from test.support.served import OTHER, Served

OURS = "crn:v1:local:public:quantum-computing:us-east:a/local:local::"


@ddt
class TestOrigin(unittest.TestCase):
    """A page of another site that a browser shows sends its name with what it posts."""

    @data("http://example.com", "https://localhost.example.com", "null", "http://10.0.0.1:8788", "nonsense", "http://[bad")
    def test_pages_of_other_sites_are_refused_and_queue_nothing(self, origin: str) -> None:
        with Served() as served:
            answer = call(served.app, "POST", "/jobs", sampler_job(), headers={"Origin": origin})
            self.assertEqual(answer.status, 403)
            self.assertIn("page", answer.json["errors"][0]["message"])
            self.assertEqual(served.ask("GET", "/jobs").json["count"], 0)

    @data("http://127.0.0.1:8788", "http://localhost:3000", "http://[::1]:8788", "http://q.internal")
    def test_pages_of_this_computer_are_answered(self, origin: str) -> None:
        with Served() as served:
            self.assertEqual(call(served.app, "GET", "/versions", headers={"Origin": origin}).status, 200)


class TestStrangers(unittest.TestCase):
    """Calls that need no token."""

    def test_those_who_show_no_token_send_little(self) -> None:
        with Served(token="secret") as served:
            answer = served.ask("POST", "/identity/token", b"a=1&" * 20_000)
        self.assertEqual(answer.status, 413)


@ddt
class TestWholeOrNothing(unittest.TestCase):
    """``POST /jobs`` queues a job or does nothing."""

    @unpack
    @data(({"params": {"pubs": [["nonsense"]]}},), ({"backend": "fake_nowhere"},), ({"tags": ["\x00"]},))
    def test_a_job_that_is_refused_leaves_no_session(self, fields: dict[str, Any]) -> None:
        with Served() as served:
            answer = served.ask("POST", "/jobs", sampler_job(start_session=True) | fields)
            self.assertGreaterEqual(answer.status, 400)
            self.assertEqual(served.ask("GET", "/workloads").json["total_count"], 0)

    def test_a_job_that_the_scheduler_refuses_leaves_no_session_that_takes_jobs(self) -> None:
        with Served(runtime={"budget": 1e-9}) as served:
            served.done()
            for job in (sampler_job(start_session=True), sampler_job(start_session=True) | {"params": {"pubs": []}}):
                self.assertGreaterEqual(served.ask("POST", "/jobs", job).status, 400)
            found = served.ask("GET", "/workloads", mode="session").json["workloads"]
            self.assertFalse([each for each in found if each["accepting_jobs"]])

    def test_the_length_of_a_session_that_is_not_opened_is_refused(self) -> None:
        with Served() as served:
            answer = served.ask("POST", "/jobs", sampler_job(session_time=60))
        self.assertEqual(answer.status, 400)
        self.assertIn("session_time", answer.json["errors"][0]["message"])

    def test_asking_for_the_head_of_a_private_result_does_not_use_it_up(self) -> None:
        with Served() as served:
            job = served.done(private=True)
            self.assertEqual(served.ask("HEAD", f"/jobs/{job}/results").status, 405)
            self.assertEqual(served.ask("GET", f"/jobs/{job}/results").status, 200)


@ddt
class TestQuestions(unittest.TestCase):
    """What is asked for is looked at, or refused."""

    def test_a_parameter_that_is_there_twice_is_refused(self) -> None:
        with Served() as served:
            answer = served.ask("GET", "/jobs", limit=[1, 2])
        self.assertEqual(answer.status, 400)
        self.assertIn("limit", answer.json["errors"][0]["message"])

    @unpack
    @data((OURS, 1), (OTHER, 0))
    def test_workloads_of_an_instance(self, crn: str, count: int) -> None:
        with Served() as served:
            served.done()
            self.assertEqual(served.ask("GET", "/workloads", instance=crn).json["total_count"], count)

    def test_workloads_before_and_after_at_once_are_refused(self) -> None:
        with Served() as served:
            answer = served.ask("GET", "/workloads", next="MA==", previous="MA==")
        self.assertEqual(answer.status, 400)
        self.assertIn("previous", answer.json["errors"][0]["message"])


if __name__ == "__main__":
    unittest.main()
