"""``with local_runtime()`` where IBM's client is installed."""

from __future__ import annotations

import importlib
import sys
import tempfile
import threading
import types
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qiskit_ibm_runtime
import qiskit_ibm_runtime.exceptions
import qiskit_ibm_runtime.executor_sampler
import qiskit_ibm_runtime.options
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

import qiskit_local_runtime
from qiskit_local_runtime.errors import BackendNotFoundError, IBMInputValueError, IBMRuntimeError
from qiskit_local_runtime.runtime.default import default_runtime
from qiskit_local_runtime.testing import local_runtime
from qiskit_local_runtime.testing.patch.names import IBM, WINDOWS, full_name, is_ibms, names_of, replacements

HOLDER = types.ModuleType("someone_elses_module")


def _bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def _counts(backend: object, shots: int = 200) -> dict[str, int]:
    circuit = generate_preset_pass_manager(0, backend=backend, seed_transpiler=1).run(_bell())
    sampler = qiskit_ibm_runtime.SamplerV2(mode=backend)
    found: dict[str, int] = sampler.run([circuit], shots=shots).result()[0].data.meas.get_counts()
    return found


def _snapshot() -> dict[tuple[str, str], int]:
    """Identity of everything in IBM's client."""
    return {
        (name, each): id(value) for name, m in list(sys.modules.items()) if is_ibms(name) for each, value in names_of(m).items()
    }


