"""The engine ``dask``: here and on machines of its own, with workers that die, schedulers that go, and resources."""

from __future__ import annotations

import json
import operator
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from distributed import Client
from qiskit.circuit.library import real_amplitudes
from qiskit_aer import AerSimulator

from qiskit_local_runtime import Batch, SamplerV2
from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.engines import CannotTravelError, DaskEngine, engine_named
from qiskit_local_runtime.engines.dask_versions import check_versions, versions
from qiskit_local_runtime.engines.dask_worker import opened, packed_result
from qiskit_local_runtime.errors import IBMInputValueError, IBMRuntimeError
from qiskit_local_runtime.runtime.local import LocalRuntime
from test.support import parts
from test.support.dask_machines import Machines

_ROOT = str(Path(__file__).resolve().parents[2])
_JOBS = 20


def _wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        if time.monotonic() > until:
            raise AssertionError("it did not happen")
        time.sleep(0.01)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0


def _jobs(runtime: LocalRuntime, meanwhile: Callable[[list[Any]], object] = len) -> list[np.ndarray]:
    """The bits of 20 jobs of half a second to a second each."""
    circuit = real_amplitudes(8, reps=1).decompose()
    circuit.measure_all()
    values = np.random.default_rng(3).uniform(-3, 3, (_JOBS, 11_000, circuit.num_parameters))
    backend = AerSimulator()
    with Batch(backend, runtime=runtime) as batch:
        jobs: list[Any] = []
        for number in range(_JOBS):
            sampler = SamplerV2(batch, options={"simulator": {"seed_simulator": number}})
            jobs.append(sampler.run([(circuit, values[number])], shots=300))
        meanwhile(jobs)
        return [np.asarray(job.result()[0].data.meas.array) for job in jobs]


def _busy(client: Client) -> list[str]:
    """Addresses of workers that run a part."""
    return [worker for worker, tasks in client.processing().items() if any("run_part" in str(task) for task in tasks)]


