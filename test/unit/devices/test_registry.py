from __future__ import annotations

import importlib
import json
import subprocess
import sys
import threading
import unittest
from typing import Any

from ddt import data, ddt, unpack
from qiskit.circuit.library import XGate
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime.devices import Calibration, Crosstalk, Drift, Spread, registry, with_noise
from qiskit_local_runtime.errors import IBMInputValueError, IBMRuntimeError

_OTHER_PROCESS = """
import json, sys
from qiskit_local_runtime.devices import Calibration, Crosstalk, Drift, Spread, registry, with_noise
for line in sys.stdin:
    backend = registry.backend_of(json.loads(line))
    print(json.dumps([registry.queue_name(backend), backend.num_qubits, sorted(backend.operation_names)]))
"""


def _fake(name: str) -> Any:
    return getattr(importlib.import_module("qiskit_ibm_runtime.fake_provider"), name)()


def _noise() -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x"])
    return model


def _set(backend: AerSimulator, **options: Any) -> AerSimulator:
    backend.set_options(**options)
    return backend


@ddt
class TestNames(unittest.TestCase):
    def test_lists_simulators_generic_and_fake_devices_once_each(self) -> None:
        names = registry.names()
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual({"aer_simulator", "aer_simulator_stabilizer", "generic_5q", "fake_fez", "fake_manila"}, set(names))

    @data("aer_simulator", "aer_simulator_density_matrix", "generic_1q", "generic_5q", "generic_33q", "fake_manila")
    def test_a_backend_has_its_name_and_is_the_same_object_each_time(self, name: str) -> None:
        found = registry.backend_named(name)
        self.assertEqual(found.name, name)
        self.assertIs(registry.backend_named(name), found)
        self.assertEqual(registry.num_qubits(name), found.num_qubits)

    def test_threads_get_the_same_object(self) -> None:
        found: list[Any] = []
        start = threading.Barrier(8)

        def ask() -> None:
            start.wait(10)
            found.append(registry.backend_named("generic_44q"))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(len(found), 8)
        self.assertEqual(len(set(map(id, found))), 1)

    @data("", "generic_0q", "generic_05q", "generic_99999999q", "fake_nothing", "aer_simulator ", None, 3)
    def test_an_unknown_name_is_not_found(self, name: Any) -> None:
        with self.assertRaises(QiskitBackendNotFoundError):
            registry.backend_named(name)

    def test_close_names_are_suggested(self) -> None:
        with self.assertRaisesRegex(QiskitBackendNotFoundError, "Did you mean 'fake_fez'"):
            registry.backend_named("fake_fezz")

    def test_a_backend_of_ones_own_is_found_by_the_name_given(self) -> None:
        mine = GenericBackendV2(3, seed=7)
        registry.add(mine, "test_registry_mine")
        self.assertIs(registry.backend_named("test_registry_mine"), mine)
        self.assertIn("test_registry_mine", registry.names())
        self.assertEqual(registry.spec_of(mine), {"kind": "named", "name": "test_registry_mine"})

    @data("aer_simulator", "generic_5q", "generic_77q", "fake_fez", "test_registry_taken")
    def test_a_name_that_is_taken_is_refused(self, name: str) -> None:
        if name == "test_registry_taken":
            registry.add(GenericBackendV2(2, seed=1), name)
        with self.assertRaisesRegex(IBMInputValueError, "another backend's"):
            registry.add(GenericBackendV2(2, seed=2), name)

    def test_what_is_no_backend_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "found str"):
            registry.add("fake_fez")  # type: ignore[arg-type]


