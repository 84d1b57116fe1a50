"""How a runtime behaves."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, Self

from qiskit.providers import BackendV2

from ..clock import Clock, SystemClock
from ..engines.base import Engine
from ..errors import IBMInputValueError

HOUR = 3600.0
_MOST_DAYS = 365_000.0
MAX_TIME: Mapping[str, float] = {"paid": 8 * HOUR, "open": 600.0}
"""Longest wall clock of a session or batch, in seconds, by plan."""


@dataclass(frozen=True, kw_only=True)
class RuntimeSettings:
    """How a runtime behaves.

    Raises:
        IBMInputValueError: a value is out of range.
    """

    unimplemented: Literal["raise", "warn"] = "raise"
    """What happens to options that are known but not applied yet: refused by name, or ignored with a warning."""
    plan: Literal["paid", "open"] = "paid"
    """The open plan has no sessions, and its batches end after ten minutes."""
    instance: str = "local"
    """Whose share of a backend jobs use that do not say."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Each instance's share of a backend's time; 1 for those not named."""
    lanes: int = 5
    """Jobs of one session or batch that are worked on side by side; only one is on the QPU."""
    at_once: int = 1
    """Single jobs a backend runs at the same time, outside sessions."""
    interactive_timeout: float = 60.0
    """Seconds a session or batch may stand with nothing to do before it is deactivated."""
    max_time: float | None = None
    """Longest wall clock of a session or batch in seconds; ``None``: by plan."""
    usage: Literal["modelled", "measured"] = "modelled"
    """What jobs are charged: what the same shots take on the device the backend describes (where it says), or the time the
    simulator was busy."""
    budget: float | None = None
    """Seconds of usage in 28 days after which an instance's jobs are refused; ``None``: no limit."""
    retention_days: float = 30.0
    """How long a store that outlives the process keeps jobs that have ended."""
    wait_for_disk: bool = False
    """Whether a submission, and the end of a job, waits until it would survive a power cut. Otherwise it does so a tenth of a
    second later; the end of the process, ``kill -9`` included, it survives in any case. Of a store given by its path."""

    def __new__(cls, **settings: object) -> Self:
        """Refuse settings there are not, before ``__init__`` does with a ``TypeError``."""
        known = [each.name for each in fields(cls)]
        for name in settings:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"Did you mean {close[0]!r}?" if close else f"Expected one of {', '.join(known)}."
                raise IBMInputValueError(f"The runtime has no setting {name!r}. {hint}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if not isinstance(self.instance, str) or not self.instance:
            raise IBMInputValueError(f"instance must be text that is not empty, found {self.instance!r}.")
        if not isinstance(self.shares, Mapping):
            raise IBMInputValueError(
                f"shares must be a dictionary of numbers by instance, such as {{'a': 2.0}}, found {self.shares!r}."
            )
        for name, allowed in (
            ("unimplemented", ("raise", "warn")),
            ("plan", tuple(MAX_TIME)),
            ("usage", ("modelled", "measured")),
        ):
            if getattr(self, name) not in allowed:
                wanted = " or ".join(map(repr, allowed))
                raise IBMInputValueError(f"{name} must be {wanted}, found {getattr(self, name)!r}.")
        for name in ("lanes", "at_once"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise IBMInputValueError(f"{name} must be a whole number of at least 1, found {value!r}.")
        for name in ("interactive_timeout", "max_time", "budget", "retention_days"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and value >= 0):
                raise IBMInputValueError(
                    f"{name} must be a number of seconds (days for retention) of at least 0, found {value!r}."
                )
        if not isinstance(self.wait_for_disk, bool):
            raise IBMInputValueError(f"wait_for_disk must be True or False, found {self.wait_for_disk!r}.")
        checked_days(self.retention_days)
        for instance, share in self.shares.items():
            if not (_is_number(share) and share > 0):
                raise IBMInputValueError(f"shares[{instance!r}] must be a number of more than 0, found {share!r}.")
        if self.at_once > self.lanes:
            raise IBMInputValueError(f"at_once must be at most lanes, found at_once={self.at_once} and lanes={self.lanes}.")

    @property
    def longest(self) -> float:
        """Longest wall clock of a session or batch, in seconds."""
        return MAX_TIME[self.plan] if self.max_time is None else min(self.max_time, MAX_TIME[self.plan])


def checked_days(days: object) -> float:
    """Days as a number of which there is a time that long ago.

    Raises:
        IBMInputValueError: not a number, negative, or more than a thousand years.
    """
    if isinstance(days, (int, float)) and _is_number(days) and 0 <= days <= _MOST_DAYS:
        return float(days)
    raise IBMInputValueError(f"days must be a number of at least 0 and at most {_MOST_DAYS:g}, found {days!r}.")


def checked_clock(clock: Clock | None) -> Clock:
    """A clock; ``None``: the computer's.

    Raises:
        IBMInputValueError: it is none.
    """
    if clock is None:
        return SystemClock()
    _check_part("clock", clock, ("now", "monotonic"), "VirtualClock()")
    return clock


def checked_engine(engine: Engine | None) -> Engine | None:
    """An engine, or ``None``.

    Raises:
        IBMInputValueError: it is none.
    """
    if engine is not None:
        _check_part("engine", engine, ("call", "map", "close"), "InlineEngine(), a name such as 'processes:4'")
    return engine


def checked_backend(backend: object) -> BackendV2:
    """A backend.

    Raises:
        IBMInputValueError: it is none.
    """
    if not isinstance(backend, BackendV2):
        raise IBMInputValueError(f"backend must be a BackendV2 object, found {backend!r}. Pass AerSimulator(), say.")
    return backend


def _check_part(name: str, value: object, methods: tuple[str, ...], example: str) -> None:
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        raise IBMInputValueError(
            f"{name} must be an object with {' and '.join(methods)}, such as {example}, or None, found {value!r}."
        )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
