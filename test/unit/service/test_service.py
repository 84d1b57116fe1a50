"""The local service."""

from __future__ import annotations

import tempfile
import unittest
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import LocalRuntime, QiskitRuntimeService, SamplerV2, Session
from qiskit_local_runtime.clock import VirtualClock
from qiskit_local_runtime.devices.registry import queue_name
from qiskit_local_runtime.errors import IBMInputValueError, IBMRuntimeError, RuntimeInvalidStateError, RuntimeJobNotFound
from qiskit_local_runtime.runtime.default import home_of
from qiskit_local_runtime.testing import HandEngine
from test.support.hand import HeldRoutine, request


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


class _Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.accounts = str(self.folder / "accounts.json")

    def service(self, **fields: Any) -> QiskitRuntimeService:
        service = QiskitRuntimeService(filename=self.accounts, **{"store": self.folder / "jobs.sqlite"} | fields)
        self.addCleanup(service.runtime.close)
        return service


class TestBackends(_Case):
    """By name and by what they are."""

    def test_the_same_object_each_time(self) -> None:
        service = self.service()
        self.assertIs(service.backend("aer_simulator"), service.backend("aer_simulator"))
        self.assertEqual(service.backend("generic_7q").num_qubits, 7)
        self.assertEqual(service.backend("fake_manila").name, "fake_manila")

    def test_an_unknown_name_is_answered_with_similar_ones(self) -> None:
        with self.assertRaisesRegex(QiskitBackendNotFoundError, "'fake_manilla'.*Did you mean 'fake_manila'"):
            self.service().backend("fake_manilla")

    def test_filters(self) -> None:
        service = self.service()
        found = service.backends(min_num_qubits=5, filters=lambda b: b.name.startswith("generic"))
        self.assertEqual([backend.name for backend in found], ["generic_5q", "generic_20q", "generic_127q"])
        self.assertEqual([b.name for b in service.backends("fake_manila", simulator=False, operational=True)], ["fake_manila"])
        self.assertEqual(service.backends("fake_manila", simulator=True), [])
        self.assertEqual([b.name for b in service.backends("generic_20q", n_qubits=20)], ["generic_20q"])
        self.assertEqual(service.backends("aer_simulator", dynamic_circuits=False), [])
        for name, wanted in (("aer_simulator", []), ("fake_manila", ["fake_manila"])):
            found = service.backends(name, filters=lambda b: b.status().operational)
            self.assertEqual([backend.name for backend in found], wanted)
        self.assertEqual(service.backends("generic_5q", use_fractional_gates=True), [])

    def test_ones_own(self) -> None:
        service, mine = self.service(), GenericBackendV2(3, seed=1)
        service.add_backend(mine, "my_device_of_this_test")
        self.assertIs(service.backend("my_device_of_this_test"), mine)
        with self.assertRaisesRegex(IBMInputValueError, "another backend's"):
            service.add_backend(GenericBackendV2(3, seed=1), "my_device_of_this_test")
        with self.assertRaisesRegex(IBMInputValueError, "expected a BackendV2"):
            service.add_backend("fake_fez")  # type: ignore[arg-type]

    def test_the_least_busy(self) -> None:
        engine = HandEngine()
        runtime = LocalRuntime(engine=engine, routines={"sampler": HeldRoutine()})
        self.addCleanup(runtime.close)
        service = self.service(runtime=runtime)
        names = ("generic_5q", "generic_20q")
        wanted = {"filters": lambda backend: backend.name in names, "operational": True}
        self.assertEqual(service.least_busy(**wanted).name, "generic_20q")
        held = runtime.submit(request("a", service.backend("generic_20q")))
        runtime.hold(held)
        self.assertEqual(service.least_busy(**wanted).name, "generic_5q")
        with self.assertRaises(QiskitBackendNotFoundError):
            service.least_busy(min_num_qubits=20, filters=lambda backend: backend.name == "generic_5q")


