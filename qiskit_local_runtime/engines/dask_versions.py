"""What must be the same on all machines for the same bits to come out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

from ..errors import IBMRuntimeError

_PACKAGES = ("qiskit", "qiskit-aer", "numpy", "scipy")


@cache
def versions() -> Mapping[str, str]:
    """Names and versions of this interpreter, of this package, and of what computes and what is pickled."""
    ours: str = sys.modules[__name__.partition(".")[0]].__version__
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {"Python": python, "qiskit-local-runtime": ours, **{name: version(name) for name in _PACKAGES}}
    return MappingProxyType(found)


def check_versions(theirs: Mapping[str, str]) -> None:
    """On a worker: compare the client's versions with ours.

    Raises:
        IBMRuntimeError: they differ.
    """
    wrong = [
        f"{name} {versions().get(name, 'missing')} instead of {found}"
        for name, found in theirs.items()
        if versions().get(name) != found
    ]
    if wrong:
        raise IBMRuntimeError(
            f"A Dask worker has {', '.join(wrong)}. Results would not be the same everywhere: install the versions of the "
            "machine that submits on all workers, and start them again."
        )
