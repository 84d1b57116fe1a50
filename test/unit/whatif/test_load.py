"""Other users."""

from __future__ import annotations

import unittest
from itertools import islice, pairwise
from statistics import fmean

from ddt import data, ddt, unpack

from qiskit_local_runtime.errors import IBMInputValueError, IBMRuntimeError
from qiskit_local_runtime.whatif import OtherLoad
from qiskit_local_runtime.whatif.bench import Bench


@ddt
class TestOtherLoad(unittest.TestCase):
    """Arrivals at random, the same for the same seed."""

    def test_arrivals_have_the_rate_and_the_mean_that_were_asked_for(self) -> None:
        some = list(islice(OtherLoad(jobs_per_hour=120, quantum_seconds=7).arrivals(1), 20_000))
        gaps = [later.when - sooner.when for sooner, later in pairwise(some)]
        self.assertAlmostEqual(fmean(gaps), 30, delta=1)
        self.assertAlmostEqual(fmean(job.quantum_seconds for job in some), 7, delta=0.3)

    def test_instances_are_served_alike_and_one_of_them_is_ours(self) -> None:
        some = list(islice(OtherLoad(jobs_per_hour=120, quantum_seconds=7, instances=4).arrivals(1), 8000))
        names = [job.instance for job in some]
        self.assertEqual(set(names), {"ours", "other 1", "other 2", "other 3"})
        self.assertAlmostEqual(names.count("ours") / len(names), 0.25, delta=0.02)

    def test_the_others_begin_before_the_workload_does(self) -> None:
        first = next(OtherLoad(jobs_per_hour=3600, quantum_seconds=1, warm_up_seconds=500).arrivals(1))
        self.assertTrue(-500 < first.when < -400)

    def test_no_spread_makes_all_jobs_alike(self) -> None:
        some = islice(OtherLoad(jobs_per_hour=60, quantum_seconds=8, spread=0).arrivals(1), 5)
        for job in some:
            self.assertAlmostEqual(job.quantum_seconds, 8)

    def test_jobs_without_quantum_time_are_possible(self) -> None:
        self.assertEqual(next(OtherLoad(jobs_per_hour=60, quantum_seconds=0).arrivals(1)).quantum_seconds, 0)

    def test_the_same_seed_brings_the_same_jobs(self) -> None:
        load = OtherLoad(jobs_per_hour=60, quantum_seconds=8)
        self.assertEqual(list(islice(load.arrivals(3), 9)), list(islice(load.arrivals(3), 9)))

    def test_utilization_counts_classical_work_too(self) -> None:
        load = OtherLoad(jobs_per_hour=36, quantum_seconds=40, before_seconds=8, after_seconds=2)
        self.assertAlmostEqual(load.utilization, 0.5)

    @data(("jobs_per_hour", -1.0), ("quantum_seconds", float("inf")), ("spread", -1.0), ("warm_up_seconds", -1.0))
    @unpack
    def test_numbers_that_make_no_sense_are_refused(self, field: str, value: float) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"OtherLoad's {field}: expected a finite number >= 0"):
            OtherLoad(**{"jobs_per_hour": 1.0, "quantum_seconds": 1.0, field: value})

    def test_there_is_at_least_one_instance(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "instances: expected at least 1, found 0"):
            OtherLoad(jobs_per_hour=1, quantum_seconds=1, instances=0)


class TestBench(unittest.TestCase):
    """The time line."""

    def test_things_happen_in_the_order_of_their_times(self) -> None:
        bench = Bench(0.0, 5, 1, lambda run: None)
        seen: list[tuple[str, float]] = []
        for when, name in ((3.0, "c"), (1.0, "a"), (3.0, "d"), (2.0, "b")):
            bench.at(when, lambda name=name: seen.append((name, bench.now)))  # type: ignore[misc]
        for _ in range(4):
            bench.step()
        self.assertEqual(seen, [("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 3.0)])

    def test_a_study_without_end_is_given_up(self) -> None:
        bench = Bench(0.0, 5, 1, lambda run: None, limit=100)

        def again() -> None:
            bench.at(bench.now + 1, again)

        again()
        with self.assertRaisesRegex(IBMRuntimeError, "did not end within 100 events.*lower OtherLoad's jobs_per_hour"):
            while True:
                bench.step()
