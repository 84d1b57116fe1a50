"""The question: what would this workload have been in the other modes?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import IBMInputValueError
from .load import OtherLoad
from .outcome import ModeName, Outcome
from .simulate import MODES, Circumstances, simulate
from .table import records, text
from .workload import Step, checked, not_negative

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Comparison:
    """One workload in several modes. ``print()`` it."""

    backend: str
    """The backend's name, or nothing."""
    outcomes: tuple[Outcome, ...]
    """One for each mode, in the order they were asked for."""

    def __getitem__(self, mode: str) -> Outcome:
        """The outcome in one mode.

        Raises:
            KeyError: the mode was not asked for.
        """
        for outcome in self.outcomes:
            if outcome.mode == mode:
                return outcome
        raise KeyError(f"Mode {mode!r} was not compared: expected one of {[o.mode for o in self.outcomes]}.")

    def rows(self) -> list[dict[str, Any]]:
        """A record for each mode, all times in seconds."""
        return records(self.outcomes)

    def __str__(self) -> str:
        return text(self.outcomes, self.backend)

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw a Gantt chart: a panel for each mode.

        Args:
            path: where to write it, by its ending as PNG, SVG or PDF; ``None``: nowhere.

        Raises:
            MissingOptionalLibraryError: matplotlib is not installed.
        """
        from .gantt import draw

        figure = draw(self.outcomes, self.backend)
        if path is not None:
            figure.savefig(path)
        return figure


def compare_modes(
    workload: Iterable[Step],
    backend: Any = None,
    *,
    other_load: OtherLoad | None = None,
    modes: Sequence[str] = ("job", "batch", "session"),
    lanes: int = 5,
    at_once: int = 1,
    seed: int = 0,
    interactive_timeout: float = 60.0,
    max_time: float = 28800.0,
) -> Comparison:
    """Run a workload in each execution mode, with the runtime's own scheduler, in no time.

    Nothing is executed and nothing sleeps: hours pass in milliseconds. The other users do the same in each mode, and the
    same seed gives the same numbers.

    Args:
        workload: what to run: steps, or what :func:`recorded` made of jobs of the past.
        backend: what to call the backend: a name, or something that has one. It decides nothing else.
        other_load: who else is there; ``None``: nobody.
        modes: which modes to compare, of ``job``, ``batch`` and ``session``.
        lanes: how many jobs of a batch or session the backend has in work side by side.
        at_once: how many single jobs it has in work at the same time, and jobs on the QPU outside sessions.
        seed: seed of the other load.
        interactive_timeout: seconds that a batch or session may stand with nothing to do before it is deactivated.
        max_time: seconds from the start of the first job of a batch or session until it ends.

    Raises:
        IBMInputValueError: a mode is unknown, a number makes no sense, or the steps wait for each other.
        IBMRuntimeError: the others leave no time for the workload.
    """
    steps = checked(workload)
    wanted = _modes(modes)
    for what, number in (("lanes", lanes), ("at_once", at_once)):
        if number < 1:
            raise IBMInputValueError(f"{what}: expected at least 1, found {number}.")
    not_negative("interactive_timeout", interactive_timeout)
    not_negative("max_time", max_time)
    circumstances = Circumstances(
        other_load=other_load,
        lanes=lanes,
        at_once=at_once,
        seed=seed,
        interactive_timeout=interactive_timeout,
        max_time=max_time,
    )
    return Comparison(_name(backend), tuple(simulate(steps, mode, circumstances) for mode in wanted))


def _modes(modes: Sequence[str]) -> list[ModeName]:
    wanted: list[ModeName] = [known for name in modes for known in MODES if known == name]
    if len(wanted) != len(modes) or len(set(wanted)) != len(wanted) or not wanted:
        raise IBMInputValueError(f"modes: expected some of {', '.join(MODES)}, each once, found {modes!r}.")
    return wanted


def _name(backend: Any) -> str:
    return "" if backend is None else str(getattr(backend, "name", backend))
