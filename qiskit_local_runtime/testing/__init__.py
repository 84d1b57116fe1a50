"""For tests, ours and users': a clock, an engine and a simulator that do what they are told, the patch, and a real server.

Each name is loaded when it is first asked for: pytest loads :mod:`.plugin` for everybody who has this package installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import FakeClock
    from .engine import HandEngine
    from .patch import local_runtime
    from .server import LocalServer
    from .simulator import ScriptedSimulator

_PLACES = {
    "FakeClock": "clock",
    "HandEngine": "engine",
    "LocalServer": "server",
    "ScriptedSimulator": "simulator",
    "local_runtime": "patch",
}

__all__ = ["FakeClock", "HandEngine", "LocalServer", "ScriptedSimulator", "local_runtime"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. It offers {', '.join(__all__)}.")
    found = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
