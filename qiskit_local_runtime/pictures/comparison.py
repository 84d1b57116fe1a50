"""The same value obtained in several ways, and what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .canvas import COLOURS, EXACT, axes_for, figure_of, value_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_comparison(
    values: Mapping[str, Any],
    exact: float | None = None,
    *,
    index: tuple[int, ...] = (),
    title: str = "",
    axes: Axes | None = None,
) -> Figure:
    """A row for each way of obtaining a value, with its standard error, and a line where the exact value is.

    Args:
        values: by name, from top to bottom: results of estimator PUBs, or pairs (value, standard error).
        exact: the ideal value; ``None``: not known.
        index: which element of the results.
        title: above the picture.
        axes: draw into these instead of a new figure.

    Raises:
        IBMInputValueError: a value is of another kind, or its result has no such element.
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    found = [value_of(name, given, index) for name, given in values.items()]
    axes = axes_for(axes, (6.4, 0.9 + 0.36 * len(found)))
    if exact is not None:
        axes.axvline(exact, **EXACT, label=f"exact: {exact:.4g}")
    for row, (value, error) in enumerate(found):
        colour = COLOURS[0] if row == 0 else COLOURS[1]
        axes.errorbar(value, row, xerr=error, fmt="o", color=colour, markersize=5, capsize=3, zorder=3)
        axes.annotate(_words(value, error), (1.01, row), xycoords=("axes fraction", "data"), va="center", fontsize="x-small")
    axes.set_yticks(range(len(found)), list(values), fontsize="small")
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_xlabel("expectation value", fontsize="small")
    axes.tick_params(labelsize="small")
    axes.grid(axis="x", color="0.92", zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, loc="left", fontsize="medium")
    if exact is not None:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), fontsize="small", frameon=False, borderaxespad=0)
    return figure_of(axes)


def _words(value: float, error: float) -> str:
    return f"{value:.3f} ± {error:.3f}" if error else f"{value:.3f}"
