"""Tags of jobs, as callers say them."""

from __future__ import annotations

from ...records.query import Query
from ..call import Call
from ..context import Context
from ..errors import ApiError

_MOST, _LONGEST = 50, 512


def checked_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags to keep, each once.

    Raises:
        ApiError: they are too many, too long, or of characters that no store keeps.
    """
    if len(tags) > _MOST or any(len(tag) > _LONGEST or not _can_be_kept(tag) for tag in tags):
        raise ApiError(
            400,
            1211,
            f"tags: expected at most {_MOST} of at most {_LONGEST} characters each.",
            "Send fewer or shorter.",
        )
    return tuple(dict.fromkeys(tags))


def wanted_tags(context: Context, call: Call, tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags that a list of jobs is asked for.

    IBM's client repeats the name for each tag, whatever characters are in it; by hand one writes commas between them. A single
    text with commas is one tag where a job of the caller has it, several otherwise.
    """
    asked = tuple(filter(None, tags))
    if len(asked) != 1 or "," not in asked[0] or context.runtime.count(Query(instance=call.instance, tags=asked)):
        return asked
    return tuple(filter(None, asked[0].split(",")))


def _can_be_kept(tag: str) -> bool:
    """Whether a store can keep a tag: no half of a surrogate pair, no character that keeps tags apart."""
    return not any(0xD800 <= ord(each) <= 0xDFFF or each in "\x00\x1f" for each in tag)
