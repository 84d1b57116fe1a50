from __future__ import annotations

import subprocess
import sys
import time
import unittest
from typing import Any

from ddt import data, ddt
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties

from qiskit_local_runtime.devices import registry
from qiskit_local_runtime.server.backends.configuration import configuration
from qiskit_local_runtime.server.backends.device import device
from qiskit_local_runtime.server.backends.facts import warm
from qiskit_local_runtime.server.backends.status import status

from .client import strict

_LISTED = """
import sys
from qiskit_local_runtime.devices import registry
from qiskit_local_runtime.server.backends.device import device
rows = [device(name, 0) for name in registry.names()]
print(len(rows) > 70, "qiskit_ibm_runtime" in sys.modules)
"""


def _checked(test: unittest.TestCase, row: dict[str, Any]) -> None:
    """The types of QRMI's Rust structures: a whole number as text, or a text as number, ends its parsing."""
    test.assertIs(str, type(row["name"]))
    test.assertIn(row["status"]["name"], {"online", "paused", "offline"})
    test.assertIs(str, type(row["status"]["reason"]))
    test.assertIs(bool, type(row["is_simulator"]))
    for key in ("qubits", "queue_length", *({"physical_qubits"} & set(row))):
        test.assertIs(int, type(row[key]), key)
    test.assertLessEqual(set(row["processor_type"]), {"family", "revision", "segment"})
    test.assertEqual({str}, set(map(type, row["processor_type"].values())) or {str})
    if "clops" in row:
        test.assertIn(row["clops"]["type"], {"hardware", "virtual"})
        test.assertIs(int, type(row["clops"]["value"]))
    best = row["performance_metrics"].get("two_q_error_best")
    if best is not None:
        test.assertEqual([float, str, str, list], [type(best[key]) for key in ("value", "unit", "gate", "qubits")])


@ddt
class TestRows(unittest.TestCase):
    """One row of the list for each backend."""

    def test_all_that_are_listed_have_rows_of_the_right_types(self) -> None:
        for name in registry.names():
            with self.subTest(name):
                _checked(self, strict(device(name, 2)))

    @data("fake_fez", "fake_manila", "ibm_sherbrooke", "aer_simulator", "generic_5q", "fake_nighthawk")
    def test_a_row_agrees_with_the_configuration(self, name: str) -> None:
        row, said = device(name, 0), configuration(registry.backend_named(name), name)
        self.assertEqual((row["name"], row["qubits"]), (said["backend_name"], said["n_qubits"]))
        self.assertEqual(row["is_simulator"], said["simulator"])
        self.assertEqual(status(name, 0)["backend_version"], said["backend_version"])
        self.assertEqual(row["processor_type"]["family"], said["processor_type"]["family"])

    def test_fez_is_told_as_ibm_tells_it(self) -> None:
        row = device("ibm_fez", 7, wait_seconds=12.4)
        self.assertEqual({"family": "Heron", "revision": "2"}, row["processor_type"])
        self.assertEqual({"type": "hardware", "value": 195000}, row["clops"])
        self.assertEqual((332, 156, 7), (row["physical_qubits"], row["qubits"], row["queue_length"]))
        self.assertEqual({"average": 12, "p50": 12, "p95": 12}, row["wait_time_seconds"])

    def test_the_best_pair_of_fez_is_of_a_gate_that_fez_has(self) -> None:
        best = device("fake_fez", 0)["performance_metrics"]["two_q_error_best"]
        target = registry.backend_named("fake_fez").target
        self.assertEqual(min(known.error for known in target["cz"].values()), best["value"])
        self.assertEqual(target["cz"][tuple(best["qubits"])].error, best["value"])

    def test_the_best_pair_is_that_of_the_target(self) -> None:
        backend = GenericBackendV2(4, seed=3)
        backend.target.update_instruction_properties("cx", (2, 1), InstructionProperties(1e-7, 1e-9))
        best = device("mine", 0, backend=backend)["performance_metrics"]["two_q_error_best"]
        self.assertEqual({"value": 1e-9, "unit": "", "gate": "cx", "qubits": [2, 1]}, best)

    def test_a_backend_out_of_order_says_why(self) -> None:
        row = device("fake_manila", 0, operational=False, reason="moving house")
        self.assertEqual({"name": "offline", "reason": "moving house"}, row["status"])
        said = status("fake_manila", 4, operational=False, message="moving house")
        self.assertEqual((False, "moving house", 4), (said["state"], said["message"], said["length_queue"]))
        self.assertNotEqual("active", said["status"])

    def test_a_name_that_is_none_is_refused(self) -> None:
        with self.assertRaises(QiskitBackendNotFoundError):
            device("fake_atlantis", 0)

    def test_a_list_of_known_backends_is_quick(self) -> None:
        warm(registry.names())
        started = time.perf_counter()
        for name in registry.names():
            device(name, 0)
        self.assertLess(time.perf_counter() - started, 0.05)

    def test_a_list_does_not_import_the_client(self) -> None:
        done = subprocess.run([sys.executable, "-c", _LISTED], capture_output=True, text=True, timeout=120, check=True)
        self.assertEqual("True False", done.stdout.strip())
