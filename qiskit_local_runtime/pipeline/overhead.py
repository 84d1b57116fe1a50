"""What cancelling noise costs: how much of it is cancelled, and how many randomizations more that takes.

Source: van den Berg, Minev, Kandala, Temme, Nature Physics 19, 1116 (2023).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad
from ..techniques.twirling import Split, split_shots

_SHOTS = 64
"""Of each randomization where options leave it to us."""
_MOST_RANDOMIZATIONS = 10**9


@dataclass(frozen=True)
class Overhead:
    """The cost of bringing a circuit's noise to ``noise_gain`` times what it is."""

    log_gammas: tuple[float, ...]
    """Logarithm of γ of each twirled layer in turn: twice the sum of its rates; 0 where it has no model."""
    noise_gain: float
    """0: all noise is cancelled; 1: none; more: it is amplified."""

    @property
    def gammas(self) -> tuple[float, ...]:
        """γ of each layer if all its noise is cancelled."""
        return tuple(_exp(each) for each in self.log_gammas)

    @property
    def gamma(self) -> float:
        """γ of the circuit if all its noise is cancelled: the product of the layers'."""
        return _exp(math.fsum(self.log_gammas))

    @property
    def sampling_overhead(self) -> float:
        """How many times more randomizations give the error bar of the noisy circuit: γ² of what is cancelled."""
        return _exp(2 * self._cancelled * math.fsum(self.log_gammas))

    @property
    def _cancelled(self) -> float:
        return max(0.0, 1 - self.noise_gain)

    def facts(self) -> dict[str, object]:
        """What plans and result metadata say."""
        return {
            "noise_gain": self.noise_gain,
            "layer_gammas": list(self.gammas),
            "gamma": self.gamma,
            "sampling_overhead": self.sampling_overhead,
        }


def overhead(
    models: Sequence[PauliLindblad | None], noise_gain: float | None = None, max_overhead: float | None = 100.0
) -> Overhead:
    """Decide how much noise is cancelled.

    Args:
        models: of each twirled layer in turn; ``None``: its noise is left as it is.
        noise_gain: ``None`` (``auto``): as little as ``max_overhead`` allows, ``1 − ln(max_overhead) / ln(γ²)``, from 0 to 1.
        max_overhead: most that γ² of what is cancelled may be; ``None``: no limit.

    Raises:
        IBMInputValueError: the noise gain asked for costs more than ``max_overhead``.
    """
    logs = tuple(0.0 if model is None else 2 * math.fsum(rate for rate in model.rates if rate > 0) for model in models)
    whole = 2 * math.fsum(logs)
    automatic = _automatic(whole, max_overhead)
    if noise_gain is None:
        return Overhead(logs, automatic)
    found = Overhead(logs, noise_gain)
    if noise_gain < 1 and max_overhead is not None and found.sampling_overhead > max_overhead * (1 + 1e-9):
        raise IBMInputValueError(
            f"With pec.noise_gain = {noise_gain:g} the sampling overhead is {found.sampling_overhead:.4g}, more than "
            f"pec.max_overhead = {max_overhead:g}. Set pec.noise_gain to 'auto' (here {automatic:.4g}), or raise "
            "pec.max_overhead."
        )
    return found


def _automatic(log_overhead: float, max_overhead: float | None) -> float:
    if max_overhead is None or log_overhead == 0:
        return 0.0
    return min(1.0, max(0.0, 1 - math.log(max_overhead) / log_overhead))


def cancelling_split(
    shots: int,
    num_randomizations: int | None,
    shots_per_randomization: int | None,
    sampling_overhead: float,
    *,
    least: int = 8,
) -> Split:
    """Divide shots over randomizations, and take as many more of these as cancelling noise costs.

    Args:
        shots: that would do without noise; ``sampling_overhead`` times as many are taken, rounded up.
        num_randomizations: without the overhead; ``None``: ``auto``.
        shots_per_randomization: ``None`` (``auto``): 64 at most, or what ``num_randomizations`` leaves.
        sampling_overhead: γ², at least 1.
        least: randomizations, without the overhead, where both numbers are ``auto``: a sign is drawn once in each, so that
            errors can only be seen between them.

    Raises:
        IBMInputValueError: the numbers given are not enough for ``shots``, or there would be more than 10⁹ randomizations.
    """
    if num_randomizations is None and shots_per_randomization is None:
        shots_per_randomization = min(_SHOTS, -(-shots // least))
    base = split_shots(shots, num_randomizations, shots_per_randomization)
    wanted = base.num_randomizations * sampling_overhead
    if not wanted <= _MOST_RANDOMIZATIONS:
        raise IBMInputValueError(
            f"Cancelling the noise takes {base.num_randomizations} × {sampling_overhead:.4g} randomizations, more than "
            f"{_MOST_RANDOMIZATIONS:.0e}. Set pec.max_overhead, raise pec.noise_gain, or ask for fewer shots."
        )
    # a product a rounding error above a whole number is that number
    return Split(math.ceil(round(wanted, 9)), base.shots_per_randomization)


def _exp(exponent: float) -> float:
    return math.exp(exponent) if exponent < 700 else math.inf
