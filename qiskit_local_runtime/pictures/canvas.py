"""What all pictures share: where to draw, the colours, and how a value with its error is given."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from qiskit.exceptions import MissingOptionalLibraryError

from ..errors import IBMInputValueError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any kind of colour vision tell apart; markers differ as well
COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
EXACT: dict[str, Any] = {"color": "0.35", "linestyle": "--", "linewidth": 1.2, "zorder": 1}
"""How a known value is drawn."""


def axes_for(axes: Axes | None, size: tuple[float, float]) -> Axes:
    """The axes to draw into: those given, or those of a new figure.

    Args:
        axes: the caller's, or ``None``.
        size: inches of a new figure.

    Raises:
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    if axes is not None:
        return axes
    if find_spec("matplotlib") is None:
        raise MissingOptionalLibraryError("matplotlib", "A picture", "pip install 'qiskit-local-runtime[plot]'")
    from matplotlib.figure import Figure

    made: Axes = Figure(figsize=size, dpi=120, layout="constrained").subplots()
    return made


def figure_of(axes: Axes) -> Figure:
    """The figure that axes belong to."""
    return cast("Figure", axes.get_figure(root=True) if hasattr(axes.figure, "get_figure") else axes.figure)


def value_of(name: str, given: Any, index: tuple[int, ...]) -> tuple[float, float]:
    """A value and its standard error.

    Args:
        name: for messages.
        given: a pair of numbers, or a result of an estimator's PUB.
        index: which element of the result.

    Raises:
        IBMInputValueError: it is neither, or there is no such element.
    """
    data = getattr(given, "data", given)
    if hasattr(data, "evs") and hasattr(data, "stds"):
        return element(name, data.evs, index), element(name, data.stds, index)
    try:
        value, error = given
        return float(value), float(error)
    except (TypeError, ValueError) as err:
        raise IBMInputValueError(
            f"{name}: expected the result of an estimator's PUB or a pair (value, standard error), found {given!r}. Give one "
            "of the two."
        ) from err


def element(name: str, array: Any, index: tuple[int, ...]) -> float:
    """One number of a result.

    Raises:
        IBMInputValueError: the index does not lead to a number.
    """
    found = part(name, array, index)
    if found.shape:
        raise _no_element(name, np.shape(array), index)
    return float(found)


def part(name: str, array: Any, index: tuple[int, ...]) -> NDArray[np.float64]:
    """What an index leads to.

    Raises:
        IBMInputValueError: nothing.
    """
    try:
        return np.asarray(np.asarray(array, dtype=float)[index])
    except IndexError as err:
        raise _no_element(name, np.shape(array), index) from err


def series(name: str, given: Any, length: int) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Values along an axis and, where they are known, their errors.

    Args:
        name: for messages.
        given: a result of an estimator's PUB, a pair of sequences (values, errors), or a sequence of values.
        length: how many there should be.

    Raises:
        IBMInputValueError: there are more or fewer.
    """
    data = getattr(given, "data", given)
    pair = isinstance(data, tuple) and len(data) == 2 and not np.isscalar(data[0])
    if hasattr(data, "evs") and hasattr(data, "stds"):
        values, errors = data.evs, data.stds
    else:
        values, errors = data if pair else (data, None)
    arrays = [None if each is None else np.asarray(each, dtype=float) for each in (values, errors)]
    for array in arrays:
        if array is not None and array.shape != (length,):
            raise IBMInputValueError(
                f"{name}: expected {length} numbers, one for each x, found an array of shape {array.shape}. Give as many."
            )
    assert arrays[0] is not None
    return arrays[0], arrays[1]


def _no_element(name: str, shape: Sequence[int], index: tuple[int, ...]) -> IBMInputValueError:
    return IBMInputValueError(
        f"{name}: expected an index that leads to one number of a result of shape {tuple(shape)}, found {index}. Give "
        f"{len(shape)} whole numbers within the shape."
    )
