"""The same bits on every engine, with any number of workers, and nothing left behind."""

from __future__ import annotations

import functools
import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Gate, Parameter, QuantumCircuit
from qiskit.circuit.library import real_amplitudes
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.engines import Engine, InlineEngine, ProcessEngine, ThreadEngine
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.runtime.local import LocalRuntime
from test.support.groups import group, in_time
from test.support.simulation import damping_noise, pauli_noise, random_clifford

if TYPE_CHECKING:
    from test.support.dask_here import Clusters

_ROOT = str(Path(__file__).resolve().parents[2])
_DASK_WORKERS = (1, 2, 4)
_ENVIRONMENT = {**os.environ, "PYTHONPATH": _ROOT}


def _ansatz(width: int, reps: int = 1) -> QuantumCircuit:
    return real_amplitudes(width, reps=reps).decompose()


def _values(circuit: QuantumCircuit, sets: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(-3, 3, (sets, circuit.num_parameters))


def _measured(circuit: QuantumCircuit) -> QuantumCircuit:
    out = circuit.copy()
    out.measure_all()
    return out


def _bound(width: int, reps: int) -> QuantumCircuit:
    circuit = _ansatz(width, reps)
    return circuit.assign_parameters(_values(circuit, 1)[0])


def _clifford(width: int, gates: int) -> QuantumCircuit:
    with_bits = random_clifford(width, gates, seed=2)
    out = QuantumCircuit(width)
    for item in with_bits.data:
        out.append(item.operation, [with_bits.find_bit(qubit).index for qubit in item.qubits])
    return out


def _sampled(runtime: LocalRuntime, backend: Any, pub: Any, shots: int | None = None, **options: Any) -> np.ndarray:
    options["simulator"] = {"seed_simulator": 11, **options.get("simulator", {})}
    result = SamplerV2(backend, options=options, runtime=runtime).run([pub], shots=shots).result()
    return np.asarray(result[0].data.meas.array)


def _estimated(runtime: LocalRuntime, backend: Any, pub: Any, precision: float, **options: Any) -> np.ndarray:
    options = {"simulator": {"seed_simulator": 11}, **options}
    found = EstimatorV2(backend, options=options, runtime=runtime).run([pub], precision=precision).result()[0].data
    return np.stack([found.evs, found.stds])


def _state_sweep(runtime: LocalRuntime) -> np.ndarray:
    circuit = _measured(_ansatz(8))
    return _sampled(runtime, AerSimulator(), (circuit, _values(circuit, 14_000)), 300)


def _density_sweep(runtime: LocalRuntime) -> np.ndarray:
    circuit = _measured(_ansatz(5))
    backend = AerSimulator(noise_model=damping_noise(), method="density_matrix")
    return _sampled(runtime, backend, (circuit, _values(circuit, 6000)), 200)


def _trajectories(runtime: LocalRuntime) -> np.ndarray:
    backend = AerSimulator(noise_model=damping_noise())
    return _sampled(runtime, backend, (_measured(_bound(5, 4)),), 90_000, simulator={"method": "trajectories"})


def _frames(runtime: LocalRuntime) -> np.ndarray:
    backend = AerSimulator(noise_model=pauli_noise())
    return _sampled(runtime, backend, (_measured(_clifford(20, 60)),), 1_000_000)


def _twirled(runtime: LocalRuntime) -> np.ndarray:
    backend = AerSimulator(noise_model=pauli_noise())
    twirling = {"enable_gates": True, "enable_measure": True, "num_randomizations": 700, "shots_per_randomization": 64}
    return _sampled(runtime, backend, (_measured(_bound(6, 3)),), None, twirling=twirling)


def _sampled_estimate(runtime: LocalRuntime) -> np.ndarray:
    circuit = _ansatz(6)
    observables = SparsePauliOp(["ZZIIII", "XXIIII", "IIYYII", "IIIIXZ"], [1.0, 0.5, 0.3, -0.2])
    backend = AerSimulator(noise_model=pauli_noise())
    return _estimated(runtime, backend, (circuit, observables, _values(circuit, 1500)), 0.05, resilience_level=1)


def _exact_estimate(runtime: LocalRuntime) -> np.ndarray:
    circuit = _ansatz(10, 3)
    observable = SparsePauliOp(["Z" * 10, "X" * 10, "ZZIIIIIIII"], [1.0, 0.5, 0.25])
    return _estimated(runtime, AerSimulator(), (circuit, observable, _values(circuit, 8000)), 0.0)


def _pec(runtime: LocalRuntime) -> np.ndarray:
    from qiskit_local_runtime import NoiseLearner

    circuit = QuantumCircuit(2)
    circuit.ry(Parameter("t"), 0)
    for _ in range(4):
        circuit.cx(0, 1)
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["cx"])
    backend = AerSimulator(noise_model=noise)
    few = {"num_randomizations": 8, "shots_per_randomization": 64, "layer_pair_depths": [0, 2, 8]}
    learner = NoiseLearner(backend, options={"simulator": {"seed_simulator": 3}, **few}, runtime=runtime)
    model = learner.run([circuit]).result()
    options = {"resilience": {"pec_mitigation": True, "layer_noise_model": model}}
    return _estimated(runtime, backend, (circuit, SparsePauliOp("ZZ"), np.linspace(0, 3, 40)), 0.008, **options)


