"""Settled options of learning noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .layer_learning import LearningSettings as LearningSettings
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class NoiseLearnerSettings(Settings):
    """Settled options of the noise learner; ``twirling`` is not read."""

    learning: LearningSettings = field(default_factory=LearningSettings)
    twirling_strategy: Literal["active", "active-accum", "active-circuit", "all"] = "active-accum"
    """Which qubits count as twirled in a layer, and so belong to it."""
