"""Python without IBM's client, as where it is not installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

_ROOT = Path(__file__).parents[4]


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a Python whose packages are those of this one, but for IBM's client."""
    with tempfile.TemporaryDirectory() as folder:
        for package in Path(sysconfig.get_path("purelib")).iterdir():
            if not package.name.startswith("qiskit_ibm_runtime"):
                (Path(folder) / package.name).symlink_to(package)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(_ROOT), folder)), "OMP_NUM_THREADS": "1"}
        # -S: without the site's own packages
        return subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, timeout=120, env=environment)