def _tensor_networks(runtime: LocalRuntime) -> np.ndarray:
    circuit = _measured(_ansatz(6))
    options = {"simulator": {"method": "matrix_product_state"}}
    return _sampled(runtime, AerSimulator(), (circuit, _values(circuit, 60)), 200, **options)


_WORKLOADS: dict[str, Callable[[LocalRuntime], np.ndarray]] = {
    "state sweep": _state_sweep,
    "density sweep": _density_sweep,
    "trajectories": _trajectories,
    "frames": _frames,
    "twirled": _twirled,
    "sampled estimate": _sampled_estimate,
    "exact estimate": _exact_estimate,
    "pec": _pec,
    "tensor networks": _tensor_networks,
}


class Counting:
    """An engine that counts the parts it is asked to run."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.name, self.workers, self.parts = engine, engine.name, engine.workers, 0

    def call(self, function: Callable[..., Any], *args: Any, cancel: Any) -> Any:
        return self._engine.call(function, *args, cancel=cancel)

    def map(self, function: Callable[..., Any], common: Any, parts: Any, *, cancel: Any) -> Any:
        self.parts += len(parts)
        return self._engine.map(function, common, parts, cancel=cancel)

    def close(self) -> None:
        self._engine.close()


def _run(engine: Engine, workload: str) -> np.ndarray:
    with LocalRuntime(engine=engine) as runtime, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _WORKLOADS[workload](runtime)


@functools.cache
def _wanted(workload: str) -> np.ndarray:
    """What comes of a workload where nothing travels."""
    return _run(InlineEngine(), workload)


@ddt
class TestSameBits(unittest.TestCase):
    """Every workload on every engine."""

    _started: ClassVar[Clusters | None] = None

    @data(*_WORKLOADS)
    def test_results_do_not_depend_on_the_engine_or_its_workers(self, workload: str) -> None:
        self.assertGreater(len(np.unique(_wanted(workload))), 1)
        for make, workers in ((ThreadEngine, 2), (ProcessEngine, 1), (ProcessEngine, 2), (ProcessEngine, 4)):
            self._check(make(workers), workload)

    @unittest.skipUnless(find_spec("distributed"), "Dask is not installed: pip install 'qiskit-local-runtime[dask]'")
    @data(*_WORKLOADS)
    def test_nor_on_whether_dask_runs_it_on_few_or_many_workers(self, workload: str) -> None:
        for workers in _DASK_WORKERS:
            self._check(self._clusters().engine(workers), workload)

    def _check(self, engine: Engine, workload: str) -> None:
        counted = Counting(engine)
        counted.call(operator.add, 1, 2, cancel=CancelToken())
        with self.subTest(engine=engine.name, workers=engine.workers):
            np.testing.assert_array_equal(_run(counted, workload), _wanted(workload))
            least = 0 if counted.workers > 1 else -1
            self.assertGreater(counted.parts, least, "the workload was too short to be sent anywhere")

    @classmethod
    def _clusters(cls) -> Clusters:
        """Dask's workers, shared by all tests of the class."""
        if cls._started is None:
            from test.support.dask_here import Clusters

            cls._started = Clusters(_DASK_WORKERS)
            cls.addClassCleanup(cls._started.close)
        return cls._started

    def test_a_worker_killed_in_the_middle_changes_nothing(self) -> None:
        engine = ProcessEngine(2)
        pid = engine.call(os.getpid, cancel=CancelToken())
        with LocalRuntime(engine=engine) as runtime:
            killer = threading.Timer(0.15, os.kill, (pid, signal.SIGKILL))
            killer.start()
            found = _trajectories(runtime)
            killer.join()
        np.testing.assert_array_equal(found, _wanted("trajectories"))

    def test_gates_of_a_users_own_class_run_where_they_are_known(self) -> None:
        class Turn(Gate):
            """Not importable: it is defined inside a function."""

            def __init__(self) -> None:
                super().__init__("turn", 1, [])

            def _define(self) -> None:
                self.definition = QuantumCircuit(1)
                self.definition.ry(0.7, 0)

        circuit = _ansatz(8).copy()
        circuit.append(Turn(), [0])
        pub = (_measured(circuit), _values(circuit, 14_000))
        found = []
        for engine in (InlineEngine(), ProcessEngine(2)):
            engine.call(operator.add, 1, 2, cancel=CancelToken())
            with LocalRuntime(engine=engine) as runtime:
                found.append(_sampled(runtime, AerSimulator(), pub, 300))
        np.testing.assert_array_equal(found[0], found[1])


