"""Rows with other values."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import UTC, datetime

from qiskit_local_runtime.records.change import changed
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.workload import Workload

NOW = datetime(2026, 1, 1, tzinfo=UTC)
JOB = Job(id="a", routine="sampler", backend_name="aer", created=NOW, tags=("x",))
WORKLOAD = Workload(id="w", mode="batch", backend_name="aer", max_time=1.0, interactive_timeout=1.0, created=NOW)


class TestChanged(unittest.TestCase):
    """As ``dataclasses.replace`` does it."""

    def test_other_values_in_a_row_of_their_own(self) -> None:
        found = changed(JOB, status="DONE", finished=NOW)
        self.assertEqual(found, replace(JOB, status="DONE", finished=NOW))
        self.assertEqual((JOB.status, JOB.finished, type(found), hash(found)), ("INITIALIZING", None, Job, hash(found)))
        self.assertEqual(changed(WORKLOAD, state="closed"), replace(WORKLOAD, state="closed"))

    def test_fields_there_are_not_are_refused(self) -> None:
        with self.assertRaisesRegex(TypeError, "Job has no field statuss"):
            changed(JOB, statuss="DONE")
        with self.assertRaisesRegex(TypeError, "Workload has no field finished, status"):
            changed(WORKLOAD, status="DONE", finished=NOW)
