"""Running sweeps, and keeping account of the time they take."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..clock import Clock
from ..engines.base import CannotTravelError, Engine
from ..simulators.base import Tools
from ..sweeps import Shots, Terms
from .bundles import Answer, Ask, Group, answers, grouped
from .runnable import Runnable

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stretch:
    """From when to when something ran."""

    start: datetime
    stop: datetime


Answers = Iterator[tuple[NDArray[Any], Stretch]]
"""What comes of sweeps in turn, packed bits or exact values."""


class Executor:
    """Runs sweeps, and keeps account of the time they take.

    Args:
        engine: where long calls run.
        cancel: whether they are still wanted.
        clock: for time stamps.
        busy: told the seconds each call took.
        charge: told what is about to be sampled.
    """

    def __init__(
        self,
        engine: Engine,
        cancel: CancelToken,
        clock: Clock,
        busy: Callable[[float], None],
        charge: Callable[[Runnable], None] | None = None,
    ) -> None:
        self._engine, self._cancel, self._clock, self._busy = engine, cancel, clock, busy
        self._charge = charge

    def sample(self, what: Runnable, seed: np.random.SeedSequence) -> tuple[Shots, Stretch]:
        """Sample a sweep."""
        packed, stretch = self._alone(Ask(what, seed))
        return Shots(packed, what.sweep.num_clbits), stretch

    def expect(self, what: Runnable, terms: Terms, seed: np.random.SeedSequence) -> tuple[NDArray[np.float64], Stretch]:
        """Exact expectation values of terms, shape ``(rows, variations, terms)``: one variation, or one a random circuit."""
        return self._alone(Ask(what, seed, terms))

    @contextmanager
    def each(self, asks: Iterable[Ask]) -> Iterator[Answers]:
        """What comes of each in turn; short ones run side by side where that pays, and none after the block has ended."""
        answers = self._each(asks)
        try:
            yield answers
        finally:
            answers.close()

    def _each(self, asks: Iterable[Ask]) -> Generator[tuple[NDArray[Any], Stretch], None, None]:
        for group in grouped(list(asks), self._engine):
            done = 0
            try:
                for found in self._bundled(group):
                    done += 1
                    yield found
            except CannotTravelError:
                # gates of the user's own: only this process knows their class
                _LOG.debug("What is to run cannot be sent to child processes; it runs here.", exc_info=True)
            yield from map(self._alone, group.asks[done:])

    def now(self) -> datetime:
        """The time of day."""
        return self._clock.now()

    def timed(self, work: Callable[[Tools], T], seed: np.random.SeedSequence) -> tuple[T, Stretch]:
        """Do what counts as simulation."""
        return self._timed(lambda: work(Tools(seed, self._cancel, self._engine)))

    def _alone(self, ask: Ask) -> tuple[NDArray[Any], Stretch]:
        self._charge_for(ask)
        return self.timed(ask.answer, ask.seed)

    def _bundled(self, group: Group) -> Answers:
        if not group.bundles:
            return
        coming = answers(group, self._engine, self._cancel)
        try:
            for bundle in group.bundles:
                found, stretch = self._timed(lambda: next(coming))
                for ask, answer, own in zip(group.asks[bundle], found, _shared(stretch, found), strict=True):
                    self._charge_for(ask)
                    yield answer.result, own
        finally:
            coming.close()

    def _charge_for(self, ask: Ask) -> None:
        if self._charge is not None and ask.terms is None:
            self._charge(ask.what)

    def _timed(self, work: Callable[[], T]) -> tuple[T, Stretch]:
        self._cancel.check()
        began, start = self._clock.monotonic(), self._clock.now()
        try:
            result = work()
        finally:
            self._busy(self._clock.monotonic() - began)
        return result, Stretch(start, self._clock.now())


def _shared(stretch: Stretch, found: Sequence[Answer]) -> Iterator[Stretch]:
    """The time waited for a bundle, by what each of its simulations took."""
    total = sum(answer.seconds for answer in found) or 1.0
    start = stretch.start
    for answer in found:
        stop = start + (stretch.stop - stretch.start) * (answer.seconds / total)
        yield Stretch(start, stop)
        start = stop
