"""The calls of IBM's guides to the REST API, by ``requests``, with another base URL."""

from __future__ import annotations

import base64
import io
import time
import unittest
import zlib
from collections import Counter
from math import pi
from typing import Any, ClassVar

import requests
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit, qpy

from qiskit_local_runtime.testing import LocalServer

BACKEND = "ibm_fez"
CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/0123456789abcdef:11111111-2222-3333-4444-555555555555::"
TRANSPILED = {"transpilation": {"optimization_level": 1}}
ONES = """
OPENQASM 3;
include "stdgates.inc";
qreg q[2];
creg c[2];
x q[0];
cx q[0], q[1];
c[0] = measure q[0];
c[1] = measure q[1];
"""
ISA_ONES = 'OPENQASM 3; include "stdgates.inc"; bit[2] c; x $0; x $1; c[0] = measure $0; c[1] = measure $1;'
_ROTATIONS = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] theta;
input float[64] phi;
qubit[2] q;
rx(theta) q[0];
ry(phi) q[1];
cx q[0], q[1];
"""
ROTATED = _ROTATIONS
MEASURED = _ROTATIONS.replace("qubit[2] q;", "qubit[2] q; bit[2] c;") + "c = measure q;"
NOISY = 0.08
"""More than what ibm_fez's noise and the shots take from an expectation value of one."""


class Account:
    """What the guides call the account: a token from an API key, and an instance."""

    def __init__(self, server: LocalServer) -> None:
        self.api = server.api
        # as the guide has it, with the misspelt content type
        asked = requests.post(
            f"{server.url}/identity/token",
            headers={"Content-Type": "application/x-www-form-urlendcoded"},
            data="grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=MY_APIKEY",
        )
        self.token: dict[str, Any] = asked.json()
        self.headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token['access_token']}",
            "Service-CRN": CRN,
        }

    def call(self, method: str, path: str, body: Any = None, version: str | None = None) -> requests.Response:
        """One call."""
        more = {} if version is None else {"IBM-API-Version": version}
        return requests.request(method, f"{self.api}{path}", json=body, headers=self.headers | more, timeout=60)

    def submit(self, program: str, params: dict[str, Any], **more: Any) -> requests.Response:
        """``POST /jobs``."""
        return self.call("POST", "/jobs", {"program_id": program, "backend": BACKEND, "params": params, **more})

    def run(self, program: str, params: dict[str, Any], **more: Any) -> tuple[str, Any]:
        """Id and result of a job that must succeed."""
        submitted = self.submit(program, params, **more)
        assert submitted.status_code == 200, submitted.text
        job_id = submitted.json()["id"]
        ended = self.wait(job_id)
        assert ended["state"] == {"status": "Completed"}, ended
        return job_id, self.call("GET", f"/jobs/{job_id}/results").json()

    def wait(self, job_id: str) -> Any:
        """A job once it has ended."""
        while (job := self.call("GET", f"/jobs/{job_id}").json())["state"]["status"] in ("Queued", "Running"):
            time.sleep(0.01)
        return job


class _WithServer(unittest.TestCase):
    server: ClassVar[LocalServer]
    account: ClassVar[Account]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = cls.enterClassContext(LocalServer())
        cls.account = Account(cls.server)