@ddt
class TestSpecs(unittest.TestCase):
    @data("aer_simulator", "aer_simulator_stabilizer", "generic_4q", "fake_lima")
    def test_a_backend_by_name_is_described_by_it(self, name: str) -> None:
        self.assertEqual(registry.spec_of(registry.backend_named(name)), {"kind": "named", "name": name})

    @unpack
    @data(
        ({}, "aer_simulator"),
        ({"method": "stabilizer"}, "aer_simulator_stabilizer"),
        ({"method": "statevector", "shots": 1024}, "aer_simulator_statevector"),
    )
    def test_an_equal_simulator_of_the_users_shares_the_named_ones_queue(self, options: dict[str, Any], name: str) -> None:
        self.assertEqual(registry.queue_name(AerSimulator(**options)), name)

    @data(
        {"seed_simulator": 3},
        {"method": "extended_stabilizer"},
        {"n_qubits": 3},
        {"coupling_map": [[0, 1], [1, 2]]},
        {"basis_gates": ["cx", "rz", "sx"]},
        {"method": "matrix_product_state", "matrix_product_state_max_bond_dimension": 8},
    )
    def test_options_are_kept_through_json(self, options: dict[str, Any]) -> None:
        backend = AerSimulator(**options)
        spec = json.loads(json.dumps(registry.spec_of(backend)))
        again = registry.backend_of(spec)
        self.assertEqual(spec["kind"], "aer")
        self.assertEqual(again.num_qubits, backend.num_qubits)
        self.assertEqual(set(again.operation_names), set(backend.operation_names))
        self.assertEqual(dict(again.options.items()), dict(backend.options.items()))
        self.assertEqual(registry.spec_of(again), spec)
        self.assertIs(registry.backend_of(spec), again)

    def test_different_options_have_different_queues_and_equal_ones_the_same(self) -> None:
        queues = [registry.queue_name(AerSimulator(seed_simulator=seed)) for seed in (1, 2, 1)]
        self.assertEqual(queues[0], queues[2])
        self.assertEqual(len({*queues, "aer_simulator"}), 3)
        self.assertTrue(all(queue is not None and queue.startswith("aer_simulator~") for queue in queues))

    def test_the_backend_of_a_queue_is_one_of_that_queue(self) -> None:
        queue = registry.queue_name(AerSimulator(seed_simulator=11))
        assert queue is not None
        self.assertEqual(registry.queue_name(registry.backend_of_queue(queue)), queue)
        self.assertIs(registry.backend_of_queue("generic_5q"), registry.backend_named("generic_5q"))

    @unpack
    @data(
        ("noise", lambda: AerSimulator(noise_model=_noise())),
        ("device", lambda: AerSimulator.from_backend(_fake("FakeManilaV2"))),
        ("target", lambda: AerSimulator(target=GenericBackendV2(3, seed=1).target)),
        ("nan", lambda: AerSimulator(zero_threshold=float("nan"))),
        ("couplings set later", lambda: _set(AerSimulator(), coupling_map=[[0, 1], [1, 0]])),
        ("method set later", lambda: _set(AerSimulator(basis_gates=["cx", "u"]), method="statevector")),
        ("generic", lambda: GenericBackendV2(5, seed=0)),
        ("subclass", lambda: type("Mine", (AerSimulator,), {})()),
        ("subclass of fake", lambda: type("Mine", (type(_fake("FakeManilaV2")),), {})()),
    )
    def test_what_json_cannot_say_has_no_description_and_no_shared_queue(self, _: str, make: Any) -> None:
        backend = make()
        self.assertIsNone(registry.spec_of(backend))
        self.assertIsNone(registry.queue_name(backend))

    def test_a_fake_device_the_user_made_is_described_until_it_is_edited(self) -> None:
        device = _fake("FakeManilaV2")
        self.assertEqual(registry.spec_of(device), {"kind": "named", "name": "fake_manila"})
        device.target.update_instruction_properties("x", (0,), InstructionProperties(error=0.5, duration=1e-7))
        self.assertIsNone(registry.spec_of(device))

    def test_an_instruction_added_to_a_device_is_noticed(self) -> None:
        device = _fake("FakeQuitoV2")
        self.assertIsNotNone(registry.spec_of(device))
        device.target.add_instruction(XGate(label="twice"), {(0,): None}, name="twice")
        self.assertIsNone(registry.spec_of(device))

    def test_a_generic_device_that_was_edited_is_not_described_and_a_fresh_one_is_made(self) -> None:
        device = registry.backend_named("generic_6q")
        spec = registry.spec_of(device)
        assert spec is not None
        self.assertIs(registry.backend_of(spec), device)
        device.target.update_instruction_properties("x", (0,), InstructionProperties(error=0.5, duration=1e-7))
        self.assertIsNone(registry.spec_of(device))
        fresh = registry.backend_of(spec)
        self.assertIsNot(fresh, device)
        self.assertNotEqual(fresh.target["x"][(0,)].error, 0.5)

    def test_a_named_simulator_is_described_as_it_is_set_up_now(self) -> None:
        simulator = registry.backend_named("aer_simulator_matrix_product_state")
        self.addCleanup(simulator.set_options, noise_model=None, seed_simulator=None)
        simulator.set_options(seed_simulator=5)
        expected = {"kind": "aer", "options": {"method": "matrix_product_state", "seed_simulator": 5}}
        self.assertEqual(registry.spec_of(simulator), expected)
        simulator.set_options(noise_model=_noise())
        self.assertIsNone(registry.spec_of(simulator))
        made = registry.backend_of({"kind": "named", "name": "aer_simulator_matrix_product_state"})
        self.assertIsNone(made.options.noise_model)

    @data({"kind": "quantum"}, {"kind": "aer"}, {"kind": "noisy"}, {})
    def test_a_description_of_another_kind_is_refused(self, spec: dict[str, Any]) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, "later version"):
            registry.backend_of(spec)

    def test_a_name_this_process_does_not_know_is_not_found(self) -> None:
        with self.assertRaises(QiskitBackendNotFoundError):
            registry.backend_of({"kind": "named", "name": "my_old_device"})

    def test_another_process_makes_equal_backends_with_equal_queues(self) -> None:
        backends = [
            AerSimulator(method="stabilizer"),
            AerSimulator(n_qubits=4, seed_simulator=3, basis_gates=["cx", "rz"]),
            registry.backend_named("generic_8q"),
            _fake("FakeManilaV2"),
            with_noise(_fake("FakeManilaV2"), Calibration(), Crosstalk({(0, 1): 1e4}), Drift(Spread(0, 1e4)), seed=3),
        ]
        lines = "".join(json.dumps(registry.spec_of(each)) + "\n" for each in backends)
        out = subprocess.run(
            [sys.executable, "-c", _OTHER_PROCESS], input=lines, capture_output=True, text=True, timeout=120, check=True
        )
        theirs = [json.loads(line) for line in out.stdout.splitlines()]
        ours = [[registry.queue_name(each), each.num_qubits, sorted(each.operation_names)] for each in backends]
        self.assertEqual(theirs, ours)


