"""Jobs that survive: one store, several runtimes and processes, crashes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.results.noise_learner import LayerError as IBMError
from qiskit_ibm_runtime.results.noise_learner import NoiseLearnerResult as IBMResult
from qiskit_ibm_runtime.results.noise_learner import PauliLindbladError as IBMPauliLindbladError

from qiskit_local_runtime import Batch, EstimatorV2, LocalRuntime, SamplerV2, Session
from qiskit_local_runtime.clock import VirtualClock
from qiskit_local_runtime.devices import Calibration, Coherent, Crosstalk, Drift, LayerNoise, Spread, registry, with_noise
from qiskit_local_runtime.errors import IBMBackendError, IBMRuntimeError, RuntimeJobFailureError
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.learning import LearnedLayer
from qiskit_local_runtime.learning.decays import Decays
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.results import LayerError, NoiseLearnerResult, PauliLindbladError, layer_instruction
from qiskit_local_runtime.results.given_models import given_models
from qiskit_local_runtime.routines.estimator import Estimator
from qiskit_local_runtime.store import SqliteStore
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer
from qiskit_local_runtime.testing import HandEngine
from test.support.hand import HeldRoutine, request


def bell() -> QuantumCircuit:
    """A Bell state, measured."""
    circuit = QuantumCircuit(2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def waiting(measured: bool = True) -> QuantumCircuit:
    """Two qubits of a line, coupled twice, with time in between in which a third one waits as well."""
    circuit = QuantumCircuit(3, name="waiting")
    for _ in range(2):
        circuit.sx(range(3))
        circuit.cx(0, 1)
        circuit.barrier()
        circuit.delay(2, range(3), unit="us")
    if measured:
        circuit.measure_all()
    return circuit


def noisy() -> BackendV2:
    """A device with noise of every kind but that by layer."""
    presets = (Calibration(), Coherent({(0, 1): 0.2}), Crosstalk(Spread(1e4, 9e4)), Drift(5e4, draws=3))
    return with_noise(registry.backend_named("generic_5q"), *presets, seed=4)


def coupled() -> QuantumCircuit:
    """A layer with one gate."""
    circuit = QuantumCircuit(2, name="coupled")
    circuit.sx([0, 1])
    circuit.cx(0, 1)
    return circuit


LAYER = UniqueLayer((("cx", (), (0, 1)),), (0, 1))
MODEL = PauliLindblad(np.array([[1, 0], [3, 3]], dtype=np.uint8), np.array([0.1, 0.05]))
_ERROR = LayerError(LAYER.circuit(), LAYER.qubits, PauliLindbladError.from_model(MODEL))
_THEIRS = IBMError(LAYER.circuit(), LAYER.qubits, IBMPauliLindbladError(_ERROR.error.generators, MODEL.rates))
_DECAYS = Decays(*(np.zeros((1, 2), dtype=np.uint8),) * 2, np.arange(2), *(np.zeros((2, 1)),) * 2, *(np.zeros(1),) * 4)
GIVEN: list[tuple[str, Any]] = [
    ("what was learned", [LearnedLayer(LAYER, MODEL, np.zeros(2), _DECAYS, np.zeros(2))]),
    ("a result", NoiseLearnerResult([_ERROR])),
    ("the result of IBM's client", IBMResult([_THEIRS])),
    ("a box with a map", [(layer_instruction(LAYER), MODEL.to_qiskit())]),
    ("a dictionary", {LAYER: MODEL}),
]


class _Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "jobs.sqlite"

    def runtime(self, **settings: Any) -> LocalRuntime:
        runtime = LocalRuntime(store=SqliteStore(self.path, synchronous="NORMAL"), **settings)
        self.addCleanup(runtime.close)
        return runtime

    def python(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        """Another process with the store's path as ``path``."""
        start = (
            "import sys; from qiskit_local_runtime import *; from test.integration.test_durable import *\npath = sys.argv[1]\n"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", start + code, str(self.path), *arguments], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        assert child.stdout is not None
        self.addCleanup(child.stdout.close)
        return child


class TestReadingBack(_Case):
    """What is stored comes back as it was."""

    def test_results_inputs_and_facts_in_a_later_runtime(self) -> None:
        angle = Parameter("a")
        circuit = QuantumCircuit(1, metadata={"who": "me"})
        circuit.rx(angle, 0)
        measured = circuit.measure_all(inplace=False)
        noise = NoiseModel()
        noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["rx"])
        options = {"simulator": {"noise_model": noise, "seed_simulator": 3}, "environment": {"job_tags": ["x", "y"]}}
        with self.runtime() as runtime, Batch(AerSimulator(), runtime=runtime) as batch:
            sampled = SamplerV2(batch, options=options).run([(measured, np.linspace(0, 3, 5))], shots=700)
            valued = EstimatorV2(batch, options=options).run([(circuit, ["Z", "X"], [[0.5], [1.0]])], precision=0.1)
            wanted = [sampled.result(), valued.result()]
        with self.runtime() as runtime:
            found = [RuntimeJob(job.job_id(), runtime) for job in (sampled, valued)]
            bits = found[0].result()[0].data.meas
            self.assertTrue((bits.array == wanted[0][0].data.meas.array).all())
            for name in ("evs", "stds", "ensemble_standard_error"):
                self.assertTrue((found[1].result()[0].data[name] == wanted[1][0].data[name]).all())
            self.assertEqual(found[1].result()[0].metadata, wanted[1][0].metadata)
            self.assertEqual(found[0].result().metadata, wanted[0].metadata)
            self.assertEqual([found[0].tags, found[0].session_id], [["x", "y"], batch.session_id])
            pub = found[0].inputs["pubs"][0]
            self.assertEqual((pub.shots, pub.shape, pub.circuit), (700, (5,), measured))
            self.assertEqual(found[0].inputs["options"]["simulator"]["noise_model"], noise)
            self.assertEqual(found[1].inputs["pubs"][0].observables.tolist(), [{"Z": 1.0}, {"X": 1.0}])
            self.assertEqual(found[0].metrics()["timestamps"], sampled.metrics()["timestamps"])

    def test_old_jobs_are_forgotten_after_the_retention(self) -> None:
        with self.runtime() as runtime:
            job = SamplerV2(AerSimulator(), runtime=runtime).run([bell()])
            job.result()
        with self.runtime(clock=VirtualClock(job.creation_date + timedelta(days=29))) as runtime:
            self.assertEqual(runtime.count(Query()), 1)
        with self.runtime(clock=VirtualClock(job.creation_date + timedelta(days=31))) as runtime:
            self.assertEqual(runtime.count(Query()), 0)


