"""Least squares with coefficients that are not negative, by exchanging whole blocks of coefficients at a time.

Source: Kim, Park, "Fast nonnegative matrix factorization: an active-set-like method and comparisons", SIAM J. Sci. Comput.
33, 3261 (2011), whose method ends, and takes a few solutions rather than one for each coefficient.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

_PATIENCE = 3
"""Rounds that may pass without fewer signs being wrong before coefficients are exchanged one by one."""
_WRONG = -1e-12


def nonnegative(
    gram: NDArray[np.float64], moments: NDArray[np.float64], start: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Minimise ``x·G x / 2 − h·x`` over ``x ≥ 0``.

    Args:
        gram: ``G``, symmetric and positive definite, shape ``(n, n)``.
        moments: ``h``, shape ``(n,)``.
        start: coefficients that are likely not zero; ``None``: all.

    Returns:
        Shape ``(n,)``.
    """
    free = np.ones(len(moments), dtype=np.bool_) if start is None else start.copy()
    least, patience = len(moments) + 1, _PATIENCE
    scale = float(np.abs(moments).max(initial=0)) or 1.0
    while True:
        found = _solved(gram, moments, free)
        slopes = (gram @ found - moments) / scale
        wrong = np.where(free, found, slopes) < _WRONG
        count = int(wrong.sum())
        if not count:
            return np.clip(found, 0, None)
        if count < least:
            least, patience = count, _PATIENCE
        elif patience:
            patience -= 1
        else:  # one exchange at a time cannot go round in circles
            wrong = np.arange(len(wrong)) == np.flatnonzero(wrong)[-1]
        free ^= wrong


def _solved(gram: NDArray[np.float64], moments: NDArray[np.float64], free: NDArray[np.bool_]) -> NDArray[np.float64]:
    out = np.zeros(len(moments))
    if free.any():
        out[free] = cho_solve(cho_factor(gram[np.ix_(free, free)]), moments[free])
    return out
