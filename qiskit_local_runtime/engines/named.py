"""Engines by name: ``"processes"``, ``"processes:4"``, ``"dask:tcp://host:8786"``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping

from ..errors import IBMInputValueError
from .base import Engine

VARIABLE = "QISKIT_LOCAL_RUNTIME_ENGINE"
"""The environment variable that names the engine of runtimes that are given none."""

Row = Callable[[str | None], Engine]
"""Makes an engine; its argument is what follows the colon, ``None`` where there is none."""


def engine_named(text: str, table: Mapping[str, Row]) -> Engine:
    """The engine of a name, not started yet.

    Raises:
        IBMInputValueError: there is none of that name, or what follows the colon means nothing to it.
    """
    name, colon, argument = text.strip().partition(":")
    if name not in table:
        close = difflib.get_close_matches(name, table, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise IBMInputValueError(f"No engine is named {name!r}. Expected one of {', '.join(table)}.{hint}")
    return table[name](argument if colon else None)


def named_by_environment() -> str | None:
    """What the environment variable says; ``None``: nothing."""
    return os.environ.get(VARIABLE, "").strip() or None


def count_of(name: str, argument: str | None) -> int | None:
    """The number of workers in ``"processes:4"``.

    Raises:
        IBMInputValueError: it is no whole number of at least 1.
    """
    if argument is None:
        return None
    if not argument.isascii() or not argument.isdigit() or int(argument) < 1:
        raise IBMInputValueError(
            f"The engine {name!r} takes a number of workers after the colon, such as '{name}:4', found {argument!r}."
        )
    return int(argument)


def nothing(name: str, argument: str | None) -> None:
    """Refuse an argument.

    Raises:
        IBMInputValueError: there is one.
    """
    if argument is not None:
        raise IBMInputValueError(f"The engine {name!r} takes nothing after a colon, found {argument!r}.")
