"""Jobs over HTTP."""

from __future__ import annotations

import unittest
from typing import Any
from urllib.parse import parse_qs

from ddt import data, ddt, unpack

from test.support.rest import sampler_job
from test.support.served import OTHER, Served


class TestLife(unittest.TestCase):
    """A job from its start to its end."""

    def test_a_job_is_run_and_read(self) -> None:
        with Served() as served:
            job = served.done(tags=["a", "a", "b"], shots=7)
            shown = served.ask("GET", f"/jobs/{job}").json
            self.assertEqual((shown["status"], shown["tags"], shown["program"]), ("Completed", ["a", "b"], {"id": "sampler"}))
            self.assertEqual(shown["params"]["pubs"][0][2], 7)
            self.assertNotIn("params", served.ask("GET", f"/jobs/{job}", exclude_params="true").json)
            answer = served.ask("GET", f"/jobs/{job}/results")
            self.assertEqual(answer.headers["content-type"].split(";")[0], "text/plain")
            self.assertEqual(len(answer.json["results"][0]["data"]["c"]["samples"]), 7)
            self.assertEqual(served.ask("GET", f"/jobs/{job}/metrics").json["usage"]["status"], "done")
            self.assertEqual(served.ask("GET", f"/jobs/{job}/logs").status, 200)

    def test_a_job_that_has_not_ended_has_no_result_and_can_be_cancelled_once(self) -> None:
        with Served(held=True) as served:
            job = served.submit()
            self.assertEqual(served.ask("GET", f"/jobs/{job}/results").status, 204)
            self.assertEqual(served.ask("DELETE", f"/jobs/{job}").status, 409)
            self.assertEqual(served.ask("POST", f"/jobs/{job}/cancel").status, 204)
            served.runtime.wait(job, 10)
            self.assertEqual(served.ask("GET", f"/jobs/{job}").json["state"]["status"], "Cancelled")
            self.assertEqual(served.ask("POST", f"/jobs/{job}/cancel").status, 409)

    def test_a_deleted_job_is_gone(self) -> None:
        with Served() as served:
            job = served.done()
            self.assertEqual(served.ask("DELETE", f"/jobs/{job}").status, 204)
            self.assertEqual(served.ask("GET", f"/jobs/{job}").status, 404)

    def test_a_private_job_hides_its_parameters_and_is_read_once(self) -> None:
        with Served() as served:
            job = served.done(private=True)
            self.assertEqual(served.ask("GET", f"/jobs/{job}").json["params"], {})
            self.assertEqual(served.ask("GET", f"/jobs/{job}/results").status, 200)
            self.assertGreaterEqual(served.ask("GET", f"/jobs/{job}/results").status, 400)

    def test_tags_are_replaced(self) -> None:
        with Served() as served:
            job = served.done(tags=["old"])
            self.assertEqual(served.ask("PUT", f"/jobs/{job}/tags", {"tags": ["new"]}).status, 204)
            self.assertEqual(served.ask("GET", f"/jobs/{job}").json["tags"], ["new"])


@ddt
class TestRefusals(unittest.TestCase):
    """What ``POST /jobs`` does not take."""

    @unpack
    @data(
        ({"program_id": "circuit-runner"}, 404, "circuit-runner"),
        ({"backend": "fake_nowhere"}, 404, "fake_nowhere"),
        ({"backend": None}, 400, "backend"),
        ({"session_id": "none"}, 404, "none"),
        ({"cost": 0}, 400, "cost"),
        ({"cost": 10_801}, 400, "cost"),
        ({"runtime": "image"}, 400, "runtime"),
        ({"calibration_id": "x"}, 400, "calibration_id"),
        ({"unheard": 1}, 400, "unheard"),
        ({"tags": ["x" * 513]}, 400, "tags"),
        ({"tags": [f"{i}" for i in range(51)]}, 400, "tags"),
        ({"params": {"pubs": [["OPENQASM 3.0; qubit q;"]], "options": {"nope": 1}}}, 400, "nope"),
        ({"params": {"pubs": []}}, 400, "pub"),
        ({"params": {"pubs": [["OPENQASM 3.0; qubit q; bit c; c = measure q;"]]}}, 400, "a classical register"),
        ({"program_id": "estimator", "params": {"pubs": [["OPENQASM 3.0; qubit q;", "Q"]]}}, 400, "found 'q'"),
    )
    def test_it_is_named_and_nothing_is_queued(self, fields: dict[str, Any], status: int, word: str) -> None:
        with Served() as served:
            answer = served.ask("POST", "/jobs", sampler_job() | fields)
            self.assertEqual(answer.status, status, answer.body)
            self.assertIn(word, answer.json["errors"][0]["message"].lower())
            self.assertEqual(served.ask("GET", "/jobs").json["count"], 0)


