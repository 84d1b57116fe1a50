"""Fair shares between instances."""

from __future__ import annotations

import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from qiskit_local_runtime.scheduler.shares import WINDOW_SECONDS, Shares

from .story import Story


class TestShares(unittest.TestCase):
    """What an instance has used."""

    def test_who_was_never_charged_has_used_nothing(self) -> None:
        self.assertEqual(Shares().used("a", 0.0), 0.0)

    def test_usage_adds_up_and_is_divided_by_the_share(self) -> None:
        shares = Shares({"a": 4.0})
        for instance in "ab":
            shares.charge(instance, 0.0, 3.0)
            shares.charge(instance, 1.0, 5.0)
        self.assertEqual((shares.used("a", 2.0), shares.used("b", 2.0)), (2.0, 8.0))

    def test_usage_counts_for_four_weeks_and_then_no_more(self) -> None:
        shares = Shares()
        shares.charge("a", 0.0, 3.0)
        shares.charge("a", 10.0, 5.0)
        self.assertEqual(WINDOW_SECONDS, 28 * 24 * 3600)
        self.assertEqual(shares.used("a", WINDOW_SECONDS - 1), 8.0)
        self.assertEqual(shares.used("a", WINDOW_SECONDS), 5.0)
        self.assertEqual(shares.used("a", WINDOW_SECONDS + 10), 0.0)

    def test_what_is_left_is_exactly_what_was_charged(self) -> None:
        shares = Shares()
        shares.charge("a", 0.0, 0.1)
        shares.charge("a", 5.0, 0.2)
        self.assertEqual(shares.used("a", WINDOW_SECONDS + 1), 0.2)

    def test_no_remainder_is_left_when_all_is_forgotten(self) -> None:
        shares = Shares()
        for when in range(10):
            shares.charge("a", float(when), 0.1)
        shares.used("a", WINDOW_SECONDS + 5)
        self.assertEqual(shares.used("a", WINDOW_SECONDS + 20), 0.0)

    @settings(max_examples=50, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 1000)), max_size=20), st.integers(0, 2 * 10**7))
    def test_the_running_total_is_the_sum_over_the_window(self, charges: list[tuple[int, int]], wait: int) -> None:
        shares, now = Shares(), 0
        charges.sort()
        for now, seconds in charges:
            shares.charge("a", float(now), float(seconds))
        now += wait
        self.assertEqual(shares.used("a", now), sum(s for when, s in charges if when > now - WINDOW_SECONDS))


class TestFairShare(unittest.TestCase):
    """Who is next when several instances wait."""

    def test_with_one_instance_it_is_first_in_first_out(self) -> None:
        story = Story()
        story.submit("a", "b", "c")
        self.assertEqual(story.finish("a", usage=100.0), ["start b"])
        self.assertEqual(story.finish("b"), ["start c"])

    def test_the_instance_that_used_least_is_next(self) -> None:
        story = Story()
        story.submit("a1", "a2", instance="a")
        story.submit("b1", instance="b")
        self.assertEqual(story.finish("a1", usage=1.0), ["start b1"])
        self.assertEqual(story.finish("b1", usage=0.5), ["start a2"])

    def test_usage_is_weighed_by_the_share(self) -> None:
        story = Story(shares={"a": 10.0})
        story.submit("a1", "a2", instance="a")
        story.submit("b1", "b2", instance="b")
        self.assertEqual(story.finish("a1", usage=5.0), ["start b1"])
        self.assertEqual(story.finish("b1", usage=1.0), ["start a2"])

    def test_at_equal_usage_the_oldest_job_is_next(self) -> None:
        story = Story()
        story.submit("x")
        story.submit("b1", instance="b")
        story.submit("a1", instance="a")
        self.assertEqual(story.finish("x"), ["start b1"])

    def test_what_was_used_four_weeks_ago_counts_no_more(self) -> None:
        story = Story()
        story.submit("a1", instance="a")
        story.finish("a1", usage=50.0)
        story.at(WINDOW_SECONDS)
        story.submit("x", instance="x")
        story.submit("a2", instance="a")
        story.submit("b1", instance="b")
        self.assertEqual(story.finish("x"), ["start a2"])

    def test_a_session_is_charged_the_wall_clock_of_its_window(self) -> None:
        story = Story()
        story.open("s", "dedicated", instance="a")
        story.submit("s1", to="s")
        story.submit("a1", instance="a")
        story.submit("b1", "b2", instance="b")
        story.close("s")
        story.at(30.0)
        self.assertEqual(story.finish("s1", usage=1.0), ["start b1"])
        self.assertEqual(story.finish("b1", usage=29.0), ["start b2"])
        self.assertEqual(story.finish("b2", usage=29.0), ["start a1"])


if __name__ == "__main__":
    unittest.main()