@ddt
class TestPrimitives(_WithServer):
    """Sampler and Estimator."""

    def test_a_sampler_job_returns_the_samples_of_each_pub(self) -> None:
        _, result = self.account.run("sampler", {"pubs": [[ONES], [ONES, None, 500]], "options": TRANSPILED})
        samples = [pub["data"]["c"]["samples"] for pub in result["results"]]
        self.assertEqual([len(each) for each in samples], [4096, 500])
        self.assertEqual(result["results"][0]["data"]["c"]["num_bits"], 2)
        for each in samples:
            self.assertGreater(Counter(each)["0x3"] / len(each), 1 - NOISY)

    def test_a_transpiled_circuit_needs_no_transpilation(self) -> None:
        _, result = self.account.run("sampler", {"pubs": [[ISA_ONES, None, 100]]})
        self.assertGreater(result["results"][0]["data"]["c"]["samples"].count("0x3"), 85)

    def test_a_circuit_that_is_not_transpiled_is_refused_and_told_how_to_do_it(self) -> None:
        refused = self.account.submit("sampler", {"pubs": [[ONES]]})
        self.assertEqual(refused.status_code, 400)
        error = refused.json()["errors"][0]
        self.assertIn("The instruction cx on qubits (0, 1) is not supported by the target system", error["message"])
        self.assertIn("optimization_level", error["solution"])

    @data(True, False)
    def test_a_circuit_may_be_qpy_in_base64(self, compressed: bool) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.x([0, 1])
        circuit.measure([0, 1], [0, 1])
        buffer = io.BytesIO()
        qpy.dump(circuit, buffer)
        raw = zlib.compress(buffer.getvalue()) if compressed else buffer.getvalue()
        _, result = self.account.run("sampler", {"pubs": [[base64.b64encode(raw).decode(), None, 100]]})
        self.assertGreater(result["results"][0]["data"]["c"]["samples"].count("0x3"), 85)

    @data(
        {"dynamical_decoupling": {"enable": True, "sequence_type": "XpXm", "extra_slack_distribution": "middle"}},
        {"dynamical_decoupling": {"enable": True, "sequence_type": "XY4", "scheduling_method": "alap"}},
        {
            "twirling": {
                "enable_gates": True,
                "enable_measure": True,
                "num_randomizations": "auto",
                "shots_per_randomization": "auto",
                "strategy": "active-accum",
            }
        },
    )
    def test_the_sampler_does_what_the_guides_options_ask_for(self, options: dict[str, Any]) -> None:
        _, result = self.account.run("sampler", {"pubs": [[ONES, None, 256]], "options": TRANSPILED | options, "version": 2})
        self.assertGreater(result["results"][0]["data"]["c"]["samples"].count("0x3"), 256 * (1 - NOISY))
        for name, values in options.items():
            self.assertTrue(result["metadata"][name].items() >= {k: v for k, v in values.items() if v != "auto"}.items())

    @data(({"theta": pi, "phi": 0.0}, "0x3"), ([pi, 0.0], "0x2"), ([[pi, 0.0]], "0x2"))
    @unpack
    def test_parameter_values_are_a_dictionary_or_a_list_by_the_order_of_the_names(self, values: Any, likely: str) -> None:
        _, result = self.account.run("sampler", {"pubs": [[MEASURED, values, 200]], "options": TRANSPILED})
        samples = result["results"][0]["data"]["c"]["samples"]
        samples = samples[0] if isinstance(samples[0], list) else samples
        self.assertEqual(Counter(samples).most_common(1)[0][0], likely)

    def test_an_observable_is_a_text_or_a_sum_by_terms_and_may_come_in_lists(self) -> None:
        pubs = [
            [ONES, {"ZZ": 1, "IZ": 2.5}, None],
            [ROTATED, ["ZZ", "IZ", {"ZI": -1.0}], [0.0, 0.0]],
            [ROTATED, [["ZZ"], ["IZ"]], [[0.0, 0.0], [0.0, pi]]],
            [ROTATED, "ZZ", {"theta": 0.0, "phi": 0.0}, 0.05],
        ]
        _, result = self.account.run("estimator", {"pubs": pubs, "options": TRANSPILED})
        values = [pub["data"]["evs"] for pub in result["results"]]
        expected = [1 - 2.5, [1, 1, -1], [[1, 1], [1, -1]], 1]
        self.assertLess(abs(values[0] - expected[0]), 3.5 * NOISY)
        self.assertTrue(all(abs(a - b) < NOISY for a, b in zip(values[1], expected[1], strict=True)), values[1])
        self.assertEqual([len(row) for row in values[2]], [2, 2])
        self.assertTrue(all(abs(a - 1) < NOISY for a in (values[2][0][0], values[2][1][0], values[3])), values)
        self.assertTrue(all(abs(abs(a) - 1) < NOISY for row in values[2] for a in row), values[2])
        self.assertEqual(result["results"][3]["metadata"]["target_precision"], 0.05)

    @data(0, 1, 2)
    def test_the_estimator_has_three_resilience_levels(self, level: int) -> None:
        _, result = self.account.run("estimator", {"pubs": [[ONES, "ZZ"]], "options": TRANSPILED | {"resilience_level": level}})
        mitigation = result["metadata"]["resilience"]
        self.assertEqual((mitigation["measure_mitigation"], mitigation["zne_mitigation"]), (level >= 1, level == 2))
        self.assertLess(abs(result["results"][0]["data"]["evs"] - 1), 2 * NOISY)

    def test_trex_and_zne_as_in_the_guide(self) -> None:
        zne = {"extrapolator": ["exponential", "linear"], "noise_factors": [1, 3, 5]}
        resilience = {"measure_mitigation": True, "zne_mitigation": True, "zne": zne}
        _, result = self.account.run(
            "estimator", {"pubs": [[ROTATED, "ZZ", [0.0, 0.0]]], "options": TRANSPILED | {"resilience": resilience}}
        )
        self.assertEqual(result["metadata"]["resilience"]["zne"]["noise_factors"], [1, 3, 5])
        self.assertEqual(len(result["results"][0]["data"]["evs_noise_factors"]), 3)

    @data(
        ("sampler", {"pubs": [[ONES]], "options": {"twirlling": {}}}, "twirlling"),
        ("sampler", {"pubs": [[ONES]], "version": 1}, "version"),
        ("sampler", {"pubs": [["OPENQASM 3; nonsense"]]}, "PUB 0"),
        ("estimator", {"pubs": [[ONES]]}, "observables"),
        ("estimator", {"pubs": [[ROTATED, "ZZ", [1.0]]], "options": TRANSPILED}, "PUB 0"),
        ("samplr", {}, "samplr"),
    )
    @unpack
    def test_what_is_wrong_is_refused_by_name(self, program: str, params: dict[str, Any], named: str) -> None:
        refused = self.account.submit(program, params)
        self.assertIn(refused.status_code, (400, 404))
        self.assertIn(named, refused.json()["errors"][0]["message"])
        self.assertEqual(set(refused.json()), {"trace", "errors"})


