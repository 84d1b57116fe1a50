"""One kind of object: how it is recognised, written and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of object, a row of the tables in :mod:`.kinds`."""

    tag: str | None
    """Its ``__type__`` in the text. ``None``: it is written as plain lists, as IBM does, and read back as those."""
    test: Callable[[Any], bool]
    write: Callable[[Any], Any]
    """From an object to simpler ones, which are written in turn."""
    read: Callable[[Any], Any]
    owner: type | None = None
    """The class named beside a tag that several classes share (IBM's ``settings``)."""

    @property
    def key(self) -> str | None:
        """What a reader finds it by."""
        return self.tag if self.owner is None else f"{self.tag}:{self.owner.__name__}"


def of_class(kind: type) -> Callable[[Any], bool]:
    """Whether an object is exactly of a class (subclasses carry more than would be written)."""
    return lambda value: type(value) is kind


def derived(kind: type) -> Callable[[Any], bool]:
    """Whether an object is of a class or of one derived from it."""
    return lambda value: isinstance(value, kind)


def never(value: Any) -> bool:
    """For kinds that are read only."""
    return False
