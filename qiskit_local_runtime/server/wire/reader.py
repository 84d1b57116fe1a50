"""Values of JSON, as strangers send them, to objects."""

from __future__ import annotations

from typing import Any

from ...codec.budget import Budget
from ...codec.tree import Reader
from ...errors import IBMInputValueError
from .arrays import array_of
from .kinds import kinds


def read(value: Any, budget: Budget | None = None) -> Any:
    """The object that a value stands for.

    Args:
        value: what ``json.loads`` made, with objects as IBM's ``RuntimeEncoder`` writes them.
        budget: what may be unpacked; ``None``: a fresh one.

    Raises:
        IBMInputValueError: it holds an object that is unknown, damaged or too large, or is nested too deeply.
    """
    if budget is None:
        budget = Budget()
    try:
        return _reader(budget).read(value)
    except RecursionError as err:
        raise IBMInputValueError("Values are nested too deeply. Expected lists in at most some tens of lists.") from err


def _reader(budget: Budget) -> Reader:
    def metadata(value: Any) -> Any:
        return reader.read(value)

    reader = Reader(kinds(budget, metadata), lambda text: array_of(text, budget))
    return reader