@ddt
class TestList(unittest.TestCase):
    """``GET /jobs``."""

    @unpack
    @data(
        ({}, 3),
        ({"tags": "x"}, 2),
        ({"tags": ["x", "y"]}, 1),
        ({"tags": "x,y"}, 1),
        ({"pending": "true"}, 0),
        ({"pending": "false"}, 3),
        ({"program": "sampler"}, 3),
        ({"program": "estimator"}, 0),
        ({"program": "nothing"}, 0),
        ({"backend": "aer_simulator"}, 3),
        ({"backend": "fake_fez"}, 0),
        ({"session_id": "none"}, 0),
        ({"created_after": "2000-01-01T00:00:00Z"}, 3),
        ({"created_before": "2000-01-01T00:00:00"}, 0),
    )
    def test_filters_count_right(self, query: dict[str, Any], count: int) -> None:
        with Served() as served:
            for tags in ([], ["x"], ["x", "y"]):
                served.done(tags=tags)
            self.assertEqual(served.ask("GET", "/jobs", **query).json["count"], count)

    @unpack
    @data(("tags=a,b", 1), ("tags=c,a", 2), ("tags=a%2Cb&tags=c", 1), ("tags=a,c&tags=b", 0), ("tags=", 3))
    def test_a_comma_is_part_of_a_tag_that_a_job_has_and_stands_between_tags_otherwise(self, query: str, count: int) -> None:
        with Served() as served:
            for tags in (["a,b", "c"], ["a", "b", "c"], ["a", "c"]):
                served.done(tags=tags)
            found = served.ask("GET", "/jobs", **parse_qs(query, keep_blank_values=True))
        self.assertEqual(found.json["count"], count)

    def test_a_tag_of_another_instance_with_a_comma_is_not_heard_of(self) -> None:
        with Served() as served:
            served.done(OTHER, tags=["a,b"])
            served.done(tags=["a", "b"])
            self.assertEqual(served.ask("GET", "/jobs", tags="a,b").json["count"], 1)

    def test_pages_cover_all_jobs_once_newest_first(self) -> None:
        with Served() as served:
            jobs = [served.done() for _ in range(5)]
            pages = [served.ask("GET", "/jobs", limit=2, offset=start).json for start in (0, 2, 4)]
        self.assertEqual([job["id"] for page in pages for job in page["jobs"]], jobs[::-1])
        self.assertEqual({page["count"] for page in pages}, {5})

    @data({"limit": 0}, {"offset": -1}, {"sort": "UP"}, {"backned": "x"}, {"created_after": "yesterday"})
    def test_what_is_no_filter_is_refused(self, query: dict[str, Any]) -> None:
        with Served() as served:
            answer = served.ask("GET", "/jobs", **query)
        self.assertEqual(answer.status, 400)
        self.assertIn(next(iter(query)), answer.json["errors"][0]["message"])


@ddt
class TestInstances(unittest.TestCase):
    """Jobs belong to the instance of the CRN they were sent with."""

    @unpack
    @data(
        ("GET", "/jobs/{}", None),
        ("GET", "/jobs/{}/results", None),
        ("GET", "/jobs/{}/metrics", None),
        ("GET", "/jobs/{}/logs", None),
        ("PUT", "/jobs/{}/tags", {"tags": ["mine"]}),
        ("POST", "/jobs/{}/cancel", None),
        ("DELETE", "/jobs/{}", None),
    )
    def test_another_instance_can_do_nothing_with_them(self, method: str, path: str, body: Any) -> None:
        with Served() as served:
            job = served.done(tags=["theirs"])
            found = served.ask(method, path.format(job), body, OTHER)
            self.assertEqual(found.status, 404)
            missing = served.ask(method, path.format("f" * 32), body, OTHER)
            self.assertEqual(found.json["errors"][0]["code"], missing.json["errors"][0]["code"])
            self.assertEqual(served.ask("GET", f"/jobs/{job}").json["tags"], ["theirs"])

    def test_another_instance_lists_none_of_them_nor_their_tags(self) -> None:
        with Served() as served:
            served.done(tags=["theirs"])
            mine = served.done(OTHER, tags=["mine"])
            self.assertEqual([job["id"] for job in served.ask("GET", "/jobs", crn=OTHER).json["jobs"]], [mine])
            self.assertEqual(served.ask("GET", "/tags", crn=OTHER).json, {"tags": ["mine"]})
            workloads = served.ask("GET", "/workloads", crn=OTHER).json
            self.assertEqual([each["id"] for each in workloads["workloads"]], [mine])


if __name__ == "__main__":
    unittest.main()
