"""The kicked Ising experiment, as a user runs it, on the first qubits of the lattice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _table(*words: str) -> dict[str, tuple[float, str]]:
    """Mean and remark of each experiment."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, str(ROOT / "examples" / "kicked_ising_127.py"), *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    if done.returncode:
        raise AssertionError(done.stderr)
    rows = re.findall(r"^(θ_h.*?)  +(-?\d\.\d{4})  (.*?) +[\d.]+$", done.stdout, re.MULTILINE)
    return {what: (float(mean), remark) for what, mean, remark in rows}


def _sigmas(remark: str) -> float:
    found = re.match(r"(\d+\.\d+) σ", remark)
    assert found is not None, remark
    return float(found[1])


class TestKickedIsing(unittest.TestCase):
    """``examples/kicked_ising_127.py``."""

    def test_shots_agree_with_observables_carried_backwards_and_amplifying_gives_the_ideal_value(self) -> None:
        table = _table("--qubits", "24", "--steps", "20")
        self.assertEqual(len(table), 12)
        kinds = (
            "θ_h = 0, 20 steps, Z",
            "θ_h = π/2, 20 steps, Z",
            "θ_h = π/2, 20 steps, rings",
            "θ_h = π/2, 3 steps, stabilizers",
        )
        for name in kinds:
            exact, raw = table[f"{name}: exact, with noise"], table[f"{name}: raw"]
            self.assertLess(exact[0], 0.99)
            self.assertLess(abs(raw[0] - exact[0]), 0.05)
            self.assertLess(_sigmas(raw[1]), 4)
        for name, largest in ((kinds[0], 0.02), (kinds[2], 0.2)):
            amplified = table[f"{name}: PEA"]
            self.assertLess(abs(amplified[0] - 1), largest)
            self.assertLess(_sigmas(amplified[1]), 4)
            self.assertLess(table[f"{name}: exact, with noise"][0], 0.9)
        self.assertEqual(table["θ_h = 0.1, 20 steps, Z: exact, with noise"][1], "pauli_propagation")


if __name__ == "__main__":
    unittest.main()
