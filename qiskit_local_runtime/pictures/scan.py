"""A value along an axis, such as depth or time, obtained in several ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import COLOURS, EXACT, MARKERS, axes_for, figure_of, series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_scan(
    x: Sequence[float],
    values: Mapping[str, Any],
    exact: float | Sequence[float] | None = None,
    *,
    xlabel: str = "",
    ylabel: str = "expectation value",
    title: str = "",
    axes: Axes | None = None,
) -> Figure:
    """A curve with error bars for each way of obtaining a value, and a line for the exact one.

    Args:
        x: where the values were taken, for instance depths or times.
        values: by name: results of estimator PUBs of shape ``(len(x),)``, pairs (values, standard errors), or values.
        exact: the ideal value, or one for each x; ``None``: not known.
        xlabel: below the picture.
        ylabel: beside it.
        title: above it.
        axes: draw into these instead of a new figure.

    Raises:
        IBMInputValueError: there are more or fewer values than x.
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    places = np.asarray(x, dtype=float)
    found = {name: series(name, given, len(places)) for name, given in values.items()}
    axes = axes_for(axes, (6.4, 3.6))
    if exact is not None:
        axes.plot(places, np.broadcast_to(np.asarray(exact, dtype=float), places.shape), **EXACT, label="exact")
    for (name, (y, errors)), colour, marker in zip(found.items(), cycle(COLOURS), cycle(MARKERS), strict=False):
        # hollow, so that one curve on top of another hides nothing
        style: dict[str, Any] = {
            "color": colour,
            "marker": marker,
            "markerfacecolor": "none",
            "markersize": 6,
            "linewidth": 1,
            "capsize": 2,
        }
        axes.errorbar(places, y, errors, label=name, **style)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.set_title(title, loc="left", fontsize="medium")
    axes.grid(color="0.92")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize="small", frameon=False)
    return figure_of(axes)
