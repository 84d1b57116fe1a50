"""The table that tells the modes apart."""

from __future__ import annotations

import unittest
from typing import get_args

from qiskit_local_runtime.records.workload import Mode
from qiskit_local_runtime.scheduler import RULES


class TestRules(unittest.TestCase):
    """Each row says what the contract says."""

    def test_every_mode_has_a_row(self) -> None:
        self.assertEqual(set(RULES), set(get_args(Mode)))

    def test_only_a_session_is_exclusive_and_pays_for_wall_clock(self) -> None:
        self.assertEqual([mode for mode, rule in RULES.items() if rule.exclusive], ["dedicated"])
        self.assertEqual([mode for mode, rule in RULES.items() if rule.wall_clock], ["dedicated"])

    def test_batches_and_sessions_open_windows_and_fill_lanes_and_single_jobs_do_not(self) -> None:
        self.assertEqual({mode for mode, rule in RULES.items() if rule.window}, {"batch", "dedicated"})
        self.assertEqual({mode for mode, rule in RULES.items() if rule.side_by_side}, {"batch", "dedicated"})

    def test_what_is_exclusive_has_a_window_to_be_exclusive_in(self) -> None:
        for mode, rule in RULES.items():
            with self.subTest(mode):
                self.assertTrue(rule.window or not (rule.exclusive or rule.wall_clock))


if __name__ == "__main__":
    unittest.main()
