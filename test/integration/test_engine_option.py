"""``options.environment.engine``: where one primitive's jobs run, whatever the runtime's engine is."""

from __future__ import annotations

import tempfile
import threading
import unittest
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import real_amplitudes
from qiskit.primitives import PrimitiveResult
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2, LocalRuntime, NoiseLearner, NoiseLearnerV3, SamplerV2
from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.engines import InlineEngine, ThreadEngine
from qiskit_local_runtime.errors import OptionError
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.primitives.executor import Executor
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines import ROUTINES
from qiskit_local_runtime.routines.base import RoutineTools
from qiskit_local_runtime.testing import HandEngine

_NAMED = {"environment": {"engine": "threads:3"}}


class _Told:
    """A routine whose result is the engine it was given."""

    name = "any"

    def __init__(self) -> None:
        self.engines: list[Any] = []

    def accept(self, request: Request) -> None:
        """Anything goes."""

    def estimate(self, request: Request) -> float | None:
        return None

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult:
        self.engines.append(tools.engine)
        tools.phase("on the QPU")
        # a hand engine waits here until the test lets it go on
        tools.engine.call(int, 3, cancel=tools.cancel)
        return PrimitiveResult([], {"engine": tools.engine.name, "workers": tools.engine.workers})


def _circuit(measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def _learned_layer(runtime: LocalRuntime, options: Any) -> RuntimeJob:
    estimator = EstimatorV2(AerSimulator(), runtime=runtime)
    layers = estimator.find_unique_layers([(_circuit(False), "ZZ")])
    return NoiseLearnerV3(AerSimulator(), options, runtime=runtime).run(layers)


def _executed(runtime: LocalRuntime, options: Any) -> RuntimeJob:
    item = SimpleNamespace(circuit=_circuit(), circuit_arguments=np.empty((0,)), chunk_size=None, shape=())
    program = SimpleNamespace(shots=5, items=[item], passthrough_data=None, meas_level="classified")
    return Executor(AerSimulator(), options, runtime=runtime).run(program)


_PRIMITIVES: dict[str, Callable[[LocalRuntime, Any], RuntimeJob]] = {
    "sampler": lambda runtime, options: SamplerV2(AerSimulator(), options, runtime=runtime).run([_circuit()]),
    "estimator": lambda runtime, options: EstimatorV2(AerSimulator(), options, runtime=runtime).run([(_circuit(False), "ZZ")]),
    "noise-learner": lambda runtime, options: NoiseLearner(AerSimulator(), options, runtime=runtime).run([_circuit(False)]),
    "noise-learner-v3": _learned_layer,
    "executor": _executed,
}


def _routines() -> dict[str, Any]:
    return dict.fromkeys(ROUTINES, _Told())


def _threads() -> int:
    return sum(thread.name.startswith("qiskit-local-runtime part") for thread in threading.enumerate())


@ddt
class TestEveryPrimitive(unittest.TestCase):
    """All have the option, and all apply it."""

    def test_they_are_all_here(self) -> None:
        self.assertEqual(set(_PRIMITIVES), set(ROUTINES))

    @data(*_PRIMITIVES)
    def test_a_job_is_given_the_engine_its_options_name_and_others_the_runtimes(self, name: str) -> None:
        with LocalRuntime(engine="inline", routines=_routines()) as runtime:
            plain = _PRIMITIVES[name](runtime, None).result(timeout=30).metadata
            named = _PRIMITIVES[name](runtime, _NAMED).result(timeout=30).metadata
        self.assertEqual((plain["engine"], plain["workers"]), ("inline", 1))
        self.assertEqual((named["engine"], named["workers"]), ("threads", 3))

    @data(*_PRIMITIVES)
    def test_a_name_that_means_nothing_is_refused_at_the_call(self, name: str) -> None:
        with LocalRuntime(engine="inline", routines=_routines()) as runtime:
            for wrong, said in (
                ("clouds", r"No engine is named 'clouds'\. Expected one of inline, threads, processes, dask"),
                ("thread", "Did you mean 'threads'"),
                ("processes:none", "such as 'processes:4', found 'none'"),
                ("dask:nowhere", "found 'nowhere'"),
                ("", "No engine is named ''"),
            ):
                with self.assertRaisesRegex(OptionError, rf"options\.environment\.engine: .*{said}"):
                    _PRIMITIVES[name](runtime, {"environment": {"engine": wrong}})
            self.assertEqual(len(runtime.find(Query())), 0)

    @unpack
    @data((3,), (["threads"],), (InlineEngine(),))
    def test_what_is_no_name_is_refused_when_it_is_set(self, wrong: Any) -> None:
        with self.assertRaisesRegex(OptionError, "engine: found .*string"):
            SamplerV2(AerSimulator(), {"environment": {"engine": wrong}})


class TestItsEngines(unittest.TestCase):
    """Made once, kept, closed with the runtime."""

    def test_equal_names_share_an_engine_that_ends_with_the_runtime(self) -> None:
        circuit = real_amplitudes(8, reps=1).decompose()
        circuit.measure_all()
        values = np.random.default_rng(5).uniform(-3, 3, (14_000, circuit.num_parameters))
        found, before = [], _threads()
        with LocalRuntime(engine="inline") as runtime:
            for name in (None, "threads:2", " threads:2 "):
                options = {"simulator": {"seed_simulator": 11}, "environment": {"engine": name}}
                sampler = SamplerV2(AerSimulator(), options, runtime=runtime)
                found.append(sampler.run([(circuit, values)], shots=300).result()[0].data.meas)
                self.assertEqual(_threads() - before, 0 if name is None else 2)
        self.assertEqual(_threads(), before)
        self.assertTrue(found[0] == found[1] == found[2])

    def test_a_job_that_names_what_the_runtime_has_shares_it(self) -> None:
        routines = _routines()
        with LocalRuntime(engine="threads:3", routines=routines) as runtime:
            for options in (None, _NAMED):
                _PRIMITIVES["sampler"](runtime, options).result(timeout=30)
        first, second = routines["sampler"].engines
        self.assertIs(first, second)

    def test_an_engine_given_as_an_object_is_not_taken_for_a_named_one(self) -> None:
        routines, given = _routines(), ThreadEngine(1)
        with LocalRuntime(engine=given, routines=routines) as runtime:
            for name in ("threads:1", None):
                _PRIMITIVES["sampler"](runtime, {"environment": {"engine": name}}).result(timeout=30)
        named, own = routines["sampler"].engines
        self.assertIs(own, given)
        self.assertIsNot(named, given)
        self.assertEqual(named.call(int, 3, cancel=CancelToken()), 3)

    def test_a_plan_and_an_estimate_check_it_too(self) -> None:
        with LocalRuntime(engine="inline") as runtime:
            sampler = SamplerV2(AerSimulator(), {"environment": {"engine": "clouds"}}, runtime=runtime)
            for call in (sampler.plan, sampler.estimate_usage):
                with self.assertRaisesRegex(OptionError, "No engine is named 'clouds'"):
                    call([_circuit()])
            sampler.options.environment.engine = "threads:2"
            self.assertIn("PUB 0", str(sampler.plan([_circuit()])))


class TestAnotherProcess(unittest.TestCase):
    """A job that a runtime left behind."""

    def test_it_runs_again_on_the_engine_it_named(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path, hand = Path(folder) / "jobs.db", HandEngine()
            with LocalRuntime(store=path, engine=hand, routines=_routines()) as runtime:
                # the first one holds the queue, so that the others are not begun
                _PRIMITIVES["sampler"](runtime, None)
                self.assertTrue(hand.wait_for_call())
                left = {name: _PRIMITIVES[name](runtime, _NAMED).job_id() for name in _PRIMITIVES}
            with LocalRuntime(store=path, engine="inline", routines=_routines()) as runtime:
                for name, job_id in left.items():
                    with self.subTest(name):
                        job = RuntimeJob(job_id, runtime)
                        self.assertEqual(job.result(timeout=30).metadata["engine"], "threads")
                        self.assertEqual(runtime.request(job_id).options["environment"], {"engine": "threads:3"})


if __name__ == "__main__":
    unittest.main()
