"""Places to run calls: the table :data:`ENGINES`."""

from .base import Engine
from .inline import InlineEngine
from .processes import ProcessEngine

ENGINES: dict[str, type[InlineEngine] | type[ProcessEngine]] = {engine.name: engine for engine in (InlineEngine, ProcessEngine)}

__all__ = ["ENGINES", "Engine", "InlineEngine", "ProcessEngine"]
