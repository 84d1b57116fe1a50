"""What the scheduler refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .commands import Command
    from .entries import Entry


class Refused(Exception):  # noqa: N818 - a fact, not a fault
    """A workload takes no job: the user's concern."""

    commands: list[Command]


class IllegalEvent(Exception):  # noqa: N818 - what it is about
    """An event that cannot happen: a fault of the program. Tells the job's story."""

    commands: list[Command]

    def __init__(self, text: str, entry: Entry | None = None) -> None:
        story = "" if entry is None else f" It is {entry.phase}; so far: {', '.join(entry.story)}."
        super().__init__(text + story)
