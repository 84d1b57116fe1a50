"""Which engine a runtime uses: the one given, the one named by the environment, or child processes."""

from __future__ import annotations

from collections.abc import Callable

from ..engines import ENGINES, Engine, ProcessEngine, engine_named, named_by_environment
from ..engines.named import VARIABLE
from ..errors import IBMInputValueError
from .settings import checked_engine


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


def _from_environment() -> Engine | None:
    named = named_by_environment()
    if named is None:
        return None
    try:
        return engine_named(named, ENGINES)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"The environment variable {VARIABLE} is {named!r}. {err.message}") from err
