"""Simulations of many circuits side by side: some at a time are sent to an engine.

What is sent together depends on the engine and does not matter: every simulation has a seed of its own, and is cut into the
same shards, if any, wherever it is.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..engines.base import CannotTravelError, Engine
from ..engines.choice import worth_it
from ..engines.common import packed
from ..engines.here import cancel_here
from ..engines.inline import InlineEngine
from ..simulators.aer import AerSimulatorMethod
from ..simulators.base import Estimate, Tools
from ..simulators.choose import SIMULATORS, memory_limit
from ..sweeps import Terms, num_bytes
from .dress import Dressed
from .runnable import Runnable
from .sharded import Part, Work, can_travel, part_of, sweep_of, work_of
from .shards import LEAST

_A_WORKER = 4
"""Bundles of a job for each worker, so that none waits long for the last."""
_SHORTEST = 0.006
"""Seconds of a bundle: several times what sending it costs."""
_MOST_BYTES = 1 << 22
"""Of a bundle's results, unless one alone has more."""
_LONGEST = 1.5
"""Simulations of so many times a worker's share are better cut into shards than run by one worker each."""
_PICKLED = 3e-7
"""Seconds until an operation of a circuit is on its way."""


class Ask(NamedTuple):
    """A simulation that is wanted."""

    what: Runnable
    seed: np.random.SeedSequence
    terms: Terms | None = None
    """Whose exact values; ``None``: shots."""

    def answer(self, tools: Tools) -> NDArray[Any]:
        """Packed bits, or exact values."""
        return self.what.sample(tools).packed if self.terms is None else self.what.expect(self.terms, tools)


class Group(NamedTuple):
    """Neighbours among what is asked for."""

    asks: Sequence[Ask]
    bundles: Sequence[slice]
    """Of those that are sent together; empty: each runs where it is."""


class Answer(NamedTuple):
    """What came of an :class:`Ask`."""

    result: NDArray[Any]
    seconds: float
    """That it took where it ran."""


def grouped(asks: Sequence[Ask], engine: Engine) -> Iterator[Group]:
    """All of it in the same order, bundled where the engine is worth its while."""
    for movable, neighbours in groupby(asks, _can_travel):
        segment = list(neighbours)
        share = sum(ask.what.estimate.seconds for ask in segment) / engine.workers
        longest = max(LEAST, _LONGEST * share) if movable else 0.0
        for short, found in groupby(segment, partial(_shorter, longest)):
            group = list(found)
            bundles = _bundles(group, engine) if short and len(group) > 1 else []
            yield Group(group, bundles if _pays(group, bundles, engine) else [])


def answers(group: Group, engine: Engine, cancel: CancelToken) -> Generator[list[Answer], None, None]:
    """What came of each bundle in turn.

    Raises:
        CannotTravelError: the next bundle cannot be sent.
    """
    yield from engine.map(run_bundle, None, _Parcels(group), cancel=cancel)


def run_bundle(nothing: None, data: bytes) -> list[Answer]:
    """Run a bundle wherever this is.

    Raises:
        CannotTravelError: it cannot be read there.
    """
    try:
        items: list[_Item] = pickle.loads(data)
    except (pickle.UnpicklingError, AttributeError, ImportError, TypeError) as err:
        raise CannotTravelError(f"What is to run cannot be read in a child process: {err}") from err
    return [_timed(item) for item in items]


class _Item(NamedTuple):
    """An :class:`Ask` as it travels."""

    work: Work
    part: Part
    dressed: Dressed | None
    first_row: int
    seconds: float
    """Of the estimate, which decides whether it is cut into shards."""


class _Parcels(Sequence[bytes]):
    """The bundles of a group, each made when it is sent."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def __len__(self) -> int:
        return len(self._group.bundles)

    def __getitem__(self, place: Any) -> Any:
        return packed([_item(ask) for ask in self._group.asks[self._group.bundles[place]]]).data


def _can_travel(ask: Ask) -> bool:
    # Aer has threads of its own
    return not isinstance(ask.what.simulator, AerSimulatorMethod) and can_travel(ask.what.device, ask.what.simulator)


def _shorter(seconds: float, ask: Ask) -> bool:
    return ask.what.estimate.seconds < seconds


def _bundles(asks: Sequence[Ask], engine: Engine) -> list[slice]:
    share = max(_SHORTEST, sum(ask.what.estimate.seconds for ask in asks) / (_A_WORKER * engine.workers))
    cuts, seconds, size = [0], 0.0, 0
    for place, ask in enumerate(asks):
        more = _bytes(ask)
        if place > cuts[-1] and (seconds >= share or size + more > _MOST_BYTES):
            cuts.append(place)
            seconds, size = 0.0, 0
        seconds, size = seconds + ask.what.estimate.seconds, size + more
    return [slice(start, stop) for start, stop in zip(cuts, [*cuts[1:], len(asks)], strict=True)]


def _bytes(ask: Ask) -> int:
    """Of the result."""
    rows, endings, randomizations, shots = ask.what.sweep.shape
    if ask.terms is not None:
        return 8 * rows * len(ask.terms)
    return rows * endings * randomizations * shots * num_bytes(ask.what.sweep.num_clbits)


def _pays(asks: Sequence[Ask], bundles: Sequence[slice], engine: Engine) -> bool:
    # small circuits are Python's work, of which threads do no more than one does
    if len(bundles) < 2 or engine.name == "threads":
        return False
    if max(ask.what.estimate.bytes for ask in asks) * engine.workers > memory_limit():
        return False
    travel = _PICKLED * sum(len(ask.what.sweep.tape) for ask in asks)
    return worth_it(engine, sum(ask.what.estimate.seconds for ask in asks), len(bundles), travel)


def _item(ask: Ask) -> _Item:
    what = ask.what
    sweep, dressed = what.sweep, what.dressed
    part = part_of(sweep, ask.seed)
    if dressed is not None:
        sweep, dressed = dressed.as_run(sweep), dressed.light
    work = work_of(sweep, what.device, what.simulator, ask.terms, alone=False)
    return _Item(work, part, dressed, what.first_row, what.estimate.seconds)


def _timed(item: _Item) -> Answer:
    began = time.perf_counter()
    work, dressed = item.work, item.dressed
    sweep = sweep_of(work, item.part)
    simulator = SIMULATORS[work.simulator]
    seed = np.random.SeedSequence(item.part.entropy, spawn_key=item.part.spawn_key)
    what = Runnable(sweep, work.device, simulator, Estimate(0, item.seconds), dressed, item.first_row)
    result = Ask(what, seed, work.terms).answer(Tools(seed, cancel_here(), InlineEngine()))
    return Answer(result, time.perf_counter() - began)