@ddt
class TestRecovery(_Case):
    """After a process has ended in the middle of things."""

    def test_unfinished_jobs_run_again_with_the_same_bits(self) -> None:
        engine = HandEngine()
        with self.runtime(engine=engine, routines={"sampler": HeldRoutine()}) as runtime:
            held = runtime.submit(request("a", AerSimulator()))
            options = {"simulator": {"seed_simulator": 5}}
            jobs = [SamplerV2(AerSimulator(), options=options, runtime=runtime).run([bell()], shots=100) for _ in range(2)]
            self.assertTrue(engine.wait_for_call())
            self.assertEqual(runtime.job(held).status, "RUNNING")
        with self.runtime() as runtime:
            again = [RuntimeJob(job.job_id(), runtime) for job in jobs]
            found = [job.result(timeout=60)[0].data.meas.array for job in again]
            wanted = SamplerV2(AerSimulator(), options=options).run([bell()], shots=100).result()[0].data.meas.array
            self.assertTrue((found[0] == wanted).all() and (found[1] == wanted).all())
            stopped = RuntimeJob(held, runtime)
            with self.assertRaises(RuntimeJobFailureError):
                stopped.result(timeout=60)
            self.assertEqual(stopped.metrics()["attempts"], 1)

    def test_jobs_whose_backend_was_an_object_of_the_process_say_so(self) -> None:
        backend = AerSimulator(noise_model=NoiseModel())
        engine = HandEngine()
        with self.runtime(engine=engine, routines={"sampler": HeldRoutine()}) as runtime:
            job_id = runtime.submit(request("a", backend))
            session = Session(backend, runtime=runtime)
            self.assertTrue(engine.wait_for_call())
        with self.runtime() as runtime:
            job = RuntimeJob(job_id, runtime)
            self.assertEqual(job.status(), "ERROR")
            with self.assertRaisesRegex(RuntimeJobFailureError, "object that only the process that submitted it had"):
                job.result()
            assert session.session_id is not None
            self.assertEqual(runtime.workload(session.session_id).state, "closed")
            again = Session.from_id(session.session_id, runtime=runtime)
            self.assertEqual((again.status(), again.backend()), ("Closed", "aer_simulator"))
            with self.assertRaisesRegex(IBMBackendError, "is gone"):
                SamplerV2(again).run([bell()])

    @data(
        (Calibration(), Coherent({(0, 1): 0.2}), Crosstalk(Spread(1e4, 9e4)), Drift(5e4, draws=3)),
        (Calibration(), LayerNoise({LAYER: MODEL})),
    )
    def test_jobs_on_devices_with_noise_presets_run_again_with_the_same_bits(self, presets: Any) -> None:
        def submit(runtime: LocalRuntime, backend: BackendV2) -> list[Any]:
            options = {"simulator": {"seed_simulator": 5, "warn_absent": False}}
            sampler = SamplerV2(backend, options=options, runtime=runtime)
            estimator = EstimatorV2(backend, options=options | {"resilience_level": 0}, runtime=runtime)
            return [sampler.run([waiting()], shots=200), estimator.run([(waiting(False), ["IXX", "XZZ"])], precision=0.1)]

        engine, routines = HandEngine(), {"sampler": HeldRoutine(), "estimator": Estimator()}
        backend = with_noise(registry.backend_named("generic_5q"), *presets, seed=4)
        wanted = submit(LocalRuntime(), backend)
        with self.runtime(engine=engine, routines=routines) as runtime:
            runtime.submit(request("a", backend))
            self.assertTrue(engine.wait_for_call())
            jobs = submit(runtime, backend)
        with self.runtime() as runtime:
            again = [RuntimeJob(job.job_id(), runtime) for job in jobs]
            found, values = (job.result(timeout=60)[0].data for job in again)
            self.assertTrue((found.meas.array == wanted[0].result()[0].data.meas.array).all())
            self.assertEqual(values.evs.tolist(), wanted[1].result()[0].data.evs.tolist())
            self.assertEqual((again[0].backend().presets[0], again[0].backend().seed), (backend.presets[0], 4))

    @data(*GIVEN)
    @unpack
    def test_jobs_with_layer_noise_of_any_form_run_again_with_the_same_bits(self, _: str, given: Any) -> None:
        resilience = {"pec_mitigation": True, "layer_noise_model": given}
        options = {"resilience": resilience, "simulator": {"seed_simulator": 5}, "resilience_level": 0}
        simulator = AerSimulator()
        pub = (coupled(), "XX")
        wanted = EstimatorV2(simulator, options=options).run([pub], precision=0.1).result()[0].data
        engine = HandEngine()
        with self.runtime(engine=engine, routines={"sampler": HeldRoutine(), "estimator": Estimator()}) as runtime:
            runtime.submit(request("a", simulator))
            self.assertTrue(engine.wait_for_call())
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                job = EstimatorV2(simulator, options=options, runtime=runtime).run([pub], precision=0.1)
        with self.runtime() as runtime:
            again = RuntimeJob(job.job_id(), runtime)
            data = again.result(timeout=60)[0].data
            self.assertEqual((float(data.evs), float(data.stds)), (float(wanted.evs), float(wanted.stds)))
            models = given_models(again.inputs["options"]["resilience"]["layer_noise_model"], "here")
            self.assertEqual([*models], [LAYER])

    def test_what_cannot_be_written_is_said_at_the_call_and_when_another_process_finds_it(self) -> None:
        noise = NoiseModel()
        noise._custom_noise_passes.append(object())
        engine = HandEngine()
        with self.runtime(engine=engine, routines={"sampler": HeldRoutine()}) as runtime:
            runtime.submit(request("a", AerSimulator()))
            self.assertTrue(engine.wait_for_call())
            options = {"simulator": {"noise_model": noise}}
            with self.assertWarnsRegex(UserWarning, r"no other can run this job, since this NoiseModel cannot be written down"):
                job = SamplerV2(AerSimulator(), options=options, runtime=runtime).run([bell()])
        with self.runtime() as runtime, self.assertRaisesRegex(RuntimeJobFailureError, "cannot be written down"):
            RuntimeJob(job.job_id(), runtime).result(timeout=60)

    def test_timers_go_on_as_if_time_had_passed(self) -> None:
        clock = VirtualClock()
        with self.runtime(clock=clock) as runtime:
            idle = Session(AerSimulator(), max_time="1h", runtime=runtime)
            SamplerV2(idle).run([bell()]).result()
            clock.sleep(30)
            assert idle.session_id is not None
        for seconds, status, usage in ((20, "In progress, accepting new jobs", 50), (20, "Pending", 60), (3600, "Closed", 60)):
            later = VirtualClock(clock.now())
            later.advance(seconds)
            clock = later
            with self.runtime(clock=clock) as runtime:
                session = Session.from_id(idle.session_id, runtime=runtime)
                clock.sleep(0)
                self.assertEqual(session.status(), status)
                self.assertAlmostEqual(session.usage() or 0, usage, delta=1e-3)

    def test_jobs_of_a_session_whose_time_ran_out_meanwhile_say_so(self) -> None:
        clock, engine = VirtualClock(), HandEngine()
        with self.runtime(clock=clock, engine=engine, routines={"sampler": HeldRoutine()}) as runtime:
            job = SamplerV2(Session(AerSimulator(), max_time="1h", runtime=runtime)).run([bell()])
            self.assertTrue(engine.wait_for_call())
        clock.advance(3600)
        late = RuntimeJob(job.job_id(), self.runtime(clock=VirtualClock(clock.now())))
        with self.assertRaisesRegex(RuntimeJobFailureError, "maximum time was reached"):
            late.result(timeout=60)

    def test_queued_jobs_of_a_session_run_in_it_again(self) -> None:
        engine = HandEngine()
        with self.runtime(engine=engine, routines={"sampler": HeldRoutine()}) as runtime:
            session = Session(AerSimulator(), runtime=runtime)
            first = SamplerV2(session).run([bell()])
            second = SamplerV2(session).run([bell()])
            self.assertTrue(engine.wait_for_call())
            session.close()
        with self.runtime() as runtime:
            for job in (first, second):
                RuntimeJob(job.job_id(), runtime).result(timeout=60)
            assert session.session_id is not None
            self.assertEqual(runtime.workload(session.session_id).state, "closed")

    def test_a_full_or_closed_store_fails_the_call_and_loses_nothing(self) -> None:
        with self.runtime() as runtime:
            job = SamplerV2(AerSimulator(), runtime=runtime).run([bell()])
            job.result()
            runtime._store.close()
            with self.assertRaisesRegex(IBMRuntimeError, "closed"):
                SamplerV2(AerSimulator(), runtime=runtime).run([bell()])
        with self.runtime() as runtime:
            self.assertEqual(runtime.count(Query(statuses=("DONE",))), 1)


