"""Places to run calls: the table :data:`ENGINES`."""

from collections.abc import Mapping

from .base import CannotTravelError, Engine
from .dask import DaskEngine
from .inline import InlineEngine
from .named import Row, engine_named, named_by_environment
from .processes import ProcessEngine
from .threads import ThreadEngine

ENGINES: Mapping[str, Row] = {
    "inline": InlineEngine.named,
    "threads": ThreadEngine.named,
    "processes": ProcessEngine.named,
    "dask": DaskEngine.named,
}
"""What makes an engine of each name; it is given what follows the colon in ``"processes:4"``, or ``None``."""

__all__ = [
    "ENGINES",
    "CannotTravelError",
    "DaskEngine",
    "Engine",
    "InlineEngine",
    "ProcessEngine",
    "ThreadEngine",
    "engine_named",
    "named_by_environment",
]
