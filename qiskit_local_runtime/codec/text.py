"""Text as IBM's client reads and writes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..errors import IBMInputValueError
from .arrays import array_from_text, array_to_text
from .kind import Kind
from .kinds import EXACT, TEXT
from .tree import Reader, Writer


def encode(value: Any, extra: Sequence[Kind] = ()) -> str:
    """An object as text.

    As in IBM's, tuples become lists, PUBs and coupling maps too, and keys text.

    Args:
        value: results, circuits, arrays and what holds them.
        extra: further kinds of objects.

    Raises:
        TypeError: something in it cannot be written; says where it is.
    """
    return json.dumps(as_tree(value, extra))


def as_tree(value: Any, extra: Sequence[Kind] = ()) -> Any:
    """What :func:`encode` writes, as lists, dictionaries, text and numbers.

    Args and errors: see :func:`encode`.
    """
    return Writer((*extra, *TEXT), array_to_text, exact=False).write(value)


def decode(text: str, extra: Sequence[Kind] = ()) -> Any:
    """An object from text.

    Args:
        text: ours, or that of IBM's encoder.
        extra: further kinds of objects.

    Raises:
        IBMInputValueError: the text is no JSON, is damaged or holds an unknown kind of object.
    """
    try:
        return Reader((*extra, *TEXT, *EXACT), array_from_text).read(json.loads(text))
    except (json.JSONDecodeError, RecursionError) as err:
        raise IBMInputValueError(f"expected JSON text, found {text[:40]!r}…: {err}") from err
