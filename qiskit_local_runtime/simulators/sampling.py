"""Drawing outcomes from exact probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw(probabilities: NDArray[np.float64], shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Independent outcomes in the order they fell.

    Args:
        probabilities: ``(outcomes,)``, not negative beyond rounding; need not be normalised.
        shots: how many.
        rng: where the randomness comes from; ``shots`` uniform numbers are taken.

    Returns:
        ``(shots,)`` indices into ``probabilities``.
    """
    cumulative = np.cumsum(np.clip(probabilities, 0.0, None))
    uniforms = rng.random(shots) * cumulative[-1]
    found = np.searchsorted(cumulative, uniforms, side="right")
    last = int(np.flatnonzero(probabilities > 0)[-1])
    return np.asarray(np.minimum(found, last))
