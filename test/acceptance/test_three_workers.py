"""Three worker processes, as a user starts them, and one that is killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]


class TestThreeWorkers(unittest.TestCase):
    """``examples/three_workers.py``."""

    def test_a_job_on_three_workers_gives_the_same_bits_also_when_one_is_killed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, str(ROOT / "examples" / "three_workers.py")],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
                capture_output=True,
                text=True,
                timeout=240,
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"on three workers: +\d+\.\d s, the same bits")
        self.assertRegex(done.stdout, r"one of them killed: +\d+\.\d s, the same bits")
        killed = re.search(r"killed the worker (\d+)", done.stdout)
        assert killed is not None, done.stdout
        with self.assertRaises(ProcessLookupError):
            os.kill(int(killed[1]), 0)


if __name__ == "__main__":
    unittest.main()
