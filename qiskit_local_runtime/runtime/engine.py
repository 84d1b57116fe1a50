"""Which engines a runtime uses: the one given, the one named by the environment, or child processes; and those jobs name."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..engines import ENGINES, Engine, ProcessEngine, engine_named, named_by_environment
from ..engines.named import VARIABLE
from ..errors import IBMInputValueError, IBMRuntimeError, OptionError
from ..records.request import Request
from .settings import checked_engine

OPTION = "environment.engine"
"""The option by which a job names its engine."""


class Engines:
    """A runtime's own engine, and those its jobs name, which are made once for each name and closed together.

    Args:
        asked: the runtime's own, see :func:`chosen_engine`.
        on_start: called when an engine's processes have been started.

    Raises:
        IBMInputValueError: it is none, or none has that name.
    """

    def __init__(self, asked: Engine | str | None, on_start: Callable[[], object]) -> None:
        self._own = chosen_engine(asked, on_start)
        self._on_start = on_start
        self._lock = threading.Lock()
        self._closed = False
        self._named: dict[str, Engine] = {}
        if (name := _name_of(asked)) is not None:
            # a job that names what the runtime has anyway shares it
            self._named[name] = self._own

    def of(self, request: Request) -> Engine:
        """The engine a job's long work runs on, not started yet where no job has used it.

        Raises:
            OptionError: the job names one that there is not.
            IBMRuntimeError: it names one, and all have been closed.
        """
        # routines of users' own have settings of their own
        asked = getattr(request.settings, "engine", None)
        return self._own if asked is None else self._of_name(asked.strip())

    def close(self) -> None:
        """Close all of them; idempotent."""
        with self._lock:
            self._closed = True
            named = [engine for engine in self._named.values() if engine is not self._own]
        for engine in (*named, self._own):
            engine.close()

    def _of_name(self, name: str) -> Engine:
        with self._lock:
            if self._closed:
                raise IBMRuntimeError(f"The runtime is closed: the engine {name!r} runs nothing more. Make a new runtime.")
            if name not in self._named:
                self._named[name] = self._made(name)
            return self._named[name]

    def _made(self, name: str) -> Engine:
        try:
            return chosen_engine(name, self._on_start)
        except IBMInputValueError as err:
            raise OptionError({OPTION: str(err)}) from err


def chosen_engine(asked: Engine | str | None, on_start: Callable[[], object]) -> Engine:
    """The engine asked for.

    Args:
        asked: an engine, or a name such as ``"threads"`` or ``"processes:4"``; ``None``: what the environment variable
            ``QISKIT_LOCAL_RUNTIME_ENGINE`` names, else child processes.
        on_start: called when the engine's processes have been started.

    Raises:
        IBMInputValueError: it is none, or none has that name.
    """
    engine = _from_environment() if asked is None else engine_named(asked, ENGINES) if isinstance(asked, str) else asked
    found = checked_engine(engine)
    if found is None:
        return ProcessEngine(on_start=on_start)
    if getattr(found, "on_start", found) is None:
        # it starts processes that have to outlive the runtime's jobs
        setattr(found, "on_start", on_start)  # noqa: B010 - not all engines have it
    return found


def _name_of(asked: Engine | str | None) -> str | None:
    """By which name a runtime's own engine was chosen; ``None``: it was given as an object."""
    if asked is None:
        return named_by_environment() or ProcessEngine.name
    return asked.strip() if isinstance(asked, str) else None


def _from_environment() -> Engine | None:
    named = named_by_environment()
    if named is None:
        return None
    try:
        return engine_named(named, ENGINES)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"The environment variable {VARIABLE} is {named!r}. {err.message}") from err
