"""Which version this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Of the installed package; run from a folder without being installed it has none."""
    try:
        return version("qiskit-local-runtime")
    except PackageNotFoundError:
        return "0"
