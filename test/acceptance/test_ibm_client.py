"""IBM's client, as it is installed, against a real server."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import unittest
from typing import Any, ClassVar

from ddt import data, ddt
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime import EstimatorV2, LocalRuntime, QiskitRuntimeService, SamplerV2
from qiskit_local_runtime.testing import LocalServer
from test.support.clients import told_by

from .clients.shared import NAME, SEED, bell

CRN = "crn:v1:local:public:quantum-computing:us-east:a/local:local::"


class TestWays(unittest.TestCase):
    """Three ways of pointing it."""

    def test_the_environment_a_resolver_and_a_proxy_lead_to_the_server(self) -> None:
        with LocalServer("--backend", NAME) as server:
            told = told_by(server, "ways")
        for way in ("environment", "resolver"):
            self.assertEqual(told[way], {"qubits": 156, "instance": CRN}, way)
        instance = {"crn": CRN, "name": "local", "plan": "local", "pricing_type": "paid", "tags": []}
        self.assertEqual(told["proxy"].pop("instances"), [instance])
        self.assertEqual(set(told["proxy"].values()), {156})

    def test_a_wrong_token_is_told_and_the_right_one_works(self) -> None:
        with LocalServer("--backend", NAME, "--token", "secret") as server:
            told = told_by(server, "ways", TOKEN="secret")
        self.assertEqual(told["wrong"][0], "InvalidAccountError")
        self.assertIn("valid API token", told["wrong"][1])
        self.assertEqual(told["right"]["saved"], 156)


class TestWork(unittest.TestCase):
    """Backends, jobs and what becomes of them."""

    server: ClassVar[LocalServer]
    told: ClassVar[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = cls.enterClassContext(LocalServer())
        cls.told = told_by(cls.server, "work")

    def test_a_backend_has_the_target_of_the_device_it_stands_for(self) -> None:
        same, fake, found = self.told["backends"]["operations"]
        self.assertEqual((same, found), (fake, fake))
        self.assertEqual(*self.told["backends"]["t1"])

    def test_backends_are_listed_filtered_and_missed(self) -> None:
        told = self.told["backends"]
        self.assertIn(NAME, told["names"])
        self.assertIn("aer_simulator", told["simulators"])
        self.assertNotIn("aer_simulator", told["names"])
        self.assertEqual((told["least busy"], told["pending"]), (156, 0))
        self.assertEqual(told["unknown"][0], "QiskitBackendNotFoundError")

    def test_the_same_seed_gives_the_same_bits_in_process(self) -> None:
        backend = QiskitRuntimeService(runtime=self.enterContext(LocalRuntime())).backend("fake_fez")
        pair, measured, observable = bell(FakeFez())
        sampler = SamplerV2(backend, options={"simulator": {"seed_simulator": SEED}})
        samples = sampler.run([measured], shots=300).result()[0].data.meas.get_bitstrings()
        self.assertEqual(samples, self.told["primitives"]["samples"])
        for level, told in enumerate(self.told["primitives"]["levels"]):
            options = {"resilience_level": level, "default_precision": 0.05, "seed_estimator": SEED}
            found = EstimatorV2(backend, options=options).run([(pair, observable)]).result()[0].data
            self.assertEqual([float(found.evs), float(found.stds)], told, f"resilience level {level}")

    def test_every_filter_of_the_list_of_jobs_counts_right(self) -> None:
        empty = dict.fromkeys(("another tag", "pending", "elsewhere", "later"), 0)
        whole = dict.fromkeys(("all", "ended", "here", "earlier"), 5)
        some = {"sampler": 2, "estimator": 3, "both tags": 1}
        self.assertEqual(self.told["jobs"]["counts"], empty | whole | some)
        self.assertEqual((self.told["jobs"]["pages"], self.told["jobs"]["first"]), ([2, 2, 1], True))

    def test_a_job_tells_its_tags_times_usage_and_log(self) -> None:
        told = self.told["jobs"]
        self.assertEqual((told["tags"], told["again"], told["instance"]), (["new"], True, [CRN, CRN]))
        self.assertEqual(told["inputs"], ["options", "pubs", "support_qiskit", "version"])
        self.assertGreater(told["usage"], 0)
        self.assertEqual(told["metrics"]["usage"]["quantum_seconds"], told["usage"])
        self.assertIn("DEBUG on the QPU", told["logs"])

    def test_the_result_of_a_private_job_is_read_once(self) -> None:
        shots, inputs, (_, again) = self.told["endings"]["private"]
        self.assertEqual((shots, inputs), (10, {}))
        self.assertIn("the job is private and it was read", again)

    def test_a_job_that_ran_too_long_says_so(self) -> None:
        (error, text), status, message = self.told["endings"]["too long"]
        self.assertEqual((error, status), ("RuntimeJobMaxTimeoutError", "ERROR"))
        self.assertIn("1305", text)
        self.assertIn("ran longer than maximum execution time", message)

    def test_what_is_deleted_or_wrong_is_told_by_name(self) -> None:
        told = self.told["endings"]
        self.assertEqual(told["deleted"][0], "RuntimeJobNotFound")
        self.assertEqual(told["not transpiled"][0], "IBMInputValueError")
        self.assertIn("options.shotz: no such option", told["no such option"][1])
        self.assertGreater(told["used"], 5)

    def test_the_server_and_python_see_the_same_jobs(self) -> None:
        service = QiskitRuntimeService(store=self.server.store)
        # it is the process's default runtime from now on, for all other tests too
        self.addCleanup(service.runtime.close)
        job = service.job(self.told["jobs"]["id"])
        self.assertEqual((job.tags, job.result()[0].data.meas.num_shots), (["new"], 100))
        own = SamplerV2(service.backend("fake_fez")).run([bell(FakeFez())[1]], shots=20)
        counts = own.result()[0].data.meas.get_counts()
        self.assertEqual(told_by(self.server, "look", own.job_id())["counts"], counts)

    def test_a_job_is_there_after_a_restart(self) -> None:
        before = told_by(self.server, "look", self.told["jobs"]["id"])
        self.server.kill()
        self.server.start()
        self.assertEqual(told_by(self.server, "look", self.told["jobs"]["id"]), before)


class TestModes(unittest.TestCase):
    """Sessions, batches, and jobs that are cancelled."""

    told: ClassVar[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        with LocalServer("--backend", NAME) as server:
            cls.told = told_by(server, "modes")

    def test_a_session_opens_works_and_closes(self) -> None:
        told = self.told["session"]
        self.assertEqual(told["before"], ["Pending", "open"])
        self.assertEqual(told["within"], ["In progress, accepting new jobs", "active", 600])
        self.assertEqual(told["after"], ["Closed", "Closed", False])
        self.assertEqual((told["job's"], told["listed"]), (True, 1))

    def test_a_closed_session_refuses_jobs(self) -> None:
        self.assertEqual(self.told["session"]["refused"][0], "IBMRuntimeError")
        self.assertIn("The session is closed.", self.told["session"]["refused"][1])

    def test_a_batch_takes_jobs_and_is_no_session(self) -> None:
        told = self.told["batch"]
        self.assertEqual((told["shots"], told["mode"], told["status"], told["listed"]), ([10] * 3, "batch", "Closed", 3))
        self.assertIn("batch instead of dedicated", told["as session"][1])

    def test_a_running_job_and_a_queued_one_are_cancelled(self) -> None:
        told = self.told["cancelled"]
        self.assertEqual(told["queued"], ["QUEUED", "QUEUED", 3, 3])
        running, waiting, single = told["ended"]
        self.assertEqual((running, single), ("CANCELLED", "CANCELLED"))
        self.assertIn(waiting, ("ERROR", "CANCELLED"))
        self.assertEqual(told["sessions"], ["Closed", "Closed"])
        self.assertLess(told["seconds"], 20)

    def test_a_cancelled_job_has_no_result_and_is_not_cancelled_twice(self) -> None:
        self.assertIn("cancelled", self.told["cancelled"]["result"][1])
        self.assertEqual(self.told["cancelled"]["twice"][0], "RuntimeInvalidStateError")

    def test_a_job_that_failed_says_why(self) -> None:
        told = self.told["failed"]
        self.assertEqual((told["status"], told["result"][0]), ("ERROR", "RuntimeJobFailureError"))
        self.assertIn("session", told["message"])
        self.assertIn("session", told["result"][1])


class TestExecuted(unittest.TestCase):
    """What the client computes on its side, with the executor, and the noise learners."""

    told: ClassVar[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        with LocalServer("--backend", NAME) as server:
            cls.told = told_by(server, "executed")

    def test_the_clients_own_sampler_finds_the_pair(self) -> None:
        counts = self.told["sampled"]
        self.assertEqual(sum(counts.values()), 400)
        self.assertGreater(counts["00"] + counts["11"], 360)

    def test_the_clients_own_estimator_works_at_every_level(self) -> None:
        # the device's noise takes some 0.06 at level 0, and what is mitigated spreads by the precision of 0.05
        for level, (value, error) in enumerate(self.told["estimated"]):
            self.assertLess(abs(value - 1), 0.1 + 5 * error, f"resilience level {level}")
            self.assertLess(error, 0.15)

    def test_a_quantum_program_gives_its_bits(self) -> None:
        shape, equal = self.told["executed"]
        self.assertEqual(shape, [64, 2])
        self.assertGreater(equal, 0.8)

    def test_both_noise_learners_learn_the_layer(self) -> None:
        self.assertEqual(self.told["learned"], {"layers": 1, "qubits": [2], "boxes": 1, "terms": 15})


def _readme() -> list[str]:
    """The examples of the client's own README that run without an account's names in them."""
    text = importlib.metadata.distribution("qiskit-ibm-runtime").read_text("METADATA")
    blocks = re.findall(r"```python\n(.*?)```", text or "", re.DOTALL)
    return [block for block in blocks if "service.least_busy" in block]


@ddt
class TestReadme(unittest.TestCase):
    """The client's README, unchanged."""

    def test_it_has_a_sampler_an_estimator_and_a_session(self) -> None:
        sampler, estimator, session = _readme()
        self.assertIn("sampler = Sampler(mode=backend)", sampler)
        self.assertIn("estimator = Estimator(backend)", estimator)
        self.assertIn("with Session(backend=backend)", session)

    @data(
        (0, r"Counts for the meas output register: {'"),
        (1, r"Expectation values: \["),
        (2, r"Job result is [34]\.\d+ at theta = 1\.[2-9]"),
    )
    def test_an_example_runs_as_it_stands(self, case: tuple[int, str]) -> None:
        number, printed = case
        with LocalServer("--backend", NAME) as server:
            program = [sys.executable, "-W", "ignore", "-c", _readme()[number]]
            done = subprocess.run(program, env=server.environment, capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        self.assertRegex(done.stdout, printed)


if __name__ == "__main__":
    unittest.main()