class TestMachines(unittest.TestCase):
    """Workers started on their own, as on other machines."""

    def setUp(self) -> None:
        self.machines = Machines(self)
        self.path = self.machines.folder / "lines"

    def _engine(self, client: Any = None, **settings: Any) -> DaskEngine:
        engine = DaskEngine(self.machines.address if client is None else client, **settings)
        self.addCleanup(engine.close)
        return engine

    def test_a_worker_killed_in_the_middle_of_twenty_jobs_changes_no_bit(self) -> None:
        for _ in range(3):
            self.machines.worker()
        with Client(self.machines.address, set_as_default=False) as client:
            client.wait_for_workers(3)
            pids = client.run(os.getpid)

            def kill_one(jobs: list[Any]) -> None:
                _wait_for(lambda: sum(job.done() for job in jobs) > _JOBS // 4 and _busy(client))
                os.kill(pids[_busy(client)[0]], signal.SIGKILL)

            with LocalRuntime(engine=DaskEngine(client)) as runtime:
                found = _jobs(runtime, kill_one)
            self.assertTrue(set(pids.values()) - set(client.run(os.getpid).values()))
        with LocalRuntime(engine="processes") as runtime:
            expected = _jobs(runtime)
        for number in range(_JOBS):
            np.testing.assert_array_equal(found[number], expected[number])

    def test_a_part_whose_process_is_killed_is_run_again(self) -> None:
        self.machines.worker()
        folder = self.machines.folder / "parts"
        folder.mkdir()
        self.assertEqual(
            list(self._engine().map(parts.killed_once, str(folder), range(8), cancel=CancelToken())), list(range(8))
        )
        self.assertTrue((folder / "killed").exists())

    def test_a_part_of_which_every_process_dies_is_an_error_and_the_next_works(self) -> None:
        self.machines.worker()
        engine = self._engine()
        with self.assertRaisesRegex(IBMRuntimeError, "died with exit code 7"):
            list(engine.map(parts.killed, "", range(8), cancel=CancelToken()))
        self.assertEqual(list(engine.map(parts.add, 1, [1, 2], cancel=CancelToken())), [2, 3])

    def test_a_killed_worker_leaves_no_process(self) -> None:
        worker = self.machines.worker("--no-nanny")
        self._engine().call(operator.add, 1, 2, cancel=CancelToken())
        below = psutil.Process(worker.pid).children(recursive=True)
        self.assertGreaterEqual(len(below), 2)
        worker.kill()
        worker.wait()
        gone, alive = psutil.wait_procs(below, timeout=5)
        self.assertEqual((len(gone), alive), (len(below), []))

    def test_cancelling_kills_what_runs(self) -> None:
        worker = self.machines.worker()
        engine, token = self._engine(), CancelToken()
        timer = threading.Thread(target=lambda: (_wait_for(lambda: _lines(self.path) > 0), token.cancel("enough")))
        timer.start()
        with self.assertRaisesRegex(Cancelled, "enough"):
            engine.call(parts.patient, str(self.path), 1, cancel=token)
        timer.join()
        start = time.monotonic()
        self.assertEqual(engine.call(operator.add, 1, 2, cancel=CancelToken()), 3)
        self.assertLess(time.monotonic() - start, 5)
        self.assertIsNone(worker.poll())

    def test_a_client_that_vanishes_leaves_nothing_running(self) -> None:
        self.machines.worker()
        script = (
            "from qiskit_local_runtime.cancellation import CancelToken\n"
            "from qiskit_local_runtime.engines import DaskEngine\n"
            "from test.support import parts\n"
            f"DaskEngine({self.machines.address!r}).call(parts.patient, {str(self.path)!r}, 1, cancel=CancelToken())\n"
        )
        environment = {**os.environ, "PYTHONPATH": _ROOT}
        process = subprocess.Popen([sys.executable, "-c", script], env=environment)
        _wait_for(lambda: _lines(self.path) > 0)
        process.kill()
        process.wait()
        start = time.monotonic()
        self.assertEqual(self._engine().call(operator.add, 1, 2, cancel=CancelToken()), 3)
        self.assertLess(time.monotonic() - start, 15)

    def test_parts_go_to_workers_that_have_what_they_need(self) -> None:
        self.machines.worker("--name", "plain")
        self.machines.worker("--name", "gpu", "--resources", "GPU=1")
        engine = self._engine(f"{self.machines.address}?GPU=1".removeprefix("dask:"))
        with Client(self.machines.address, set_as_default=False) as client:
            client.wait_for_workers(2)
            pids = {info["name"]: info["pid"] for info in _described(client)}
        found = list(engine.map(parts.parent_of_me, None, range(12), cancel=CancelToken()))
        self.assertEqual(set(_dask_workers(found, pids)), {"gpu"})
        self.assertEqual(
            set(_dask_workers(list(self._engine().map(parts.parent_of_me, None, range(12), cancel=CancelToken())), pids)),
            {"gpu", "plain"},
        )

    def test_a_lost_scheduler_is_an_error_and_with_another_the_work_can_be_done_again(self) -> None:
        self.machines.worker()
        engine = self._engine()
        results = engine.map(parts.patient_but_first, str(self.path), range(4), cancel=CancelToken())
        self.assertEqual(next(results), 0)
        _wait_for(lambda: _lines(self.path) > 0)
        self.machines.scheduler.kill()
        with self.assertRaisesRegex(IBMRuntimeError, "scheduler was lost"):
            next(results)
        with self.assertRaisesRegex(IBMRuntimeError, "No Dask scheduler answers at tcp://127"):
            engine.call(operator.add, 1, 2, cancel=CancelToken())

    def test_a_worker_without_the_package_is_an_error_that_says_so(self) -> None:
        bare = self.machines.folder / "bare"
        bare.mkdir()
        (bare / "qiskit_local_runtime.py").write_text("")
        self.machines.worker(python_path=str(bare))
        with self.assertRaisesRegex(IBMRuntimeError, r"lacks this package.*pip install"):
            self._engine().call(operator.add, 1, 2, cancel=CancelToken())

    def test_parts_wait_for_the_first_worker_and_can_be_cancelled_before_it_comes(self) -> None:
        engine, token = self._engine(workers=2), CancelToken()
        threading.Timer(0.3, token.cancel, ["enough"]).start()
        with self.assertRaisesRegex(Cancelled, "enough"):
            list(engine.map(parts.add, 1, [1, 2], cancel=token))
        threading.Timer(0.3, self.machines.worker).start()
        self.assertEqual(list(engine.map(parts.add, 1, [1, 2], cancel=CancelToken())), [2, 3])

    def test_a_given_client_stays_open_and_one_that_is_closed_is_refused(self) -> None:
        self.machines.worker()
        client = Client(self.machines.address, set_as_default=False)
        engine = self._engine(client)
        self.assertEqual(engine.call(operator.add, 1, 2, cancel=CancelToken()), 3)
        engine.close()
        self.assertEqual(client.status, "running")
        client.close()
        with self.assertRaisesRegex(IBMRuntimeError, "client given is closed"):
            engine.call(operator.add, 1, 2, cancel=CancelToken())

    def test_a_worker_of_several_threads_runs_as_many_parts(self) -> None:
        self.machines.worker(threads=3)
        engine = self._engine()
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        self.assertEqual(engine.workers, 3)
        self.assertEqual(len(set(engine.map(parts.parent_of_me, None, range(12), cancel=CancelToken()))), 1)


def _described(client: Client) -> list[dict[str, Any]]:
    pids = client.run(os.getpid)
    names = client.run(lambda dask_worker: str(dask_worker.name))
    return [{"name": names[address], "pid": pid} for address, pid in pids.items()]


def _dask_workers(found: list[int], pids: dict[str, int]) -> list[str]:
    return [name for pid in found for name, known in pids.items() if known == pid]


class TestHere(unittest.TestCase):
    """A scheduler and workers on this machine."""

    def test_nothing_listens_beyond_this_machine(self) -> None:
        engine = DaskEngine(workers=1)
        self.addCleanup(engine.close)
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        family = psutil.Process().children(recursive=True)
        listening = [c.laddr.ip for p in family for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
        self.assertGreaterEqual(len(listening), 2)
        self.assertEqual(set(listening), {"127.0.0.1"})

    def test_nothing_is_left_after_closing(self) -> None:
        before = {process.pid for process in psutil.Process().children(recursive=True)}
        engine = DaskEngine(workers=2)
        list(engine.map(parts.add, 1, range(8), cancel=CancelToken()))
        family = [process for process in psutil.Process().children(recursive=True) if process.pid not in before]
        self.assertGreaterEqual(len(family), 5)
        engine.close()
        self.assertEqual(psutil.wait_procs(family, timeout=3)[1], [])

    def test_killed_or_interrupted_scripts_without_a_main_guard_leave_nothing(self) -> None:
        for number in (signal.SIGKILL, signal.SIGINT):
            with tempfile.TemporaryDirectory() as folder:
                lines, path = Path(folder) / "lines", Path(folder) / "script.py"
                path.write_text(
                    "from qiskit_local_runtime.cancellation import CancelToken\n"
                    "from qiskit_local_runtime.engines import DaskEngine\n"
                    "from test.support import parts\n"
                    "print('once')\n"
                    f"DaskEngine(workers=1).call(parts.patient, {str(lines)!r}, 1, cancel=CancelToken())\n"
                )
                environment = {**os.environ, "PYTHONPATH": _ROOT}
                with (Path(folder) / "out").open("w") as out:
                    process = subprocess.Popen([sys.executable, "-u", str(path)], env=environment, stdout=out, stderr=out)
                _wait_for(lambda lines=lines: _lines(lines) > 0)
                family = psutil.Process(process.pid).children(recursive=True)
                process.send_signal(number)
                process.wait(15)
                self.assertEqual(psutil.wait_procs(family, timeout=10)[1], [], number)
                self.assertEqual((Path(folder) / "out").read_text().count("once"), 1)

    def test_a_job_gets_the_same_bits_by_the_name_of_the_engine(self) -> None:
        circuit = real_amplitudes(8, reps=1).decompose()
        circuit.measure_all()
        values = np.random.default_rng(0).random((14_000, circuit.num_parameters))
        found = []
        for engine in ("inline", "dask:2"):
            with LocalRuntime(engine=engine) as runtime:
                sampler = SamplerV2(AerSimulator(), options={"simulator": {"seed_simulator": 1}}, runtime=runtime)
                found.append(sampler.run([(circuit, values)], shots=300).result()[0].data.meas)
        self.assertEqual(found[0], found[1])

    def test_what_cannot_be_sent_is_said_to_be_so(self) -> None:
        engine = DaskEngine(workers=1)
        self.addCleanup(engine.close)
        with self.assertRaisesRegex(CannotTravelError, "cannot be sent"):
            list(engine.map(operator.is_, lambda: 0, [1], cancel=CancelToken()))
        with self.assertRaisesRegex(CannotTravelError, "cannot be sent"):
            list(engine.map(operator.is_, None, [lambda: 0], cancel=CancelToken()))


class TestWords(unittest.TestCase):
    """What can be said, and what is refused."""

    def test_names_say_where_and_what_parts_need(self) -> None:
        table = {"dask": DaskEngine.named}
        self.assertEqual(engine_named("dask:3", table).workers, 3)
        self.assertEqual(engine_named("dask:tcp://host:8786?GPU=1&workers=64", table).workers, 64)

    def test_what_is_neither_number_nor_address_is_refused(self) -> None:
        for word in ("0", "", "four", "host", "tcp://host:1?GPU=x", "tcp://host:1?GPU=0", "tcp://host:1?workers=0", "-1"):
            with self.subTest(word), self.assertRaises(IBMInputValueError):
                DaskEngine.named(word)

    def test_wrong_arguments_are_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, r"distributed\.Client or an address, found int"):
            DaskEngine(4)  # type: ignore[arg-type]
        with self.assertRaisesRegex(IBMInputValueError, "at least 1, found 0"):
            DaskEngine(workers=0)
        with self.assertRaisesRegex(IBMInputValueError, "'QPU': -1"):
            DaskEngine(resources={"QPU": -1})

    def test_other_versions_on_a_worker_are_refused_by_name(self) -> None:
        check_versions(versions())
        with self.assertRaisesRegex(IBMRuntimeError, r"numpy .* instead of 1\.0\.0\."):
            check_versions({**versions(), "numpy": "1.0.0"})

    def test_results_are_compressed_where_it_pays_and_come_back_the_same(self) -> None:
        sparse = np.zeros((1000, 1000), np.uint8)
        sparse[::7] = 1
        dense = np.random.default_rng(1).integers(0, 256, (1000, 1000), np.uint8)
        for array, most in ((sparse, 0.1), (dense, 1.01)):
            sent = packed_result(array)
            self.assertLess(len(sent), most * array.nbytes)
            np.testing.assert_array_equal(opened(sent), array)
        self.assertEqual(opened(packed_result({"a": 1})), {"a": 1})

    def test_without_dask_the_name_says_what_to_install(self) -> None:
        script = (
            "import sys; sys.modules['distributed'] = None\n"
            "from qiskit_local_runtime.engines import ENGINES\n"
            "try: ENGINES['dask'](None)\n"
            "except Exception as err: import json; print(json.dumps([type(err).__name__, str(err)]))\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, cwd=_ROOT)
        kind, text = json.loads(done.stdout)
        self.assertEqual(kind, "IBMInputValueError")
        self.assertIn("pip install", text)


if __name__ == "__main__":
    unittest.main()
