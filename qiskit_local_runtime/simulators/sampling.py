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
    cumulative = np.cumsum(np.maximum(probabilities, 0.0))
    found = np.searchsorted(cumulative, rng.random(shots) * cumulative[-1], side="right")
    if shots and found.max() == len(cumulative):
        # a uniform number was rounded up to the total: the last outcome that can occur
        found = np.minimum(found, int(np.flatnonzero(probabilities > 0)[-1]))
    return np.asarray(found)
