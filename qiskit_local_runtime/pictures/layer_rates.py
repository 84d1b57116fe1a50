"""Learned rates of a layer's noise against the true ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import IBMInputValueError
from ..results.models import model_of
from ..sweeps.lindblad import LETTERS, PauliLindblad
from .canvas import COLOURS, EXACT, MARKERS, axes_for, figure_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAME = "draw_layer_rates"


def draw_layer_rates(
    learned: Any,
    true: Any,
    *,
    stds: Sequence[float] | None = None,
    title: str = "",
    axes: Axes | None = None,
) -> Figure:
    """A point for each generator, by how many qubits it acts on; learned as it is true where it lies on the diagonal.

    A generator that only one of the two has counts with rate 0 in the other.

    Args:
        learned: a layer's noise: a :class:`~qiskit_local_runtime.results.LayerError`, a ``PauliLindbladMap``, or what else
            ``resilience.layer_noise_model`` takes as noise.
        true: the same layer's, such as ``true_layer_noise(backend, layer)``.
        stds: standard errors of the learned rates, in their order; ``None``: not known.
        title: above the picture.
        axes: draw into these instead of a new figure.

    Raises:
        IBMInputValueError: one of them is no noise, they are on different numbers of qubits, or there are more or fewer
            ``stds`` than rates.
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    one, two = (model_of(getattr(each, "error", each)) for each in (learned, true))
    if one.num_qubits != two.num_qubits:
        raise IBMInputValueError(
            f"{_NAME}: expected noise of one layer, found models of {one.num_qubits} and {two.num_qubits} qubits. Give the "
            "learned and the true noise of the same layer."
        )
    if stds is not None and len(stds) != len(one):
        raise IBMInputValueError(f"{_NAME}: expected {len(one)} stds, one a rate, found {len(stds)}. Give as many.")
    found, known = _by_pauli(one, one.rates), _by_pauli(two, two.rates)
    errors = {} if stds is None else _by_pauli(one, np.asarray(stds, dtype=np.float64))
    axes = axes_for(axes, (4.6, 4.2))
    paulis = sorted({*found, *known})
    sizes = np.array([sum(letter != "I" for letter in pauli) for pauli in paulis])
    x, y, error = (np.array([each.get(pauli, 0.0) for pauli in paulis]) for each in (known, found, errors))
    for size in np.unique(sizes):
        these = sizes == size
        axes.errorbar(
            x[these],
            y[these],
            error[these] if errors else None,
            fmt=MARKERS[(size - 1) % len(MARKERS)],
            color=COLOURS[size % len(COLOURS)],
            markersize=4,
            elinewidth=0.8,
            label=f"on {size} qubit{'s' if size > 1 else ''}",
        )
    top = float(max(x.max(initial=0), y.max(initial=0))) * 1.05
    axes.plot([0, top], [0, top], **EXACT, label="learned = true")
    axes.set_xlabel("true rate")
    axes.set_ylabel("learned rate")
    axes.set_title(title, loc="left", fontsize="medium")
    axes.grid(color="0.92")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize="small", frameon=False)
    return figure_of(axes)


def _by_pauli(model: PauliLindblad, numbers: Any) -> dict[str, float]:
    """Numbers by generator, those of the same one added."""
    found: dict[str, float] = {}
    for row, number in zip(model.letters, numbers.tolist(), strict=True):
        pauli = "".join(LETTERS[letter] for letter in row)
        found[pauli] = found.get(pauli, 0.0) + number
    return found
