"""The demo's picture."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np

from qiskit_local_runtime.cli.bell import OUTCOMES, BellPair
from qiskit_local_runtime.cli.hydrogen import Energies
from qiskit_local_runtime.cli.picture import draw


class TestPicture(unittest.TestCase):
    """Drawing into files."""

    def test_the_file_is_of_the_kind_its_name_says(self) -> None:
        scans = {name: np.array([-1.8, -1.7]) for name in ("exact", "device", "device, readout mitigated")}
        energies = Energies(np.array([-1.0, 1.0]), scans, (-1.8,), -0.2, {})
        pair = BellPair(dict.fromkeys(OUTCOMES, 25))
        with tempfile.TemporaryDirectory() as folder:
            for name, begins in (("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.svg", b"<?xml")):
                path = Path(folder) / name
                self.assertEqual(draw(pair, energies, path), f"Picture: {path}")
                self.assertTrue(path.read_bytes().startswith(begins))