class TestTwoProcesses(_Case):
    """One of them runs a queue, the other submits and reads."""

    def test_a_job_submitted_elsewhere_is_run_here_and_its_result_read_there(self) -> None:
        with self.runtime() as runtime:
            SamplerV2(AerSimulator(), runtime=runtime).run([bell()]).result()
            child = self.python(
                "r = LocalRuntime(store=path); job = SamplerV2(AerSimulator(), runtime=r).run([bell()], shots=64)\n"
                "print(job.job_id(), sum(job.result(timeout=60)[0].data.meas.get_counts().values()), flush=True)\n"
                "session = Session(AerSimulator(), runtime=r)\n"
                "inside = SamplerV2(session).run([bell()]); inside.result(timeout=60)\n"
                "session.close(); import time\n"
                "while session.status() != 'Closed': time.sleep(0.01)\n"
                "print(session.session_id, flush=True)"
            )
            assert child.stdout is not None
            job_id, shots = child.stdout.readline().split()
            self.assertEqual(shots, "64")
            self.assertEqual(runtime.job(job_id).attempts, 1)
            self.assertIn(job_id, [row.id for row in runtime.find(Query())])
            session = child.stdout.readline().strip()
            self.assertEqual(runtime.workload(session).state, "closed")
            self.assertEqual(child.wait(30), 0)

    def test_when_the_one_that_runs_the_queue_is_killed_the_other_takes_over(self) -> None:
        child = self.python(
            "r = LocalRuntime(store=path, engine=HandEngine(), routines={'sampler': HeldRoutine()})\n"
            "r.submit(request('a', AerSimulator())); print('ready', flush=True); threading.Event().wait()"
        )
        assert child.stdout is not None
        self.assertEqual(child.stdout.readline().strip(), "ready")
        runtime = self.runtime()
        jobs = [SamplerV2(AerSimulator(), runtime=runtime).run([bell()]) for _ in range(3)]
        self.assertEqual({job.status() for job in jobs}, {"QUEUED"})
        self.assertTrue(jobs[2].cancel())
        child.send_signal(signal.SIGKILL)
        child.wait()
        for job in jobs[:2]:
            self.assertEqual(sum(job.result(timeout=60)[0].data.meas.get_counts().values()), 4096)
        jobs[2].wait_for_final_state(60)
        self.assertIn(jobs[2].status(), ("CANCELLED", "DONE"))

    def test_a_job_on_a_device_with_noise_presets_of_one_that_was_killed_has_the_same_bits(self) -> None:
        child = self.python(
            "r = LocalRuntime(store=path, engine=HandEngine(), routines={'sampler': HeldRoutine()}); b = noisy()\n"
            "r.submit(request('a', b)); options = {'simulator': {'seed_simulator': 5}}\n"
            "print(SamplerV2(b, options=options, runtime=r).run([waiting()], shots=200).job_id(), flush=True)\n"
            "threading.Event().wait()"
        )
        assert child.stdout is not None
        job_id = child.stdout.readline().strip()
        child.send_signal(signal.SIGKILL)
        child.wait()
        found = RuntimeJob(job_id, self.runtime()).result(timeout=60)[0].data.meas.array
        sampler = SamplerV2(noisy(), options={"simulator": {"seed_simulator": 5}})
        self.assertTrue((found == sampler.run([waiting()], shots=200).result()[0].data.meas.array).all())

    def test_cancelling_from_another_process(self) -> None:
        engine = HandEngine()
        with self.runtime(engine=engine, routines={"sampler": HeldRoutine()}) as runtime:
            job = RuntimeJob(runtime.submit(request("a", AerSimulator())), runtime)
            self.assertTrue(engine.wait_for_call())
            child = self.python("r = LocalRuntime(store=path); print(RuntimeJob(sys.argv[2], r).cancel())", job.job_id())
            job.wait_for_final_state(60)
            self.assertEqual(job.status(), "CANCELLED")
            self.assertEqual(child.wait(30), 0)


