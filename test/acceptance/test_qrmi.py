"""QRMI's wheel, whose types are strict, against a real server."""

from __future__ import annotations

import importlib.util
import unittest
from typing import Any, ClassVar

from qiskit_local_runtime.testing import LocalServer
from test.support.clients import told_by

from .clients.shared import NAME


def variables(server: LocalServer) -> dict[str, str]:
    """What leads QRMI to a server."""
    own = {
        "ENDPOINT": server.api,
        "IAM_ENDPOINT": server.url,
        "IAM_APIKEY": "anything",
        "SERVICE_CRN": server.variables["QISKIT_IBM_INSTANCE"],
        "SESSION_MODE": "dedicated",
    }
    jobs = {"QRMI_JOB_QPU_RESOURCES": NAME, "QRMI_JOB_QPU_TYPES": "ibm-quantum-compute-service"}
    return jobs | {f"{NAME}_QRMI_IBM_QCS_{name}": value for name, value in own.items()}


@unittest.skipUnless(importlib.util.find_spec("qrmi"), "qrmi is not installed")
class TestQrmi(unittest.TestCase):
    """The resource ibm_fez."""

    told: ClassVar[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        with LocalServer("--backend", NAME) as server:
            cls.told = told_by(server, "by_qrmi", **variables(server))

    def test_the_resource_is_there_and_has_a_target(self) -> None:
        told = self.told["raw"]
        self.assertEqual((told["accessible"], told["qubits"]), (True, 156))
        self.assertEqual(told["target"], {"configuration": True, "properties": True})

    def test_a_sampler_task_gives_samples(self) -> None:
        task = self.told["raw"]["sampler"]
        self.assertEqual(task["status"], "TaskStatus.Completed")
        self.assertGreater(task["result"]["results"][0]["data"]["c"]["samples"].count("0x3"), 85)
        self.assertIn("started", task["log"])

    def test_an_estimator_task_gives_a_value(self) -> None:
        task = self.told["raw"]["estimator"]
        self.assertEqual(task["status"], "TaskStatus.Completed")
        self.assertLess(abs(task["result"]["results"][0]["data"]["evs"] - 1), 0.1)

    def test_qrmis_own_primitives_work(self) -> None:
        told = self.told["primitives"]
        counts = told["counts"]
        self.assertGreater(counts["00"] + counts["11"], 0.9 * sum(counts.values()))
        self.assertLess(abs(told["value"] - 1), 0.15)
        self.assertEqual(told["qubits"], 156)


if __name__ == "__main__":
    unittest.main()
