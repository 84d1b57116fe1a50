"""What was asked, completely."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """One ``run()`` call."""

    routine: str
    """``"sampler"`` or ``"estimator"``: a key of ``routines.ROUTINES``."""
    backend: Any
    """The ``BackendV2`` it runs on."""
    pubs: tuple[Any, ...]
    """Coerced ``SamplerPub`` / ``EstimatorPub`` objects."""
    settings: Any
    """Frozen, settled options (see ``options.settle``)."""
    options: dict[str, Any] = field(default_factory=dict)
    """The options as the user set them (what ``job.inputs`` shows)."""
    seed: int
    """Root seed, concrete: drawn when the user gave none."""
    tags: tuple[str, ...] = ()
    private: bool = False
    workload: str | None = None
    """The session or batch it is part of; ``None``: job mode."""
    instance: str | None = None
    """Whose share of the backend it uses; ``None``: the runtime's."""
    log_level: str = "WARNING"
    """The least important lines of the job's log to show."""
    max_execution_time: float | None = None
    """Seconds of quantum time after which the job is stopped; ``None``: the runtime's cap."""
    form: str = ""
    """In which form its parameters came and its result is written where text is asked for; empty: that of IBM's client."""
