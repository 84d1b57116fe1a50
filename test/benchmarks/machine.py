"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .bench import cores

_PACKAGES = (
    "qiskit-local-runtime",
    "qiskit",
    "qiskit-aer",
    "qiskit-ibm-runtime",
    "qiskit-algorithms",
    "numpy",
    "scipy",
    "distributed",
)


def facts() -> dict[str, object]:
    """Machine, versions, the state of the code, and how busy the machine is now."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "git": _git(),
        "python": platform.python_version(),
        "packages": {name: found for name in _PACKAGES if (found := _version(name)) is not None},
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": cores(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "environment": {name: value for name, value in os.environ.items() if name.startswith(("OMP_", "QISKIT_", "OPENBLAS_"))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git() -> str | None:
    """The commit, with ``-dirty`` where files differ from it; ``None``: this is no checkout."""
    here = Path(__file__).parent
    command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _processor() -> str:
    """The name of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
