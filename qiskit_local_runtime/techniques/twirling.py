"""Measurement twirling: random X flips before the measurement, undone in the recorded bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError

_AUTO_RANDOMIZATIONS = 32
_AUTO_LEAST_SHOTS = 64


@dataclass(frozen=True)
class Split:
    """How shots are divided."""

    num_randomizations: int
    shots_per_randomization: int

    @property
    def shots(self) -> int:
        """Shots in all."""
        return self.num_randomizations * self.shots_per_randomization


def split_shots(shots: int, num_randomizations: int | None, shots_per_randomization: int | None, *, least: int = 1) -> Split:
    """Divide shots over randomizations.

    ``None`` means ``auto``: at most 32 randomizations of at least 64 shots, or ``least`` randomizations where that would make
    fewer; one number given decides the other, rounding up. Both given: their product must not be smaller than ``shots``.

    Raises:
        IBMInputValueError: both numbers are given and their product is less than ``shots``.
    """
    if num_randomizations and shots_per_randomization:
        if num_randomizations * shots_per_randomization < shots:
            raise IBMInputValueError(
                f"twirling.num_randomizations × twirling.shots_per_randomization = {num_randomizations} × "
                f"{shots_per_randomization} = {num_randomizations * shots_per_randomization} is less than the {shots} shots "
                "asked for. Raise one of the two, set one to 'auto', or ask for fewer shots."
            )
        return Split(num_randomizations, shots_per_randomization)
    if num_randomizations:
        return Split(num_randomizations, -(-shots // num_randomizations))
    each = shots_per_randomization or max(_AUTO_LEAST_SHOTS, -(-shots // _AUTO_RANDOMIZATIONS))
    count = -(-shots // each)
    if shots_per_randomization is None and count < least:
        return Split(least, -(-count * each // least))
    return Split(count, each)


def draw_flips(
    shape: tuple[int, int, int], twirled: tuple[int, ...], num_clbits: int, seed: np.random.SeedSequence
) -> NDArray[np.bool_]:
    """Random flips.

    Args:
        shape: ``(rows, endings, randomizations)``.
        twirled: the classical bits to flip at random; all others are left alone.
        num_clbits: width of the result.
        seed: root of the randomness.

    Returns:
        ``(rows, endings, randomizations, num_clbits)``.
    """
    flips = np.zeros((*shape, num_clbits), dtype=np.bool_)
    flips[..., list(twirled)] = np.random.default_rng(seed).integers(0, 2, (*shape, len(twirled)), dtype=np.bool_)
    return flips
