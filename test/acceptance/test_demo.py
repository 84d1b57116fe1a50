"""The demo, as a user runs it: a process of its own, outside the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _demo(folder: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "qiskit_local_runtime.cli", "demo", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _numbers(text: str) -> str:
    """The output without what differs from run to run: how long things took."""
    return re.sub(r"\(\d+\.\d+ s\)", "", text)


class TestDemo(unittest.TestCase):
    """``qiskit-local-runtime demo``."""

    def test_it_prints_both_experiments_and_draws_them_where_it_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            done = _demo(folder, "--out", "here.png")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["here.png"])
            self.assertTrue((Path(folder) / "here.png").read_bytes().startswith(b"\x89PNG"))
        shares = dict(re.findall(r"^  ([01]{2})  (\d\.\d+)", done.stdout, re.MULTILINE))
        self.assertGreater(float(shares["00"]) + float(shares["11"]), 0.8)
        self.assertGreater(float(shares["01"]) + float(shares["10"]), 0.0, "the device is noisy")

    def test_the_angle_that_it_finds_is_good_to_five_millihartree(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            done = _demo(folder, "--no-plot")
            self.assertEqual(list(Path(folder).iterdir()), [])
        found = re.search(r"^  exact .* off by +([+-][\d.]+) mHa", done.stdout, re.MULTILINE)
        assert found is not None, done.stdout + done.stderr
        self.assertGreaterEqual(float(found[1]), 0.0)
        self.assertLess(float(found[1]), 5.0)

    def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            first, again, other = (_demo(folder, "--no-plot", "--seed", seed) for seed in ("3", "3", "4"))
        self.assertEqual(_numbers(first.stdout), _numbers(again.stdout))
        self.assertNotEqual(_numbers(first.stdout), _numbers(other.stdout))
