"""Whether an extrapolated value can be believed, and why not."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]


class Verdict(IntEnum):
    """Why an extrapolator is accepted or not."""

    ACCEPTED = 0
    UNRESOLVED = 1
    UNCERTAIN = 2
    OUT_OF_RANGE = 3
    POOR = 4

    @property
    def reason(self) -> str:
        """In words."""
        return _REASONS[self]


_REASONS = {
    Verdict.ACCEPTED: "accepted",
    Verdict.UNRESOLVED: "the data do not determine the curve",
    Verdict.UNCERTAIN: "its standard error is larger than the largest value possible",
    Verdict.OUT_OF_RANGE: "it is impossible: more than four standard errors outside of the possible values",
    Verdict.POOR: "it leaves more than half of the variation of the data unexplained",
}


_SURE = 4.0
"""Standard errors by which a value must be out of range to be refused."""
_ROUNDING = 1 + 1e-9


def judge(values: _Array, stds: _Array, poor: NDArray[np.bool_], bound: _Array) -> NDArray[np.uint8]:
    """Judge values at zero noise; where there are several reasons, the first in the order of ``Verdict``.

    Args:
        values: ``(elements, extrapolators)``.
        stds: ``(elements, extrapolators)`` their standard errors.
        poor: ``(elements, extrapolators)``, whether the data contradict the curve.
        bound: ``(elements, 1)``: the largest absolute value possible.
    """
    verdicts = np.where(poor, Verdict.POOR, Verdict.ACCEPTED)
    verdicts = np.where(np.abs(values) - _SURE * stds > bound * _ROUNDING, Verdict.OUT_OF_RANGE, verdicts)
    verdicts = np.where(stds > bound, Verdict.UNCERTAIN, verdicts)
    return np.where(np.isfinite(values) & np.isfinite(stds), verdicts, Verdict.UNRESOLVED).astype(np.uint8)