@ddt
class TestJobs(_Case):
    """Finding them again."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = VirtualClock()
        self.one = self.service(runtime=LocalRuntime(clock=self.clock, store=self.folder / "these.sqlite"))
        sampler = SamplerV2(AerSimulator(), runtime=self.one.runtime)
        self.ids = []
        for tags in (["a"], ["a", "b"], []):
            sampler.options.environment.job_tags = tags
            job = sampler.run([bell()], shots=10)
            job.result()
            self.ids.append(job.job_id())
            self.clock.advance(3600)

    @data(
        ({}, [2, 1, 0]),
        ({"limit": 1}, [2]),
        ({"limit": None, "skip": 1, "descending": False}, [1, 2]),
        ({"job_tags": ["a"]}, [1, 0]),
        ({"pending": True}, []),
        ({"pending": False, "program_id": "sampler", "backend_name": "aer_simulator"}, [2, 1, 0]),
        ({"program_id": "estimator"}, []),
        ({"instance": "else"}, []),
        ({"session_id": "none"}, []),
    )
    @unpack
    def test_conditions(self, conditions: dict[str, Any], wanted: list[int]) -> None:
        self.assertEqual([job.job_id() for job in self.one.jobs(**conditions)], [self.ids[i] for i in wanted])

    def test_times_without_a_zone_are_local(self) -> None:
        start = self.clock.now() - timedelta(hours=2, minutes=1)
        local = start.astimezone().replace(tzinfo=None)
        for when in (start, local):
            self.assertEqual([job.job_id() for job in self.one.jobs(created_after=when)], [self.ids[2], self.ids[1]])
            self.assertEqual([job.job_id() for job in self.one.jobs(created_before=when)], [self.ids[0]])

    @data(({"limit": 0}, "limit"), ({"limit": "5"}, "limit"), ({"skip": -1}, "skip"), ({"job_tags": "a"}, "job_tags"))
    @unpack
    def test_bad_conditions(self, conditions: dict[str, Any], name: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"{name} must be"):
            self.one.jobs(**conditions)

    def test_one_by_id_and_deleting_it(self) -> None:
        job = self.one.job(self.ids[0])
        self.assertEqual(sum(job.result()[0].data.meas.get_counts().values()), 10)
        self.one.delete_job(self.ids[0])
        for call in (self.one.job, self.one.delete_job):
            with self.assertRaisesRegex(RuntimeJobNotFound, self.ids[0]):
                call(self.ids[0])

    def test_a_job_that_has_not_ended_cannot_be_deleted(self) -> None:
        with LocalRuntime(engine=HandEngine(), routines={"sampler": HeldRoutine()}) as runtime:
            held = runtime.submit(request("a", AerSimulator()))
            with self.assertRaisesRegex(RuntimeInvalidStateError, "Cancel it first"):
                self.service(runtime=runtime).delete_job(held)


class TestHomes(_Case):
    """Whose backend it is says where its jobs run."""

    def setUp(self) -> None:
        super().setUp()
        self.one = self.service(store=self.folder / "one.sqlite")
        self.two = self.service(store=self.folder / "two.sqlite")

    def homes(self, backend: Any) -> list[int]:
        SamplerV2(backend).run([bell()], shots=5).result()
        return [len(service.jobs()) for service in (self.one, self.two)]

    def test_jobs_run_where_the_service_of_their_backend_runs_them(self) -> None:
        first, second = self.one.backend("aer_simulator"), self.two.backend("aer_simulator")
        self.assertIsNot(first, second)
        self.assertIs(self.one.backends("aer_simulator")[0], first)
        self.assertIs(self.two.backend("aer_simulator"), second)
        self.assertEqual((self.homes(first), self.homes(second), self.homes(AerSimulator())), ([1, 0], [1, 1], [1, 2]))
        with Session(first) as session:
            self.assertEqual(session.runtime_object(), self.one.runtime)
        self.assertEqual(len({service.job(service.jobs()[0].job_id()).backend().name for service in (self.one, self.two)}), 1)

    def test_copies_share_the_queue_and_no_options(self) -> None:
        first, second = self.one.backend("fake_manila"), self.two.backend("fake_manila")
        self.assertEqual((queue_name(first), queue_name(second)), ("fake_manila", "fake_manila"))
        first.set_options(shots=7)
        self.assertNotEqual(second.options.shots, 7)

    def test_a_backend_of_ones_own_belongs_to_the_service_that_handed_it_out_last(self) -> None:
        for name in ("generic_5q", "one_of_the_users"):
            if name == "one_of_the_users":
                self.one.add_backend(AerSimulator(), name)
            self.one.backend(name)
            backend = self.two.backend(name)
            self.assertIs(home_of(backend).runtime, self.two.runtime)  # type: ignore[union-attr]
            self.assertIs(self.one.backend(name), backend)
            self.assertIs(home_of(backend).runtime, self.one.runtime)  # type: ignore[union-attr]

    def test_a_later_instance_is_no_business_of_an_earlier_service(self) -> None:
        first = self.service(instance="a")
        backend = first.backend("aer_simulator")
        second = self.service(instance="b")
        self.assertIs(first.runtime, second.runtime)
        self.assertEqual((first.active_instance(), second.active_instance()), ("a", "b"))
        job = SamplerV2(backend).run([bell()])
        job.result()
        self.assertEqual((job.instance, first.usage()["instance_id"]), ("a", "a"))
        self.assertEqual(SamplerV2(second.backend("aer_simulator")).run([bell()]).instance, "b")
        with Session(backend) as session:
            self.assertEqual(first.runtime.workload(session.session_id or "").instance, "a")

    def test_a_backend_outlives_its_service(self) -> None:
        backend = self.one.backend("aer_simulator")
        self.one.runtime.close()
        self.assertIsNone(home_of(backend))
        SamplerV2(backend).run([bell()]).result()
        self.assertEqual(len(self.two.jobs()), 1)


@ddt
class TestWords(_Case):
    """What the methods accept."""

    @data(
        ("jobs", {"created_after": "2024"}),
        ("jobs", {"created_before": date(2024, 1, 1)}),
        ("jobs", {"created_after": datetime.min}),
        ("jobs", {"limit": 10**30}),
        ("jobs", {"skip": 10**30}),
        ("jobs", {"session_id": [1]}),
        ("jobs", {"pending": "no"}),
        ("jobs", {"backend_name": 5}),
        ("jobs", {"job_tags": 5}),
        ("backends", {"min_num_qubits": "a"}),
        ("least_busy", {"filters": 5}),
    )
    @unpack
    def test_a_wrong_condition_is_named(self, method: str, given: dict[str, Any]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"{next(iter(given))} must be .*found"):
            getattr(self.service(), method)(**given)

    def test_other_arguments(self) -> None:
        service = self.service()
        with self.assertRaisesRegex(IBMInputValueError, "name must be text.*found 5"):
            service.add_backend(AerSimulator(), 5)  # type: ignore[arg-type]
        for fields in ({"store": 5}, {"instance": 5}, {"runtime": 5}, {"store": self.folder}):
            with self.subTest(fields=fields), self.assertRaisesRegex(IBMInputValueError, f"{next(iter(fields))} must be"):
                QiskitRuntimeService(filename=self.accounts, **fields)
        with self.assertRaises(QiskitBackendNotFoundError) as caught:
            service.backend("fake_manilla")
        self.assertTrue(str(caught.exception).startswith("No local backend"))


class TestAccounts(_Case):
    """Names of settings."""

    def test_saved_used_and_deleted(self) -> None:
        save = QiskitRuntimeService.save_account
        save(instance="crn:mine", name="one", filename=self.accounts)
        save(instance="crn:other", name="two", filename=self.accounts, set_as_default=True)
        with self.assertRaisesRegex(IBMInputValueError, "already exists"):
            save(name="one", filename=self.accounts)
        self.assertEqual(set(QiskitRuntimeService.saved_accounts(filename=self.accounts)), {"one", "two"})
        self.assertEqual(self.service().active_instance(), "crn:other")
        self.assertEqual(self.service(name="one").active_instance(), "crn:mine")
        self.assertTrue(QiskitRuntimeService.delete_account(filename=self.accounts, name="one"))
        self.assertFalse(QiskitRuntimeService.delete_account(filename=self.accounts, name="one"))
        with self.assertRaisesRegex(IBMInputValueError, "No account is named 'one'"):
            self.service(name="one")

    def test_an_unknown_channel_and_a_damaged_file(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "channel must be one of"):
            self.service(channel="carrier pigeon")
        Path(self.accounts).write_text("{")
        with self.assertRaisesRegex(IBMRuntimeError, "accounts.json cannot be read"):
            self.service()


class TestSessions(_Case):
    """Sessions of a service."""

    def test_a_backend_by_name_in_the_newer_and_the_older_way(self) -> None:
        service = self.service()
        for session in (Session(service=service, backend="generic_5q"), Session(service, "generic_5q")):
            with session:
                self.assertEqual((session.backend(), session.service), ("generic_5q", service))
            self.assertEqual(session.status(), "Closed")
            again = Session.from_id(session.session_id or "", service)
            self.assertEqual(again.details(), session.details())

    def test_what_is_old_is_forgotten_on_demand(self) -> None:
        clock = VirtualClock()
        service = self.service(runtime=LocalRuntime(clock=clock, store=self.folder / "these.sqlite"))
        SamplerV2(AerSimulator(), runtime=service.runtime).run([bell()]).result()
        clock.advance(3 * 24 * 3600)
        self.assertEqual([service.runtime.prune(days) for days in (4, 2, 2)], [0, 1, 0])


class TestSettings(_Case):
    """Of the runtime."""

    def test_settings_of_an_open_runtime_are_not_changed_behind_its_back(self) -> None:
        first = self.service(plan="open")
        self.assertIs(self.service().runtime, first.runtime)
        self.assertIs(self.service(plan="open").runtime, first.runtime)
        with self.assertRaisesRegex(IBMInputValueError, "open with plan='open' and cannot have plan='paid'"):
            self.service(plan="paid")
        with self.assertRaisesRegex(IBMInputValueError, "lanes must be a whole number"):
            self.service(lanes=0, store=self.folder / "other.sqlite")
        with self.assertRaisesRegex(IBMInputValueError, "at_once must be at most lanes"):
            LocalRuntime(lanes=2, at_once=3)
        for name in ("interactive_timeout", "budget", "max_time", "retention_days"):
            with self.assertRaisesRegex(IBMInputValueError, f"{name} must be a number"):
                LocalRuntime(**{name: -1})

    def test_settings_beside_a_runtime_are_refused_by_name(self) -> None:
        with LocalRuntime() as runtime, self.assertRaisesRegex(IBMInputValueError, "found plan as well"):
            self.service(runtime=runtime, plan="open")


class TestUsage(_Case):
    """What was used, and budgets."""

    def test_usage_counts_jobs_and_sessions_once(self) -> None:
        clock, engine = VirtualClock(), HandEngine()
        runtime = LocalRuntime(clock=clock, engine=engine, routines={"sampler": HeldRoutine()}, budget=30.0)
        self.addCleanup(runtime.close)
        service, backend = self.service(runtime=runtime), AerSimulator()
        held = []

        def run(job_id: str, seconds: float) -> None:
            held.append(service.job(job_id))
            self.assertTrue(engine.wait_for_call())
            clock.advance(seconds)
            engine.step()
            held[-1].wait_for_final_state(10)

        run(runtime.submit(request("a", backend)), 5)
        self.assertEqual(service.usage()["usage_consumed_seconds"], 2)
        session = Session(backend, service=service)
        run(runtime.submit(request("b", backend, workload=session.session_id)), 10)
        session.close()
        usage = service.usage()
        self.assertEqual((usage["usage_consumed_seconds"], usage["usage_remaining_seconds"]), (12, 18))
        self.assertFalse(usage["usage_limit_reached"])
        self.assertEqual(service.instances()[0]["plan"], "paid")
        run(runtime.submit(request("c", backend, instance="else")), 0)
        self.assertEqual(service.usage()["usage_consumed_seconds"], 12)
        for name in "defghijkl":
            run(runtime.submit(request(name, backend)), 0)
        with self.assertRaisesRegex(IBMRuntimeError, "met its usage limit: 'local' has used 30.0 of 30 seconds"):
            runtime.submit(request("m", backend))
        clock.advance(28 * 24 * 3600)
        run(runtime.submit(request("n", backend)), 0)

    def test_deleting_jobs_gives_nothing_back(self) -> None:
        for runtime in (LocalRuntime(budget=1e-9), LocalRuntime(budget=1e-9, store=self.folder / "these.sqlite")):
            service = self.service(runtime=runtime)
            job = SamplerV2(AerSimulator(), runtime=runtime).run([bell()])
            job.result()
            service.delete_job(job.job_id())
            self.assertGreater(service.usage()["usage_consumed_seconds"], 0)
            with self.assertRaisesRegex(IBMRuntimeError, "usage limit"):
                SamplerV2(AerSimulator(), runtime=runtime).run([bell()])

    def test_naive_times_of_jobs_are_local(self) -> None:
        job = SamplerV2(AerSimulator(), runtime=self.service().runtime).run([bell()])
        self.assertLess(abs(job.creation_date - datetime.now().astimezone()), timedelta(seconds=30))
