"""Whether an engine is worth its while for some parts, by what starting it and talking to it costs."""

from __future__ import annotations

from .base import Engine
from .processes import ProcessEngine

_START = 0.6
"""Seconds until child processes are there and have been sent their first parts; measured 0.4 to 0.8 for four of them, most of
it for importing what they need once."""
_MESSAGE = {"inline": 0.0, "threads": 2e-4, "processes": 2e-3, "dask": 8e-3}
"""Seconds a part costs more than where it is called from; a few tens of kilobytes and their result."""
_LONG = 1.0
"""Seconds of work that are better done out of the way: what holds Python's global lock slows down all that waits for it."""


def worth_it(engine: Engine, seconds: float, parts: int, travel: float = 0.0) -> bool:
    """Whether parts should be run by an engine rather than one after the other in the calling thread.

    Results do not depend on it, so it may ask what has been started.

    Args:
        engine: where they could run.
        seconds: estimated time of all of them on one core.
        parts: how many.
        travel: seconds that what they have in common takes to get there, and to be ready again.
    """
    if engine.name in ("inline", "threads") and min(engine.workers, parts) == 1:
        return False
    saved = seconds * (1 - 1 / min(engine.workers, parts))
    talk = parts * _MESSAGE.get(engine.name, 0.0) + travel
    out_of_the_way = seconds - travel >= max(_LONG, seconds / 2)
    if isinstance(engine, ProcessEngine) and not engine.started:
        # small pieces of work add up: start when waiting for it would have been repaid by now
        engine.forgone += max(0.0, saved - talk)
        return engine.forgone > _START or (out_of_the_way and seconds >= _LONG + _START)
    return saved > talk or out_of_the_way