class TestCrashes(_Case):
    """``kill -9`` at any moment: what was acknowledged is found, and ends; ``QISKIT_LOCAL_RUNTIME_KILLS`` says how often."""

    KILLS = int(os.environ.get("QISKIT_LOCAL_RUNTIME_KILLS", "12"))

    def test_nothing_acknowledged_is_lost(self) -> None:
        rng, acknowledged = np.random.default_rng(7), set()
        for _ in range(self.KILLS):
            child = self.python(
                "r = LocalRuntime(store=path)\n"
                "s = SamplerV2(AerSimulator(), options={'simulator': {'seed_simulator': 1}}, runtime=r)\n"
                "while True: print(s.run([bell()], shots=50_000).job_id(), flush=True)"
            )
            assert child.stdout is not None
            seen = [child.stdout.readline().strip()]
            lines: list[str] = []
            reader = threading.Thread(target=lambda out=child.stdout, to=lines: to.extend(out))
            reader.start()
            time.sleep(float(rng.uniform(0, 0.3)))
            child.kill()
            child.wait()
            reader.join()
            acknowledged.update(line.strip() for line in (*seen, *lines) if line.endswith("\n") or line in seen)
        runtime = self.runtime()
        wanted = None
        for job_id in sorted(acknowledged):
            job = RuntimeJob(job_id, runtime)
            array = job.result(timeout=300)[0].data.meas.array
            wanted = array if wanted is None else wanted
            self.assertTrue((array == wanted).all())
        self.assertGreaterEqual(len(acknowledged), self.KILLS)
        self.assertLessEqual(acknowledged, {row.id for row in runtime.find(Query(statuses=("DONE",)))})

    def test_what_a_session_acknowledged_is_found_as_it_was(self) -> None:
        for ends, accepting in (("", True), ("s.close()", False)):
            child = self.python(
                "r = LocalRuntime(store=path + sys.argv[2]); s = Session(AerSimulator(), runtime=r)\n"
                "held = QuantumCircuit(22); [held.h(range(22)) and held.cz(q, q + 1) for q in range(21)]; held.measure_all()\n"
                "done = SamplerV2(s).run([bell()]); done.result()\n"
                f"SamplerV2(s).run([held]); {ends}\n"
                "print(s.session_id, done.job_id(), flush=True)\nsys.stdin.read()",
                ends,
            )
            assert child.stdout is not None
            session, job = child.stdout.readline().split()
            child.kill()
            child.wait()
            store = SqliteStore(f"{self.path}{ends}")
            row, done = store.workload(session), store.get(job)
            store.close()
            assert row is not None and done is not None
            with self.subTest(ends):
                # the job's end took the start of the session's window along
                self.assertEqual((row.state, row.accepting_jobs, done.status), ("active", accepting, "DONE"))
                self.assertIsNotNone(row.activated_at)


class TestLoad(_Case):
    """Many at once; ``QISKIT_LOCAL_RUNTIME_LOAD=4,8,250`` for the large run."""

    SIZE = tuple(int(n) for n in os.environ.get("QISKIT_LOCAL_RUNTIME_LOAD", "2,4,25").split(","))

    def test_threads_and_processes_lose_no_job(self) -> None:
        processes, threads, each = self.SIZE
        code = (
            "r = LocalRuntime(store=path); s = SamplerV2(AerSimulator(), runtime=r)\n"
            f"jobs = [s.run([bell()], shots=1) for _ in range({each})]\n"
            "for job in jobs: job.result(timeout=500)\n"
        )
        children = [self.python(code) for _ in range(processes)]
        runtime = self.runtime()
        sampler = SamplerV2(AerSimulator(), runtime=runtime)
        failures: list[BaseException] = []

        def work() -> None:
            try:
                for job in [sampler.run([bell()], shots=1) for _ in range(each)]:
                    job.result(timeout=500)
            except BaseException as error:
                failures.append(error)

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(failures, [])
        self.assertEqual([child.wait(120) for child in children], [0] * processes)
        self.assertEqual(runtime.count(Query(statuses=("DONE",))), (processes + threads) * each)