class TestNothingLeft(unittest.TestCase):
    """Threads and processes end with the runtime."""

    def test_many_runs_leave_nothing(self) -> None:
        circuit = _measured(_ansatz(3))
        values = _values(circuit, 3)
        before = threading.active_count(), len(multiprocessing.active_children())
        engine = ProcessEngine(2)
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        with LocalRuntime(engine=engine) as runtime:
            _trajectories(runtime)
            during = threading.active_count()
            for _ in range(500):
                _sampled(runtime, AerSimulator(), (circuit, values), 10)
            self.assertLessEqual(threading.active_count(), during + 2)
            self.assertLessEqual(len(multiprocessing.active_children()), before[1] + 2)
        # the thread of time limits lingers for half a second
        gone = in_time(lambda: (threading.active_count(), len(multiprocessing.active_children())) <= before)
        self.assertTrue(gone, f"{threading.enumerate()}, {multiprocessing.active_children()}")


_JOB = """
import os, sys
import numpy as np
from qiskit.circuit.library import real_amplitudes
from qiskit_aer import AerSimulator
from qiskit_local_runtime import SamplerV2
circuit = real_amplitudes(8, reps=1)
circuit.measure_all()
values = np.random.default_rng(5).random((SETS, circuit.num_parameters))
sampler = SamplerV2(AerSimulator(), options={"simulator": {"seed_simulator": 1}})
print("started", flush=True)
print(int(sampler.run([(circuit, values)], shots=300).result()[0].data.meas.array.sum()), flush=True)
"""


class TestScripts(unittest.TestCase):
    """Jobs of scripts, of ``python -c`` and of what is typed in."""

    def _run(self, arguments: list[str], **more: Any) -> str:
        environment = {**_ENVIRONMENT, "QISKIT_LOCAL_RUNTIME_ENGINE": more.pop("engine", "processes:2")}
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, timeout=120, env=environment, **more
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stderr)
        return done.stdout

    def test_a_script_without_a_main_guard_an_option_and_standard_input_give_the_same(self) -> None:
        text = _JOB.replace("SETS", "45_000")
        wanted = self._run(["-c", text], engine="inline")
        self.assertEqual(wanted.count("started"), 1)
        self.assertEqual(self._run(["-c", text]), wanted)
        self.assertEqual(self._run(["-"], input=text), wanted)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "script.py"
            path.write_text(text, encoding="utf-8")
            self.assertEqual(self._run([str(path)]), wanted)

    @unittest.skipIf(sys.platform == "win32", "process groups")
    def test_ctrl_c_leaves_no_workers(self) -> None:
        job = _JOB.replace("SETS", "2_000_000")
        with subprocess.Popen(
            [sys.executable, "-c", job],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**_ENVIRONMENT, "QISKIT_LOCAL_RUNTIME_ENGINE": "processes:2"},
            start_new_session=True,
        ) as child:
            assert child.stdout is not None
            self.assertEqual(child.stdout.readline(), "started\n")
            self.assertTrue(in_time(lambda: len(group(child.pid)) >= 4), "no workers were started")
            os.killpg(child.pid, signal.SIGINT)
            self.assertNotEqual(child.wait(30), 0)
            self.assertTrue(in_time(lambda: not group(child.pid)), f"left: {group(child.pid)}")

    def test_an_engine_that_is_not_there_is_named_with_the_others(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "No engine is named 'clouds'. Expected one of inline, threads"):
            LocalRuntime(engine="clouds")
        with LocalRuntime(engine="threads:2") as runtime:
            np.testing.assert_array_equal(_trajectories(runtime), _wanted("trajectories"))