@ddt
class TestFilters(unittest.TestCase):
    @unpack
    @data(
        ("aer_simulator", {"simulator": True}, True),
        ("generic_5q", {"simulator": True}, False),
        ("fake_manila", {"simulator": False, "operational": True}, True),
        ("aer_simulator", {"min_num_qubits": 6}, True),
        ("generic_5q", {"min_num_qubits": 5}, True),
        ("generic_5q", {"min_num_qubits": 6}, False),
        ("fake_manila", {"num_qubits": 5, "status_msg": "active"}, True),
        ("fake_manila", {"n_qubits": 7}, False),
        ("fake_manila", {"backend_name": "fake_manila"}, True),
        ("generic_5q", {"dynamic_circuits": True}, True),
        ("generic_5q", {"dynamic_circuits": False}, False),
        ("generic_5q", {"no_such_attribute": 1}, False),
        ("aer_simulator", {"use_fractional_gates": True}, True),
        ("generic_5q", {"use_fractional_gates": True}, False),
        ("generic_5q", {"filters": lambda backend: backend.num_qubits == 5}, True),
        ("generic_5q", {"filters": lambda backend: False, "num_qubits": 5}, False),
    )
    def test_all_conditions_must_hold(self, name: str, conditions: dict[str, Any], expected: bool) -> None:
        self.assertEqual(registry.matches(registry.backend_named(name), **conditions), expected)

    def test_a_simulator_with_noise_or_couplings_stands_for_a_device(self) -> None:
        for backend in (AerSimulator(noise_model=_noise()), AerSimulator(coupling_map=[[0, 1]])):
            self.assertFalse(registry.matches(backend, simulator=True))
            self.assertFalse(registry.summary(backend).simulator)

    def test_the_summary_says_what_a_list_shows(self) -> None:
        facts = registry.summary(registry.backend_named("generic_5q"))
        self.assertEqual((facts.name, facts.num_qubits, facts.simulator, facts.operational), ("generic_5q", 5, False, True))
        self.assertLessEqual({"cx", "rz", "sx", "x"}, set(facts.basis_gates))
        self.assertTrue(registry.summary(AerSimulator()).simulator)
