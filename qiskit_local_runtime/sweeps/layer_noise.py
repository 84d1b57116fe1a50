"""Noise that belongs to whole layers of two-qubit gates, marked in a circuit just before each of them.

A mark says that the layer with a certain model comes next. What the model does, the device's noise tells by the mark's label,
as it tells the noise of gates by their names: to simulators marks are instructions without gates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qiskit.circuit import CircuitInstruction, Instruction, QuantumCircuit

from ..errors import IBMInputValueError
from .layers import LayerStart, Placed, layers_of
from .lindblad import PauliLindblad
from .unique_layers import UniqueLayer, unique_layer

MARK = "layer_noise"
"""Name of marks."""
_LEAST = -1e-12
"""Rates of noise may be below zero by rounding only."""


class LayerMark(Instruction):
    """Says that the noise of a layer acts here; takes no time and does nothing by itself.

    Args:
        num_qubits: qubits that the noise acts on.
        label: :meth:`LayerModels.label` of the layer.
    """

    _directive = True

    def __init__(self, num_qubits: int, label: str) -> None:
        super().__init__(MARK, num_qubits, 0, [], label=label)
        self.definition = QuantumCircuit(num_qubits)


@dataclass(frozen=True, eq=False)
class LayerModels:
    """Models of layers on physical qubits, each of the noise that acts before its layer.

    The device does not know which qubits are twirled: of several layers with the same gates that of most qubits counts.

    Raises:
        IBMInputValueError: a model has another number of qubits than its layer, or a rate is negative.
    """

    models: Mapping[UniqueLayer, PauliLindblad]
    decimals: int = 5
    """To which angles of gates are compared."""

    def __post_init__(self) -> None:
        for layer, model in self.models.items():
            if model.num_qubits != len(layer.qubits):
                raise IBMInputValueError(
                    f"Layer noise: expected a model of {len(layer.qubits)} qubits for the layer on {layer.qubits}, found "
                    f"one of {model.num_qubits}. Give each layer the model of its own qubits, in their order."
                )
            if (model.rates < _LEAST).any():
                raise IBMInputValueError(
                    f"Layer noise: expected rates of at least 0, found {model.rates.min():.3g} in the model of the layer on "
                    f"{layer.qubits}. Noise with negative rates is no physical noise; set them to 0."
                )

    @cached_property
    def by_label(self) -> dict[str, tuple[UniqueLayer, PauliLindblad]]:
        """Layers and models by what their marks are labelled."""
        return {self._labels[layer]: (layer, model) for layer, model in self.models.items()}

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal models."""
        return (self.decimals, tuple(sorted(self.by_label)))

    def label(self, layer: UniqueLayer) -> str:
        """The label of a layer's marks; another for another model, so that nothing compiled is mistaken for it."""
        return self._labels[layer]

    def find(self, gates: tuple[tuple[str, tuple[float, ...], tuple[int, ...]], ...]) -> UniqueLayer | None:
        """The layer of these gates that has a model; see :attr:`UniqueLayer.gates`."""
        return self._by_gates.get(self._rounded(gates))

    @cached_property
    def _labels(self) -> dict[UniqueLayer, str]:
        return {layer: f"{MARK}:{_digest(layer, model)}" for layer, model in self.models.items()}

    @cached_property
    def _by_gates(self) -> dict[object, UniqueLayer]:
        found: dict[object, UniqueLayer] = {}
        for layer in sorted(self.models, key=lambda layer: len(layer.qubits)):
            found[self._rounded(layer.gates)] = layer
        return found

    def _rounded(self, gates: tuple[tuple[str, tuple[float, ...], tuple[int, ...]], ...]) -> object:
        return tuple(sorted((name, tuple(round(a, self.decimals) for a in angles), where) for name, angles, where in gates))


@dataclass(frozen=True, eq=False)
class Marked:
    """A circuit with marks before its layers."""

    circuit: QuantumCircuit
    """The same circuit object where no layer has a model."""
    marks: int
    """How many there are."""
    absent: tuple[str, ...]
    """Layers without a model, each once, by their gates; they are noiseless."""

    @property
    def warning(self) -> str:
        """What to tell a user about absent layers; empty if there are none."""
        if not self.absent:
            return ""
        return (
            f"{len(self.absent)} layers of the circuit have no layer noise and run without it ({'; '.join(self.absent[:3])}"
            f"{'; …' if len(self.absent) > 3 else ''}). Add models of these layers, or set simulator.warn_absent = False."
        )


def with_layer_noise(
    circuit: QuantumCircuit,
    models: LayerModels,
    physical: tuple[int, ...] | None = None,
    starts: Sequence[LayerStart] | None = None,
) -> Marked:
    """Mark the layers of a circuit.

    Do this after twirling and before scheduling. The circuit is written layer by layer, as twirling writes it. Layers inside
    control flow get no marks.

    Args:
        circuit: on active qubits; without marks.
        models: by layer.
        physical: physical qubit of each active one; ``None``: the same numbers.
        starts: where the gates of each layer begin, if barriers on all qubits keep layers apart; ``None``: it is found out.
    """
    where = tuple(range(circuit.num_qubits)) if physical is None else physical
    place = {qubit: i for i, qubit in enumerate(where)}
    out, marks, absent = circuit.copy_empty_like(), 0, dict[str, None]()
    for gates, items in _cut(circuit) if starts is None else _cut_at(circuit, starts):
        found = _find(gates, models, where)
        if found is not None:
            qubits = [place[q] for q in found.qubits if q in place]
            mark = LayerMark(len(qubits), models.label(found))
            out._append(CircuitInstruction(mark, tuple(out.qubits[q] for q in qubits)))
            marks += 1
        elif gates:
            absent[_text(gates, where)] = None
        for item in items:
            out._append(item)
    return Marked(out if marks else circuit, marks, tuple(absent))


_Piece = tuple[tuple[Placed, ...], list[CircuitInstruction]]
"""The gates of a layer, and instructions of which they are the first; or none, and instructions before any layer's."""


def _cut(circuit: QuantumCircuit) -> Iterator[_Piece]:
    layers = layers_of(circuit)
    for layer in layers.layers:
        yield (), [placed.item for placed in layer.before]
        yield layer.gates, [placed.item for placed in layer.gates]
    yield (), [placed.item for placed in layers.final]


def _cut_at(circuit: QuantumCircuit, starts: Sequence[LayerStart]) -> Iterator[_Piece]:
    items = list(circuit.data)
    ends = [*(start.place for start in starts), len(items)]
    yield (), items[: ends[0]]
    for start, end in zip(starts, ends[1:], strict=True):
        yield start.gates, items[start.place : end]


def _find(gates: tuple[Placed, ...], models: LayerModels, physical: tuple[int, ...]) -> UniqueLayer | None:
    plain = all(gate.item.is_standard_gate() and not gate.item.is_parameterized() for gate in gates)
    if not gates or not plain:
        return None
    return models.find(unique_layer(gates, (), physical, models.decimals).gates)


def _text(gates: tuple[Placed, ...], physical: tuple[int, ...]) -> str:
    found = [f"{gate.item.name} on {tuple(physical[q] for q in gate.qubits)}" for gate in gates]
    return ", ".join(found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")


def _digest(layer: UniqueLayer, model: PauliLindblad) -> str:
    content = repr(layer).encode() + model.letters.tobytes() + model.rates.tobytes()
    return hashlib.blake2b(content, digest_size=12).hexdigest()
