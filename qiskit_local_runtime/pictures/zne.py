"""A zero-noise extrapolation: what was measured, the curves through it, and where they meet zero noise."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from .canvas import COLOURS, EXACT, axes_for, element, figure_of, part

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAME = "draw_zne"


def draw_zne(
    pub_result: Any,
    index: tuple[int, ...] = (),
    *,
    exact: float | None = None,
    title: str = "",
    axes: Axes | None = None,
) -> Figure:
    """Measured values against noise factors, every extrapolator's curve with its error band, and the value that was chosen.

    A curve is drawn through the points ``zne.extrapolated_noise_factors``; ask for many to see it smooth.

    Args:
        pub_result: one PUB's result from ``EstimatorV2`` with ``resilience.zne_mitigation`` on.
        index: which element of it.
        exact: the ideal value; ``None``: not known.
        title: above the picture.
        axes: draw into these instead of a new figure.

    Raises:
        IBMInputValueError: nothing was extrapolated, or the result has no such element.
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    data, facts = pub_result.data, pub_result.metadata.get("resilience", {}).get("zne")
    if facts is None or not hasattr(data, "evs_noise_factors"):
        raise IBMInputValueError(
            f"{_NAME}: expected a result with zne_mitigation on, found one with {', '.join(data)}. Set "
            "options.resilience.zne_mitigation = True (or resilience_level = 2) and run again."
        )
    # read before anything is drawn: a wrong index should not leave half a picture
    value, error = element(_NAME, data.evs, index), element(_NAME, data.stds, index)
    measured, errors = part(_NAME, data.evs_noise_factors, index), part(_NAME, data.stds_noise_factors, index)
    axes = axes_for(axes, (6.4, 3.8))
    if exact is not None:
        axes.axhline(exact, **EXACT, label=f"exact: {exact:.4g}")
    colours = _curves(axes, facts, part(_NAME, data.evs_extrapolated, index), part(_NAME, data.stds_extrapolated, index))
    axes.errorbar(facts["achieved_noise_factors"], measured, errors, fmt="o", color="black", capsize=3, label="measured")
    chosen = str(np.asarray(facts["extrapolator"], dtype=object)[index])
    label, colour = f"{chosen}: {value:.3f} ± {error:.3f}", colours.get(chosen, COLOURS[0])
    axes.errorbar(0, value, error, fmt="*", color=colour, markersize=11, capsize=4, label=label, zorder=4)
    axes.set_xlabel("noise factor")
    axes.set_ylabel("expectation value")
    axes.set_title(title, loc="left", fontsize="medium")
    axes.grid(color="0.92")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize="small", frameon=False)
    return figure_of(axes)


def _curves(axes: Axes, facts: dict[str, Any], evs: NDArray[np.float64], stds: NDArray[np.float64]) -> dict[str, str]:
    """Draw them; returns the colour of each extrapolator."""
    points = np.asarray(facts["extrapolated_noise_factors"], dtype=float)
    order = np.argsort(points)
    colours = dict(zip(facts["extrapolators"], cycle(COLOURS[1:]), strict=False))
    for (name, colour), values, errors in zip(colours.items(), evs, stds, strict=False):
        # an error that the data do not determine is infinite: no band then
        width = np.where(np.isfinite(errors), errors, 0.0)
        axes.plot(points[order], values[order], color=colour, linewidth=1.2, label=name)
        low, high = (values - width)[order], (values + width)[order]
        axes.fill_between(points[order], low, high, color=colour, alpha=0.15, linewidth=0)
    return colours
