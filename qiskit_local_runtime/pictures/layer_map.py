"""The noise of a layer on a map of its device: rates of one-qubit Paulis in the qubits, those of pairs on the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from .canvas import axes_for, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

_NAME = "draw_layer_map"
_NO_DATA = "0.88"
_LETTERS = "XYZ"
_RADIUS = 0.27
"""Of a qubit, in units of the distance between neighbours."""

Places = dict[int, tuple[float, float]]


def draw_layer_map(
    layer_error: Any,
    device: Any = None,
    *,
    coordinates: Mapping[int, Sequence[float]] | None = None,
    highest_rate: float | None = None,
    title: str = "",
    axes: Axes | None = None,
) -> Figure:
    """Each qubit in three parts, clockwise from the top X, Y and Z, and each pair of qubits as a line.

    A line has the colour of the sum of the pair's rates; that of a gate is drawn on a wider black one. What has no data is
    grey.

    Args:
        layer_error: a :class:`~qiskit_local_runtime.results.LayerError` with noise.
        device: a backend, or anything with a ``coupling_map`` (and ``coordinates``, as IBM's embeddings have); ``None``: the
            layer's qubits alone.
        coordinates: ``(x, y)`` by physical qubit; ``None``: found from the coupling.
        highest_rate: where the colours end; ``None``: at the highest rate.
        title: above the picture.
        axes: draw into these instead of a new figure.

    Raises:
        IBMInputValueError: there is no noise, or no coordinates of one of its qubits.
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    qubits, error = list(layer_error.qubits), layer_error.error
    if error is None:
        raise IBMInputValueError(f"{_NAME}: expected a layer whose noise is known, found error = None. Learn it first.")
    single, pairs = _by_place(qubits, error)
    edges = _edges(device, qubits, set(pairs))
    places = _places(coordinates if coordinates is not None else getattr(device, "coordinates", None), edges, qubits)
    axes = axes_for(axes, (6.4, 4.2))
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    top = max((*single.values(), *pairs.values()), default=0.0) if highest_rate is None else highest_rate
    colours = ScalarMappable(Normalize(0, top or 1.0), "viridis_r")
    gates = _gates(layer_error.circuit, qubits)
    for edge in sorted(edges):
        (x1, y1), (x2, y2) = (places[qubit] for qubit in edge)
        colour = _colour(colours, pairs[edge]) if edge in pairs else _NO_DATA
        if edge in gates:
            axes.plot([x1, x2], [y1, y2], color="black", linewidth=9, solid_capstyle="butt", zorder=1, gid=f"gate {edge}")
        axes.plot([x1, x2], [y1, y2], color=colour, linewidth=5, solid_capstyle="butt", zorder=2, gid=f"pair {edge}")
    for qubit, place in places.items():
        _draw_qubit(axes, qubit, place, [single.get((qubit, letter)) for letter in _LETTERS], colours)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize="medium")
    figure_of(axes).colorbar(colours, ax=axes, label="rate", shrink=0.7)
    return figure_of(axes)


def _by_place(qubits: list[int], error: Any) -> tuple[dict[tuple[int, str], float], dict[tuple[int, int], float]]:
    """Rates by qubit and letter, and their sums by pair."""
    single: dict[tuple[int, str], float] = {}
    pairs: dict[tuple[int, int], float] = {}
    for pauli, rate in zip(error.generators, error.rates, strict=True):
        where = np.flatnonzero(pauli.x | pauli.z)
        if len(where) == 1:
            letter = "_XZY"[int(pauli.x[where[0]]) + 2 * int(pauli.z[where[0]])]
            single[qubits[where[0]], letter] = single.get((qubits[where[0]], letter), 0.0) + float(rate)
        elif len(where) == 2:
            one, two = sorted(qubits[place] for place in where)
            pairs[one, two] = pairs.get((one, two), 0.0) + float(rate)
    return single, pairs


def _edges(device: Any, qubits: list[int], joined: set[tuple[int, int]]) -> set[tuple[int, int]]:
    coupling = getattr(device, "coupling_map", None)
    found = () if coupling is None else coupling.get_edges() if hasattr(coupling, "get_edges") else coupling
    known = {(min(one, two), max(one, two)) for one, two in found}
    return known | joined


def _gates(circuit: Any, qubits: list[int]) -> set[tuple[int, int]]:
    where = ([qubits[circuit.find_bit(bit).index] for bit in item.qubits] for item in circuit.data if item.name != "barrier")
    return {(min(found), max(found)) for found in where if len(found) == 2}


def _places(given: Any, edges: set[tuple[int, int]], qubits: list[int]) -> Places:
    wanted = {*qubits, *(qubit for edge in edges for qubit in edge)}
    if given is None:
        return _laid_out(edges, sorted(wanted))
    pairs = given.items() if isinstance(given, Mapping) else enumerate(given)
    places = {int(qubit): (float(at[0]), float(at[1])) for qubit, at in pairs}
    if missing := wanted - set(places):
        raise IBMInputValueError(f"{_NAME}: expected coordinates of every qubit, found none of {sorted(missing)}. Add them.")
    return places


def _laid_out(edges: set[tuple[int, int]], qubits: list[int]) -> Places:
    """Distances on the page like those along edges (metric scaling: Torgerson 1952), neighbours about 1 apart."""
    from rustworkx import PyGraph, graph_floyd_warshall_numpy

    graph: PyGraph[int, float] = PyGraph()
    graph.add_nodes_from(qubits)
    place = {qubit: number for number, qubit in enumerate(qubits)}
    graph.add_edges_from([(place[one], place[two], 1.0) for one, two in edges])
    far: NDArray[np.float64] = np.asarray(graph_floyd_warshall_numpy(graph, lambda weight: weight))
    apart = np.where(np.isfinite(far), far, np.max(far[np.isfinite(far)], initial=0.0) + 2)
    squares = apart**2
    centred = -(squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()) / 2
    values, vectors = np.linalg.eigh(centred)
    largest = np.argsort(values)[::-1][:2]
    at = vectors[:, largest] * np.sqrt(np.clip(values[largest], 0, None))
    at = np.pad(at, ((0, 0), (0, 2 - at.shape[1])))
    return {qubit: (float(x), float(y)) for qubit, (x, y) in zip(qubits, at, strict=True)}


def _colour(colours: ScalarMappable, rate: float) -> tuple[float, ...]:
    return tuple(colours.to_rgba(np.array([rate]))[0])


def _draw_qubit(axes: Axes, qubit: int, place: tuple[float, float], rates: list[float | None], colours: ScalarMappable) -> None:
    from matplotlib.patches import Circle, Wedge

    for part, rate in enumerate(rates):
        start = 90 - 120 * (part + 1)
        colour = _NO_DATA if rate is None else _colour(colours, rate)
        axes.add_patch(
            Wedge(place, _RADIUS, start, start + 120, color=colour, linewidth=0, zorder=3, gid=f"{_LETTERS[part]} {qubit}")
        )
    axes.add_patch(Circle(place, 0.5 * _RADIUS, color="white", linewidth=0, zorder=4))
    axes.annotate(str(qubit), place, ha="center", va="center", fontsize="x-small", zorder=5)
