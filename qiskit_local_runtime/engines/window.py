"""Results in the order of their parts, while a bounded number of parts is under way."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Generic, NamedTuple

from ..cancellation import CancelToken
from .base import P, T


class Again(NamedTuple):
    """A part had to be started once more."""

    future: Future[Any]


class Window(Generic[P, T]):
    """The parts under way of one call of ``map``.

    Args:
        most: parts under way, or done and not yet taken.
        start: starts a part.
        finish: waits for a future and makes the part's result of it, or starts the part again.
    """

    def __init__(self, most: int, start: Callable[[P], Future[Any]], finish: Callable[[Future[Any], P], T | Again]) -> None:
        self._most, self._start, self._finish = most, start, finish
        self._lock = threading.Lock()
        self._ended = False
        self._under_way: deque[tuple[P, Future[Any]]] = deque()

    def results(self, parts: Sequence[P], cancel: CancelToken) -> Iterator[T]:
        """What comes of the parts; whatever happens, what is under way is ended with it.

        Raises:
            Cancelled: before a result is waited for.
        """
        cancel.on_cancel(self.end)
        try:
            for part in parts:
                while len(self._under_way) >= self._most:
                    yield self._next(cancel)
                self._add(part, cancel)
            while self._under_way:
                yield self._next(cancel)
        finally:
            self.end()

    def end(self) -> None:
        """Cancel what is under way; may be called from any thread, more than once."""
        with self._lock:
            self._ended = True
            under_way = [future for _, future in self._under_way]
        for future in under_way:
            future.cancel()

    def _add(self, part: P, cancel: CancelToken) -> None:
        cancel.check()
        future = self._start(part)
        with self._lock:
            self._under_way.append((part, future))
        self._cancel_if_ended(future)

    def _next(self, cancel: CancelToken) -> T:
        cancel.check()
        part, future = self._under_way[0]
        result = self._finish(future, part)
        while isinstance(result, Again):
            with self._lock:
                self._under_way[0] = (part, result.future)
            self._cancel_if_ended(result.future)
            self._start_lost_ones_again()
            result = self._finish(result.future, part)
        with self._lock:
            # it stays in the list while it is waited for, so that end() finds it
            self._under_way.popleft()
        return result

    def _start_lost_ones_again(self) -> None:
        """What was lost with the first part starts again with it, not one after the other when its turn comes."""
        for number, (part, future) in list(enumerate(self._under_way))[1:]:
            if future.cancelled() and not self._ended:
                again = self._start(part)
                with self._lock:
                    self._under_way[number] = (part, again)
                self._cancel_if_ended(again)

    def _cancel_if_ended(self, future: Future[Any]) -> None:
        with self._lock:
            ended = self._ended
        if ended:
            future.cancel()
