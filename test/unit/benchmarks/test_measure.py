"""Calls are timed in turn, and rows say what that means."""

from __future__ import annotations

import unittest

from ...benchmarks.bench import OWN, Bench, Peer
from ...benchmarks.measure import Timing, in_turn
from ...benchmarks.row import Rival, Row
from ...benchmarks.table import duration, line


def _row(goal: float | None = None, limit: float | None = None) -> Row:
    rivals = (Rival("slow", "ibm", Timing((8.0,))), Rival("quick", "aer", Timing((3.0, 4.0, 5.0))))
    return Row(label="work", ours=Timing((2.0,)), rivals=rivals, goal=goal, limit=limit, unit="job")


class TestTiming(unittest.TestCase):
    def test_the_middle_half_lies_between_the_quartiles(self) -> None:
        timing = Timing((5.0, 1.0, 3.0, 2.0, 4.0))
        self.assertEqual((timing.median, timing.quartiles), (3.0, (2.0, 4.0)))

    def test_one_sample_is_all_quartiles(self) -> None:
        self.assertEqual(Timing((2.0,)).quartiles, (2.0, 2.0))

    def test_a_time_is_divided_by_its_units(self) -> None:
        self.assertEqual((Timing((4.0, 6.0)) / 2).samples, (2.0, 3.0))


class TestInTurn(unittest.TestCase):
    def test_calls_alternate_after_the_warm_up(self) -> None:
        made: list[str] = []
        timings = in_turn([lambda: made.append("a"), lambda: made.append("b")], repeats=3, patience=60)
        turns = [name for number, name in enumerate(made) if number == 0 or made[number - 1] != name]
        # one warm-up and one more to choose the loops of each, then three turns
        self.assertEqual(turns, ["a", "b"] * 5)
        self.assertEqual([len(timing.samples) for timing in timings], [3, 3])

    def test_a_call_that_takes_longer_than_the_patience_is_not_timed_again(self) -> None:
        made: list[str] = []
        (timing,) = in_turn([lambda: made.append("a")], repeats=3, patience=0.0)
        self.assertEqual(len(timing.samples), 1)
        self.assertGreater(timing.median, 0)


class TestRow(unittest.TestCase):
    def test_the_ratio_is_to_the_quickest_rival(self) -> None:
        row = _row()
        assert row.best is not None
        self.assertEqual((row.best.name, row.ratio, row.met), ("quick", 0.5, None))

    def test_a_goal_is_met_up_to_its_value(self) -> None:
        self.assertTrue(_row(goal=0.5).met)
        self.assertFalse(_row(goal=0.49).met)

    def test_a_limit_is_a_time_whatever_the_rivals_take(self) -> None:
        self.assertTrue(_row(limit=2.0).met)
        self.assertFalse(_row(limit=1.9).met)

    def test_without_rivals_there_is_no_ratio_and_no_verdict(self) -> None:
        row = Row(label="alone", ours=Timing((1.0,)), goal=0.5)
        self.assertEqual((row.best, row.ratio, row.met), (None, None, None))


class TestTable(unittest.TestCase):
    def test_a_line_tells_times_ratio_goal_and_the_other_peers(self) -> None:
        self.assertEqual(line(_row(goal=0.4)), "| work | 2 s per job | quick 4 s | 0.5 | ≤ 0.4 (not met) | slow 8 s |")

    def test_a_limit_is_shown_as_a_time(self) -> None:
        self.assertIn("| ≤ 3 s |", line(_row(limit=3.0)))

    def test_times_have_three_digits_and_a_fitting_unit(self) -> None:
        found = [duration(seconds) for seconds in (12.345, 0.98, 0.0123, 4.56e-5, 0.4567)]
        self.assertEqual(found, ["12.3 s", "0.98 s", "12.3 ms", "45.6 µs", "457 ms"])


class TestBench(unittest.TestCase):
    def test_only_peers_of_the_families_wanted_run_and_ours_in_another_way_always(self) -> None:
        peers = [Peer(family, family, lambda: None, 2) for family in ("aer", "ibm", OWN)]
        row = Bench(families=("ibm",), quick=True).race("work", lambda: None, peers)
        self.assertEqual([rival.name for rival in row.rivals], ["ibm", OWN])

    def test_work_of_many_units_is_shown_per_unit(self) -> None:
        row = Bench(quick=True).told("work", lambda: 6.0, [Peer("other", "aer", lambda: 4.0, 2)], limit=9.0)
        self.assertEqual((row.ours.samples, row.rivals[0].timing.samples), ((6.0,), (2.0,)))

    def test_sizes_are_small_when_it_has_to_be_quick(self) -> None:
        self.assertEqual([Bench(quick=quick).size(100, 2) for quick in (False, True)], [100, 2])
