"""One workload in one mode: your program, the other users and the backend on one time line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..records.workload import Mode
from ..scheduler import Refused
from ..scheduler.events import Closed
from .bench import Bench, Run
from .load import OURS, Arrival, OtherLoad
from .outcome import End, JobTimes, ModeName, Outcome
from .workload import Step

MODES: Mapping[ModeName, Mode] = {"job": "job", "batch": "batch", "session": "dedicated"}
"""What users call a mode, and what the scheduler does."""
WORKLOAD = "workload"


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What is the same in all modes."""

    other_load: OtherLoad | None
    lanes: int
    at_once: int
    seed: int
    interactive_timeout: float
    max_time: float


def simulate(steps: Sequence[Step], mode: ModeName, circumstances: Circumstances) -> Outcome:
    """Run a workload to its end in one mode.

    Raises:
        IBMRuntimeError: it does not come to an end.
    """
    return _Study(steps, mode, circumstances).run()


class _Study:
    """The program that submits the steps, and the other users."""

    def __init__(self, steps: Sequence[Step], mode: ModeName, circumstances: Circumstances) -> None:
        self._steps, self._mode, self._settings = steps, mode, circumstances
        self._workload = None if mode == "job" else WORKLOAD
        load = circumstances.other_load
        self._arrivals: Iterator[Arrival] = iter(()) if load is None else load.arrivals(circumstances.seed)
        start = -load.warm_up_seconds if load is not None else 0.0
        self._bench = Bench(start, circumstances.lanes, circumstances.at_once, self._ended)
        self._missing = [set(step.after) for step in steps]
        self._waiting_for_it: list[list[int]] = [[] for _ in steps]
        for place, step in enumerate(steps):
            for other in set(step.after):
                self._waiting_for_it[other].append(place)
        self._unsubmitted = len(steps)
        self._ours: dict[int, Run] = {}
        self._ends: dict[int, End] = {}
        self._strangers: list[Run] = []

    def run(self) -> Outcome:
        self._next_stranger()
        self._bench.at(0.0, self._begin)
        while len(self._ends) < len(self._steps):
            self._bench.step()
        return self._outcome()

    # --- your program

    def _begin(self) -> None:
        mode, settings = MODES[self._mode], self._settings
        if self._workload is not None:
            self._bench.open(self._workload, mode, OURS, settings.max_time, settings.interactive_timeout)
        for place, missing in enumerate(self._missing):
            if not missing:
                self._think(place)

    def _think(self, place: int) -> None:
        self._bench.at(self._bench.now + self._steps[place].think_seconds, lambda: self._submit(place))

    def _submit(self, place: int) -> None:
        step = self._steps[place]
        run = Run(
            f"step {place}", place, step.before_seconds, step.quantum_seconds, step.after_seconds, submitted=self._bench.now
        )
        self._ours[place] = run
        try:
            self._bench.submit(run, OURS, self._workload)
        except Refused:
            run.finished, run.end = self._bench.now, "failed"
            self._ended(run)
        self._one_less()

    def _one_less(self) -> None:
        """Leave the ``with`` block as soon as there is nothing left to submit."""
        self._unsubmitted -= 1
        if not self._unsubmitted and self._workload is not None:
            self._bench.handle(Closed(self._workload))

    def _ended(self, run: Run) -> None:
        if run.step is None:
            return
        self._ends[run.step] = run.end
        for place in self._waiting_for_it[run.step]:
            if run.end == "done":
                self._missing[place].discard(run.step)
                if not self._missing[place]:
                    self._think(place)
            else:
                self._give_up(place)

    def _give_up(self, place: int) -> None:
        """A step whose input will never be there, and all that wait for it."""
        if place in self._ends:
            return
        self._ends[place] = "not run"
        self._one_less()
        for other in self._waiting_for_it[place]:
            self._give_up(other)

    # --- the others

    def _next_stranger(self) -> None:
        arrival = next(self._arrivals, None)
        if arrival is not None:
            self._bench.at(arrival.when, lambda: self._stranger(arrival))

    def _stranger(self, arrival: Arrival) -> None:
        run = Run(
            f"other job {len(self._strangers)}",
            None,
            arrival.before_seconds,
            arrival.quantum_seconds,
            arrival.after_seconds,
            submitted=arrival.when,
        )
        self._strangers.append(run)
        self._bench.submit(run, arrival.instance, None)
        self._next_stranger()

    # --- what came out

    def _outcome(self) -> Outcome:
        jobs = tuple(self._times(place) for place in range(len(self._steps)))
        windows = self._bench.windows
        return Outcome(
            mode=self._mode,
            wall_seconds=self._bench.now,
            usage_seconds=self._usage(),
            jobs=jobs,
            others=tuple(run.times(run.id) for run in self._strangers if run.started is not None),
            windows=tuple((start, self._bench.now if end is None else end) for start, end in windows),
        )

    def _usage(self) -> float:
        if self._workload is not None:
            return self._bench.state.groups[self._workload].usage
        return sum(run.quantum_seconds for run in self._ours.values() if run.end == "done")

    def _times(self, place: int) -> JobTimes:
        name = self._steps[place].name or str(place)
        if place in self._ours:
            return self._ours[place].times(name)
        return JobTimes(
            name=name,
            step=place,
            end=self._ends[place],
            lane=None,
            submitted=None,
            started=None,
            ready=None,
            granted=None,
            released=None,
            finished=None,
        )
