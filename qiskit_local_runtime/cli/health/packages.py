"""Python, and the packages this one needs."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib import metadata

from .finding import Finding, note, ok, wrong

_NAME = "qiskit-local-runtime"
_PARTS = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(\[.*?\])?\s*(?P<bounds>[^;]*?)\s*"
    r"(;.*extra\s*==\s*['\"](?P<extra>[^'\"]+)['\"].*)?"
)
"""A requirement: ``name[extras] bounds ; extra == 'extra'``."""
_TOLD = ("fake", "server", "plot")
"""Extras that users ask for."""


def packages() -> Iterator[Finding]:
    """Versions that are too old or missing; extras that are not installed."""
    yield ok(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    missing: dict[str, list[str]] = {}
    for line in metadata.requires(_NAME) or ():
        found = _PARTS.fullmatch(line)
        if found is None or found["name"] == _NAME or found["extra"] not in (None, *_TOLD):
            continue
        version = _version(found["name"])
        if version is None and found["extra"] is not None:
            missing.setdefault(found["extra"], []).append(found["name"])
        else:
            yield _checked(found["name"], version, found["bounds"])
    for extra, names in missing.items():
        yield note(f"extra '{extra}' is not installed: {', '.join(names)}", f"pip install '{_NAME}[{extra}]' if you need it")


def _checked(name: str, version: str | None, bounds: str) -> Finding:
    if version is None:
        return wrong(f"{name} is missing", f"pip install '{name}{bounds}'")
    if not in_bounds(version, bounds):
        return wrong(f"{name} {version} is not {bounds}", f"pip install '{name}{bounds}'")
    return ok(f"{name} {version}")


def in_bounds(version: str, bounds: str) -> bool:
    """Whether a version is at least the one after ``>=`` and below the one after ``<``; letters in it are not looked at."""
    least, below = (re.search(sign + r"\s*([\d.]+)", bounds) for sign in (">=", "<"))
    if least and _numbers(version) < _numbers(least[1]):
        return False
    return not (below and _numbers(version) >= _numbers(below[1]))


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers, without zeros at the end: 3 is 3.0."""
    found = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