class TestModes(_WithServer):
    """Sessions and batches."""

    def test_a_session_from_the_first_call_to_the_last(self) -> None:
        opened = self.account.call("POST", "/sessions", {"backend": BACKEND, "mode": "dedicated"})
        self.assertEqual(opened.status_code, 200)
        path, session = f"/sessions/{opened.json()['id']}", opened.json()
        self.assertEqual((session["state"], session["accepting_jobs"], session["mode"]), ("open", True, "dedicated"))
        pubs = [[ROTATED, ["ZZ", "XX", "IZ", "ZI"], [0.1, 0.2]]]
        options = TRANSPILED | {"twirling": {"enable_gates": True, "enable_measure": True}}
        params = {"pubs": pubs, "options": options, "version": 2}
        job_id, result = self.account.run("estimator", params, session_id=session["id"])
        self.assertEqual(len(result["results"][0]["data"]["evs"]), 4)
        self.assertEqual(self.account.call("GET", f"/jobs/{job_id}").json()["session_id"], session["id"])
        self.assertEqual(self.account.call("GET", path).json()["state"], "active")
        self.assertEqual(self.account.call("PATCH", path, {"accepting_jobs": False}).status_code, 204)
        self.assertEqual(self.account.call("GET", path).json()["state"], "closed")
        refused = self.account.submit("estimator", params, session_id=session["id"])
        self.assertEqual((refused.status_code, refused.json()["errors"][0]["message"]), (409, "The session is closed."))

    def test_a_session_ends_at_once_by_delete(self) -> None:
        session = self.account.call("POST", "/sessions", {"backend": BACKEND, "instance": CRN, "max_ttl": 600}).json()
        self.assertEqual(session["max_ttl"], 600)
        closed = self.account.call("DELETE", f"/sessions/{session['id']}/close")
        self.assertEqual((closed.ok, closed.text), (True, ""))
        self.assertEqual(self.account.call("GET", f"/sessions/{session['id']}").json()["state"], "closed")

    def test_a_batch_takes_jobs_together(self) -> None:
        batch = self.account.call("POST", "/sessions", {"backend": BACKEND, "mode": "batch"}).json()
        values = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
        job_params = {"pubs": [[MEASURED, values]], "options": TRANSPILED, "version": 2}
        sent = [self.account.submit("sampler", job_params, session_id=batch["id"]).json() for _ in range(3)]
        self.assertEqual({job["session_id"] for job in sent}, {batch["id"]})
        self.assertEqual({self.account.wait(job["id"])["status"] for job in sent}, {"Completed"})
        found = self.account.call("GET", f"/jobs?session_id={batch['id']}").json()
        self.assertEqual(found["count"], 3)
        self.assertEqual(self.account.call("DELETE", f"/sessions/{batch['id']}/close").status_code, 204)


