"""Whose ``run()`` a backend has: that of a known simulator, none worth calling, or its own."""

from __future__ import annotations

import dis
import inspect
from functools import cache
from typing import Any

from qiskit.providers import BackendV2

_RETURNS = frozenset({"RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR"})


def runs_as(backend: BackendV2, package: str, *names: str) -> bool:
    """Whether ``run`` is the one of a class of ``package`` with one of these ``names``, not overridden below it."""
    if "run" in vars(backend):
        return False
    owner = next(c for c in type(backend).__mro__ if "run" in vars(c))
    return owner.__name__ in names and owner.__module__.partition(".")[0] == package


def cannot_run(backend: BackendV2) -> bool:
    """Whether ``run`` can do nothing but raise: its code has no way to return."""
    return "run" not in vars(backend) and _only_raises(type(backend).run)


@cache
def _only_raises(function: Any) -> bool:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and not any(step.opname in _RETURNS for step in dis.get_instructions(code))
