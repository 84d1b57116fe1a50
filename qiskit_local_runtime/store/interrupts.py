"""Ctrl-C at a moment when nothing is half-done."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class _Later:
    """A handler that remembers that it was called."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.came = True


class _State:
    """Whether the main thread is inside :func:`held_back`: asking for the handler costs more than a small query."""

    inside = False


@contextmanager
def held_back() -> Iterator[None]:
    """Let an interrupt (SIGINT) that arrives inside raise its ``KeyboardInterrupt`` at the end instead.

    Only the main thread is interrupted, and only Python's own handler raises in the middle of anything: elsewhere, and for
    other handlers, nothing is changed.
    """
    if _State.inside or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGINT) is not _RAISES:
        yield
        return
    later = _Later()
    try:
        signal.signal(signal.SIGINT, later)
        _State.inside = True
        yield
    finally:
        _State.inside = False
        if signal.getsignal(signal.SIGINT) is later:
            signal.signal(signal.SIGINT, _RAISES)
        if later.came:
            raise KeyboardInterrupt


def _forked() -> None:
    """The thread that was inside is not in the child; the one that is there is its main thread."""
    _State.inside = False
    if isinstance(signal.getsignal(signal.SIGINT), _Later) and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _RAISES)


_RAISES = signal.default_int_handler
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