@ddt
class TestAround(_WithServer):
    """Tokens, backends, and what becomes of a job."""

    def test_a_token_has_the_fields_of_the_guide(self) -> None:
        token = self.account.token
        self.assertEqual((token["token_type"], token["expires_in"]), ("Bearer", 3600))
        self.assertAlmostEqual(token["expiration"], time.time() + 3600, delta=300)

    @data("2024-01-01", "2025-05-01", "2026-03-15", "2026-04-15", None)
    def test_backends_are_listed_in_every_version(self, version: str | None) -> None:
        devices = self.account.call("GET", "/backends", version=version).json()["devices"]
        if version == "2024-01-01":
            self.assertIn(BACKEND, devices)
        else:
            row = next(device for device in devices if device["name"] == BACKEND)
            self.assertEqual((row["qubits"], row["status"]["name"], row["is_simulator"]), (156, "online", False))

    def test_a_backend_has_a_configuration_properties_and_a_status(self) -> None:
        found = {what: self.account.call("GET", f"/backends/{BACKEND}/{what}").json() for what in _PARTS}
        self.assertEqual(found["configuration"]["n_qubits"], 156)
        self.assertEqual(len(found["properties"]["qubits"]), 156)
        self.assertEqual((found["status"]["state"], found["status"]["length_queue"]), (True, 0))

    def test_a_job_has_metrics_logs_tags_and_a_place_in_the_lists(self) -> None:
        job_id, _ = self.account.run("sampler", {"pubs": [[ISA_ONES]]}, tags=["first", "of two"], log_level="DEBUG")
        metrics = self.account.call("GET", f"/jobs/{job_id}/metrics").json()
        self.assertGreater(metrics["usage"]["quantum_seconds"], 0)
        self.assertLess(metrics["timestamps"]["created"], metrics["timestamps"]["finished"])
        self.assertIn("DEBUG", self.account.call("GET", f"/jobs/{job_id}/logs").text)
        for query in ("tags=first&tags=of two", "tags=first,of two"):
            self.assertEqual(self._ids(query), [job_id])
        self.assertEqual(self._ids("tags=first&tags=third"), [])
        self.assertEqual(self.account.call("PUT", f"/jobs/{job_id}/tags", {"tags": ["new"]}).status_code, 204)
        self.assertEqual(self.account.call("GET", f"/jobs/{job_id}").json()["tags"], ["new"])
        self.assertEqual(self.account.call("GET", "/tags?type=job&search=ne").json(), {"tags": ["new"]})
        workloads = self.account.call("GET", "/workloads?mode=job&tags=new").json()["workloads"]
        self.assertEqual([each["id"] for each in workloads], [job_id])

    def _ids(self, query: str) -> list[str]:
        return [job["id"] for job in self.account.call("GET", f"/jobs?{query}").json()["jobs"]]

    def test_parameters_come_back_unless_they_are_not_wanted(self) -> None:
        job_id, _ = self.account.run("sampler", {"pubs": [[ISA_ONES, None, 10]], "version": 2})
        shown = self.account.call("GET", f"/jobs/{job_id}").json()["params"]
        self.assertEqual((shown["pubs"][0][1:], shown["version"]), ([None, 10], 2))
        self.assertNotIn("params", self.account.call("GET", f"/jobs/{job_id}?exclude_params=true").json())

    def test_a_list_has_the_number_of_all_that_meet_its_filters(self) -> None:
        mine = [self.account.run("sampler", {"pubs": [[ISA_ONES, None, 1]]}, tags=["counted"])[0] for _ in range(3)]
        page = self.account.call("GET", "/jobs?tags=counted&limit=2&offset=1&sort=ASC").json()
        self.assertEqual(([job["id"] for job in page["jobs"]], page["count"]), (mine[1:], 3))
        none = self.account.call("GET", "/jobs?tags=counted&pending=true").json()
        self.assertEqual((none["jobs"], none["count"]), ([], 0))
        self.assertEqual(self.account.call("GET", "/jobs?tags=counted&program=estimator").json()["count"], 0)
        self.assertEqual(self.account.call("GET", "/jobs?tags=counted&backend=ibm_torino").json()["count"], 0)

    def test_an_ended_job_is_not_cancelled_and_can_be_deleted(self) -> None:
        job_id, _ = self.account.run("sampler", {"pubs": [[ISA_ONES]]})
        self.assertEqual(self.account.call("POST", f"/jobs/{job_id}/cancel").status_code, 409)
        self.assertEqual(self.account.call("DELETE", f"/jobs/{job_id}").status_code, 204)
        gone = self.account.call("GET", f"/jobs/{job_id}")
        self.assertEqual((gone.status_code, gone.json()["errors"][0]["code"]), (404, 1291))

    @data("/instances/usage", "/usage")
    def test_the_usage_of_the_instance_grows_with_its_jobs(self, path: str) -> None:
        before = self.account.call("GET", path).json()["usage_consumed_seconds"]
        self.account.run("sampler", {"pubs": [[ISA_ONES]]})
        self.assertGreater(self.account.call("GET", path).json()["usage_consumed_seconds"], before)

    def test_an_instance_does_not_see_the_jobs_of_another(self) -> None:
        job_id, _ = self.account.run("sampler", {"pubs": [[ISA_ONES]]})
        other = self.account.headers | {"Service-CRN": CRN.replace("11111111", "99999999")}
        self.assertEqual(requests.get(f"{self.account.api}/jobs/{job_id}", headers=other).status_code, 404)

    @data(("2023-12-31", 400), ("yesterday", 400))
    @unpack
    def test_an_unknown_version_is_refused(self, version: str, status: int) -> None:
        self.assertEqual(self.account.call("GET", "/backends", version=version).status_code, status)


_PARTS = ("configuration", "properties", "status")


class TestToken(unittest.TestCase):
    """A server with a token of its own."""

    def test_without_the_right_token_nothing_is_told(self) -> None:
        with LocalServer("--token", "right", "--backend", BACKEND) as server:
            refused = requests.post(f"{server.url}/identity/token", data={"apikey": "wrong"})
            self.assertEqual((refused.status_code, refused.json()["errorCode"]), (400, "BXNIM0415E"))
            got = {
                text: requests.get(f"{server.api}/backends", headers={"Authorization": text} if text else {}).status_code
                for text in ("", "apikey wrong", "Bearer x.y.z", "apikey right")
            }
            self.assertEqual(got, {"": 401, "apikey wrong": 401, "Bearer x.y.z": 401, "apikey right": 200})
            token = requests.post(f"{server.url}/identity/token", data={"apikey": "right"}).json()["access_token"]
            listed = requests.get(f"{server.api}/backends", headers={"Authorization": f"Bearer {token}"}).json()
            self.assertEqual([device["name"] for device in listed["devices"]], [BACKEND])


if __name__ == "__main__":
    unittest.main()