@contextmanager
def _module(source: str) -> Iterator[str]:
    """A module that can be imported by the name that is yielded."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"user_code_{Path(folder).name}"
        (Path(folder) / f"{name}.py").write_text(source)
        sys.path.insert(0, folder)
        try:
            yield name
        finally:
            sys.path.remove(folder)
            sys.modules.pop(name, None)


@ddt
class TestNames(unittest.TestCase):
    """What names mean, inside and outside."""

    @data(*[(window, name) for window in WINDOWS for name in WINDOWS[window]])
    @unpack
    def test_every_name_of_the_table_is_one_of_ibms_client_and_ours_inside(self, window: str, name: str) -> None:
        module = importlib.import_module(full_name(window))
        theirs = getattr(module, name)
        self.assertTrue(is_ibms(theirs.__module__), theirs)
        with local_runtime():
            self.assertIs(getattr(module, name), replacements(window)[name])
        self.assertIs(getattr(module, name), theirs)

    def test_nothing_of_ibms_client_is_changed_afterwards(self) -> None:
        importlib.import_module("qiskit_ibm_runtime.fake_provider")
        before = _snapshot()
        with local_runtime(), local_runtime():
            _ = qiskit_ibm_runtime.QiskitRuntimeService().backend("ibm_manila")
        after = _snapshot()
        self.assertEqual({key: after.get(key) for key in before}, before)

    def test_ibms_own_classes_are_put_back_after_an_exception(self) -> None:
        theirs = qiskit_ibm_runtime.SamplerV2
        with self.assertRaisesRegex(ZeroDivisionError, "by zero"), local_runtime():
            self.assertIsNot(qiskit_ibm_runtime.SamplerV2, theirs)
            _ = 1 / 0
        self.assertIs(qiskit_ibm_runtime.SamplerV2, theirs)
        self.assertNotIn("Hook", [type(finder).__name__ for finder in sys.meta_path])

    def test_a_module_that_imported_the_names_before_has_ours_inside_and_its_own_afterwards(self) -> None:
        with _module(
            "from qiskit_ibm_runtime import SamplerV2 as Chosen, IBMInputValueError\nimport qiskit_ibm_runtime"
        ) as name:
            module = importlib.import_module(name)
            before = (module.Chosen, module.IBMInputValueError)
            with local_runtime():
                self.assertIs(module.Chosen, qiskit_local_runtime.SamplerV2)
                self.assertIs(module.IBMInputValueError, IBMInputValueError)
                self.assertIs(module.qiskit_ibm_runtime.Session, qiskit_local_runtime.Session)
            self.assertEqual((module.Chosen, module.IBMInputValueError), before)
            self.assertIs(module.Chosen, qiskit_ibm_runtime.SamplerV2)

    def test_a_module_imported_inside_has_ibms_names_afterwards(self) -> None:
        source = (
            "from qiskit_ibm_runtime import SamplerV2 as Chosen\n"
            "from qiskit_ibm_runtime.options import *\n"
            "from qiskit_local_runtime import EstimatorV2\n"
        )
        with _module(source) as name:
            with local_runtime():
                module = importlib.import_module(name)
                self.assertIs(module.Chosen, qiskit_local_runtime.SamplerV2)
                self.assertIs(module.SamplerOptions, qiskit_local_runtime.options.SamplerOptions)
            self.assertIs(module.Chosen, qiskit_ibm_runtime.SamplerV2)
            self.assertIs(module.SamplerOptions, qiskit_ibm_runtime.options.SamplerOptions)
            self.assertIs(module.EstimatorV2, qiskit_local_runtime.EstimatorV2, "which it took from us by name")

    def test_a_name_that_was_given_another_meaning_inside_keeps_it(self) -> None:
        HOLDER.Chosen = qiskit_ibm_runtime.Session  # type: ignore[attr-defined]
        sys.modules[HOLDER.__name__] = HOLDER
        self.addCleanup(sys.modules.pop, HOLDER.__name__)
        with local_runtime():
            HOLDER.Chosen = "mine"  # type: ignore[attr-defined]
        self.assertEqual(HOLDER.Chosen, "mine")  # type: ignore[attr-defined]

    def test_modules_of_ibms_client_that_are_loaded_inside_are_built_of_its_own_classes(self) -> None:
        name = f"{IBM}.debug_tools.neat"
        package = sys.modules[IBM]
        kept = {each: sys.modules.pop(each) for each in list(sys.modules) if each.startswith(f"{IBM}.debug_tools")}
        self.addCleanup(sys.modules.update, kept)
        self.addCleanup(setattr, package, "debug_tools", package.debug_tools) if hasattr(package, "debug_tools") else None
        with local_runtime():
            module = importlib.import_module(name)
            spec = module.__spec__
        ours = [
            each for each, value in vars(module).items() if str(getattr(value, "__module__", "")).startswith("qiskit_local")
        ]
        self.assertEqual(ours, [])
        self.assertTrue(type(spec.loader).__module__.startswith(("importlib", "_frozen")), spec)

    def test_fake_devices_stay_those_of_ibms_client(self) -> None:
        from qiskit_ibm_runtime.fake_provider import FakeManilaV2

        with local_runtime() as runtime:
            from qiskit_ibm_runtime.fake_provider import FakeManilaV2 as Inside

            self.assertIs(Inside, FakeManilaV2)
            self.assertEqual(sum(_counts(Inside()).values()), 200)
            self.assertEqual(len(qiskit_ibm_runtime.QiskitRuntimeService().jobs()), 1)
            self.assertIs(default_runtime(), runtime)

    def test_an_error_is_caught_by_ibms_name(self) -> None:
        with local_runtime():
            service = qiskit_ibm_runtime.QiskitRuntimeService()
            with self.assertRaises(qiskit_ibm_runtime.exceptions.RuntimeJobNotFound):
                service.job("none")
            with self.assertRaises(qiskit_ibm_runtime.IBMInputValueError):
                qiskit_ibm_runtime.SamplerV2(mode="ibm_fez")

    def test_every_error_that_ibm_raises_by_a_name_of_ours_is_replaced_everywhere(self) -> None:
        with local_runtime():
            for name, module in list(sys.modules.items()):
                if is_ibms(name) and "IBMInputValueError" in names_of(module):
                    self.assertIs(names_of(module)["IBMInputValueError"], IBMInputValueError, name)

    def test_is_instance_asks_for_ours(self) -> None:
        with local_runtime():
            backend = AerSimulator()
            job = qiskit_ibm_runtime.SamplerV2(mode=backend).run([_bell()])
            self.assertIsInstance(job, qiskit_ibm_runtime.RuntimeJobV2)
            self.assertIsInstance(qiskit_ibm_runtime.EstimatorV2(mode=backend).options, qiskit_ibm_runtime.options.OptionsV2)
            job.result()


class TestService(unittest.TestCase):
    """The service inside."""

    def test_it_is_made_with_ibms_arguments_and_any_account(self) -> None:
        with local_runtime() as runtime:
            service = qiskit_ibm_runtime.QiskitRuntimeService(
                channel="ibm_quantum_platform",
                token="secret",
                instance="crn:v1:mine",
                url="https://cloud.ibm.com",
                region="eu-de",
            )
            self.assertIs(service.runtime, runtime)
            self.assertEqual(service.active_instance(), "crn:v1:mine")
            self.assertEqual(qiskit_ibm_runtime.QiskitRuntimeService(name="work").active_instance(), runtime.instance)

    def test_an_unknown_argument_is_refused(self) -> None:
        with local_runtime(), self.assertRaisesRegex(IBMInputValueError, "colour"):
            qiskit_ibm_runtime.QiskitRuntimeService(colour="blue")

    def test_a_qpu_is_the_fake_device_that_was_taken_from_it(self) -> None:
        with local_runtime():
            backend = qiskit_ibm_runtime.QiskitRuntimeService().backend("ibm_manila")
            self.assertEqual((backend.name, backend.num_qubits), ("ibm_manila", 5))
            self.assertEqual(sum(_counts(backend).values()), 200)

    def test_a_qpu_without_a_fake_device_is_refused_with_the_names_of_those_that_have_one(self) -> None:
        with local_runtime(), self.assertRaisesRegex(BackendNotFoundError, r"'ibm_nowhere'.*ibm_fez.*local_runtime\(backend="):
            qiskit_ibm_runtime.QiskitRuntimeService().backend("ibm_nowhere")

    def test_the_least_busy_device_is_not_a_simulator(self) -> None:
        with local_runtime():
            service = qiskit_ibm_runtime.QiskitRuntimeService()
            backend = service.least_busy(operational=True, simulator=False, min_num_qubits=100)
            self.assertGreaterEqual(backend.num_qubits, 100)
            self.assertTrue(backend.name.startswith("fake_"))

    def test_a_device_of_the_users_is_every_qpu(self) -> None:
        mine = GenericBackendV2(3, seed=1)
        with local_runtime(backend=mine):
            service = qiskit_ibm_runtime.QiskitRuntimeService()
            self.assertIs(service.backend("ibm_fez"), mine)
            self.assertIs(service.least_busy(operational=True, simulator=False), mine)
            self.assertEqual(service.backends(min_num_qubits=2), [mine])
            self.assertEqual(service.backends(min_num_qubits=4), [])
            self.assertEqual(service.backend("fake_manila").num_qubits, 5)

    def test_a_device_can_be_given_by_name(self) -> None:
        with local_runtime(backend="generic_5q"):
            self.assertEqual(qiskit_ibm_runtime.QiskitRuntimeService().backend("ibm_fez").name, "generic_5q")
        with self.assertRaisesRegex(BackendNotFoundError, "generic_x"), local_runtime(backend="generic_x"):
            self.fail("the block was entered")
        with self.assertRaisesRegex(IBMInputValueError, "BackendV2"), local_runtime(backend=5):  # type: ignore[arg-type]
            self.fail("the block was entered")

    def test_accounts_are_kept_for_the_block_and_no_file_is_written(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "accounts.json"
            with local_runtime() as runtime:
                offered = qiskit_ibm_runtime.QiskitRuntimeService
                offered.save_account(token="secret", instance="crn:v1:mine", name="work", filename=str(path))
                with self.assertRaisesRegex(IBMInputValueError, "work"):
                    offered.save_account(token="secret", name="work")
                offered.save_account(token="secret", instance="crn:v1:other", name="work", overwrite=True)
                self.assertEqual(list(offered.saved_accounts()), ["work"])
                self.assertEqual(offered(name="work", filename=str(path)).active_instance(), "crn:v1:other")
                self.assertTrue(offered.delete_account(name="work"))
                self.assertFalse(offered.delete_account(name="work"))
                self.assertEqual(offered(name="work").active_instance(), runtime.instance)
            self.assertFalse(path.exists())

    def test_a_service_cannot_be_made_when_all_blocks_have_been_left(self) -> None:
        with local_runtime():
            kept = qiskit_ibm_runtime.QiskitRuntimeService
        with self.assertRaisesRegex(IBMRuntimeError, "none any more"):
            kept()


class TestBlocks(unittest.TestCase):
    """The block as such."""

    def test_equal_seeds_give_equal_bits_and_each_job_its_own(self) -> None:
        def run(seed: int | None) -> list[dict[str, int]]:
            with local_runtime(seed=seed):
                return [_counts(AerSimulator(), 1000) for _ in range(3)]

        first = run(7)
        self.assertEqual(run(7), first)
        self.assertNotEqual(run(8), first)
        self.assertNotEqual(first[0], first[1])
        self.assertNotEqual(run(None), run(None))

    def test_a_seed_that_options_or_backend_say_wins(self) -> None:
        def run(seed: int) -> tuple[int, int]:
            with local_runtime(seed=seed) as runtime:
                said = qiskit_ibm_runtime.SamplerV2(mode=AerSimulator(), options={"simulator": {"seed_simulator": 11}})
                backend = qiskit_ibm_runtime.SamplerV2(mode=AerSimulator(seed_simulator=12))
                jobs = [sampler.run([_bell()]) for sampler in (said, backend)]
                seeds = [runtime.job(job.job_id()).seed for job in jobs if job.result()]
                return seeds[0] or 0, seeds[1] or 0

        self.assertEqual((run(1), run(2)), ((11, 12), (11, 12)))

    def test_a_seed_that_is_none_is_refused(self) -> None:
        for seed in (-1, 0.5, True, "7"):
            with self.assertRaisesRegex(IBMInputValueError, "seed must be"), local_runtime(seed=seed):  # type: ignore[arg-type]
                self.fail("the block was entered")

    def test_the_inner_of_two_blocks_holds_and_the_outer_one_after_it(self) -> None:
        with local_runtime() as outer:
            with local_runtime(plan="open") as inner:
                self.assertIs(qiskit_ibm_runtime.QiskitRuntimeService().runtime, inner)
                self.assertIs(default_runtime(), inner)
            self.assertTrue(inner.closed)
            self.assertIs(qiskit_ibm_runtime.QiskitRuntimeService().runtime, outer)
            self.assertIs(default_runtime(), outer)
        self.assertIsNot(default_runtime(), outer)

    def test_a_block_that_is_left_before_a_later_one_leaves_the_names_in_place(self) -> None:
        theirs = qiskit_ibm_runtime.Session
        first, second = local_runtime(), local_runtime()
        first.__enter__()
        runtime = second.__enter__()
        first.__exit__(None, None, None)
        self.assertIs(qiskit_ibm_runtime.Session, qiskit_local_runtime.Session)
        self.assertIs(qiskit_ibm_runtime.QiskitRuntimeService().runtime, runtime)
        second.__exit__(None, None, None)
        self.assertIs(qiskit_ibm_runtime.Session, theirs)

    def test_blocks_of_several_threads_leave_everything_as_it_was(self) -> None:
        before, wrong = _snapshot(), []

        def work() -> None:
            for _ in range(5):
                with local_runtime(backend="generic_5q"):
                    if qiskit_ibm_runtime.SamplerV2 is not qiskit_local_runtime.SamplerV2:
                        wrong.append("not replaced")

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(wrong, [])
        after = _snapshot()
        self.assertEqual({key: after.get(key) for key in before}, before)

    def test_another_thread_sees_the_block(self) -> None:
        seen: list[object] = []
        with local_runtime():
            thread = threading.Thread(target=lambda: seen.append(qiskit_ibm_runtime.Batch))
            thread.start()
            thread.join(60)
        self.assertEqual(seen, [qiskit_local_runtime.Batch])

    def test_it_is_a_decorator(self) -> None:
        @local_runtime(seed=3)
        def inside() -> object:
            return qiskit_ibm_runtime.SamplerV2

        self.assertIs(inside(), qiskit_local_runtime.SamplerV2)
        self.assertIs(inside(), qiskit_local_runtime.SamplerV2)

    def test_jobs_in_a_file_are_found_by_a_later_block(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with local_runtime(store=Path(folder) / "jobs.sqlite"):
                sampler = qiskit_ibm_runtime.SamplerV2(mode=AerSimulator())
                job_id = sampler.run([_bell()]).job_id()
                qiskit_ibm_runtime.QiskitRuntimeService().job(job_id).result()
            with local_runtime(store=Path(folder) / "jobs.sqlite"):
                self.assertEqual(qiskit_ibm_runtime.QiskitRuntimeService().job(job_id).status(), "DONE")

    def test_the_plan_holds(self) -> None:
        with local_runtime(plan="open"), self.assertRaises(qiskit_ibm_runtime.IBMNotAuthorizedError):
            qiskit_ibm_runtime.Session(backend=AerSimulator())
