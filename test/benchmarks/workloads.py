"""All workloads by name: ours through the public API (job overhead included) against everyone else who can do it."""

from __future__ import annotations

from collections.abc import Callable

from .batches import BATCHES
from .bench import Bench
from .exact import EXACT_VALUES
from .growth import GROWTH
from .learning import LEARNING
from .modes import MODES
from .noise import NOISE
from .row import Row
from .sampling import SAMPLING
from .server import SERVER
from .speedups import SPEEDUPS
from .starting import STARTING
from .variational import VARIATIONAL

Workload = Callable[[Bench], Row]

WORKLOADS: dict[str, Workload] = {
    work.__name__: work
    for group in (EXACT_VALUES, SAMPLING, STARTING, MODES, BATCHES, SERVER, NOISE, LEARNING, SPEEDUPS, VARIATIONAL, GROWTH)
    for work in group
}
