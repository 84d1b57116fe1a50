"""The bridge: accepts requests, runs them, keeps what came of them. Each name is loaded when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .default import default_runtime, durable_runtime
    from .local import LocalRuntime
    from .port import Runtime

_PLACES = {"LocalRuntime": "local", "Runtime": "port", "default_runtime": "default", "durable_runtime": "default"}

__all__ = ["LocalRuntime", "Runtime", "default_runtime", "durable_runtime"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. It offers {', '.join(__all__)}.")
    found = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
    return found
