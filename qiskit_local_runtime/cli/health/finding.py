"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do about it."""

    level: Literal["ok", "note", "WRONG"]
    """A note is nothing to do about, unless one wants to."""
    what: str
    advice: str = ""

    def text(self) -> str:
        """It in one line or two."""
        return f"  {self.level:5}  {self.what}" + (f"\n         → {self.advice}" if self.advice else "")


def ok(what: str) -> Finding:
    """All is well."""
    return Finding("ok", what)


def note(what: str, advice: str = "") -> Finding:
    """Worth knowing."""
    return Finding("note", what, advice)


def wrong(what: str, advice: str) -> Finding:
    """To be mended."""
    return Finding("WRONG", what, advice)
