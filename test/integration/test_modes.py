"""The guide's examples in sessions and batches, with real circuits."""

from __future__ import annotations

import tempfile
import threading
import unittest
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_algorithms import VQE
from qiskit_algorithms.optimizers import COBYLA, NELDER_MEAD, SLSQP

from qiskit_local_runtime import Batch, EstimatorV2, LocalRuntime, QiskitRuntimeService, SamplerV2, Session
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.store import SqliteStore

H2 = SparsePauliOp.from_list(
    [
        ("II", -1.052373245772859),
        ("IZ", 0.39793742484318045),
        ("ZI", -0.39793742484318045),
        ("ZZ", -0.01128010425623538),
        ("XX", 0.18093119978423156),
    ]
)
ENERGY = -1.857275
EXACT = {"default_precision": 0.0}


class TestGuide(unittest.TestCase):
    """What the guides show."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runtime = LocalRuntime(store=SqliteStore(Path(folder.name) / "jobs.sqlite", synchronous="NORMAL"))
        self.addCleanup(self.runtime.close)
        self.backend = AerSimulator()

    def test_two_threads_run_two_vqes_in_one_session_while_a_third_waits_outside(self) -> None:
        found: dict[str, float] = {}

        def solve(name: str, optimizer: Any, session: Session) -> None:
            estimator = EstimatorV2(session, options=EXACT | {"environment": {"job_tags": [name]}})
            vqe = VQE(estimator, efficient_su2(2, reps=1), optimizer, initial_point=np.zeros(8) + 0.1)
            found[name] = float(vqe.compute_minimum_eigenvalue(H2).eigenvalue.real)

        with Session(self.backend, max_time="25m", runtime=self.runtime) as session:
            first = EstimatorV2(session, options=EXACT).run([(efficient_su2(2, reps=1), H2, np.zeros(8))])
            first.result()
            threads = [
                threading.Thread(target=solve, args=("cobyla", COBYLA(maxiter=250), session)),
                threading.Thread(target=solve, args=("nelder-mead", NELDER_MEAD(maxfev=500), session)),
            ]
            for thread in threads:
                thread.start()
            outside = SamplerV2(self.backend, runtime=self.runtime).run([_measured()])
            self.assertEqual(outside.status(), "QUEUED")
            for thread in threads:
                thread.join()
            self.assertEqual(outside.status(), "QUEUED")
            jobs = _jobs(self.runtime, session)
        outside.result()
        details = session.details()
        assert details is not None
        for energy in found.values():
            self.assertAlmostEqual(energy, ENERGY, delta=5e-3)
        self.assertGreaterEqual(_started(outside), datetime.fromisoformat(details["closed_at"]))
        tags = [tag for _, tag in sorted(jobs)]
        changes = sum(a != b for a, b in pairwise(tags))
        self.assertGreater(changes, 10, "the two should take turns")
        figure = QiskitRuntimeService(runtime=self.runtime).plot_jobs()
        labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        self.assertEqual(sorted(labels), ["cobyla", "nelder-mead", "no tag"])

    def test_five_hundred_circuits_in_five_jobs_of_a_batch(self) -> None:
        circuits = [_measured(seed) for seed in range(500)]
        with Batch(self.backend, runtime=self.runtime) as batch:
            sampler = SamplerV2(options={"default_shots": 16})
            jobs = [sampler.run(circuits[start : start + 100]) for start in range(0, 500, 100)]
        results = [job.result() for job in jobs]
        self.assertEqual([len(result) for result in results], [100] * 5)
        self.assertEqual({job.session_id for job in jobs}, {batch.session_id})
        self.assertEqual(batch.status(), "Closed")
        self.assertAlmostEqual(batch.usage() or 0, sum(job.usage() for job in jobs), places=9)

    def test_vqe_of_qiskit_algorithms_inside_a_with_block(self) -> None:
        with Session(self.backend, runtime=self.runtime) as session:
            vqe = VQE(EstimatorV2(options=EXACT), efficient_su2(2, reps=1), SLSQP(), initial_point=np.zeros(8) + 0.1)
            energy = vqe.compute_minimum_eigenvalue(H2).eigenvalue.real
        self.assertAlmostEqual(energy, ENERGY, delta=1e-3)
        self.assertEqual(session.status(), "Closed")


def _measured(seed: int = 0) -> Any:
    circuit = efficient_su2(2, reps=1)
    circuit = circuit.assign_parameters(np.random.default_rng(seed).random(8))
    circuit.measure_all()
    return circuit


def _started(job: Any) -> datetime:
    return datetime.fromisoformat(job.metrics()["timestamps"]["running"])


def _jobs(runtime: LocalRuntime, session: Session) -> list[tuple[datetime, str]]:
    rows = runtime.find(Query(workload_id=session.session_id))
    return [(row.running, row.tags[0]) for row in rows if row.tags and row.running is not None]
