"""What was worked out lately."""

from __future__ import annotations

import unittest

from qiskit_local_runtime.sweeps.recent import Recent


class TestRecent(unittest.TestCase):
    """``get``."""

    def setUp(self) -> None:
        self.made: list[str] = []
        self.recent: Recent[str] = Recent(2)

    def get(self, key: str, owner: object = None) -> str:
        return self.recent.get(key, lambda: self.made.append(key) or key.upper(), owner)  # type: ignore[func-returns-value]

    def test_the_latest_are_kept(self) -> None:
        found = [self.get(key) for key in ("a", "b", "a", "c", "a", "b")]
        self.assertEqual((found, self.made), (["A", "B", "A", "C", "A", "B"], ["a", "b", "c", "b"]))

    def test_what_was_made_for_another_is_made_again(self) -> None:
        one, other = object(), object()
        for owner in (one, one, other, other, one):
            self.get("a", owner)
        self.assertEqual(self.made, ["a", "a", "a"])


if __name__ == "__main__":
    unittest.main()
