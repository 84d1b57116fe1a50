"""Gate twirling: random Paulis around the layers of two-qubit gates turn coherent errors into stochastic ones.

All randomizations are one parametrised circuit and an array of its angles: the Paulis disappear in the one-qubit gates
between the layers, whose Euler angles they change by signs and half turns.

Source: Wallman, Emerson, "Noise tailoring for scalable quantum computation via randomized compiling", Phys. Rev. A 94,
052325 (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit

from ..errors import IBMInputValueError
from ..sweeps.dressing import Dresser, TwirledLayer
from ..sweeps.euler import BASES, with_paulis
from ..sweeps.layers import Layers, LayerStart, Placed, layers_of
from ..sweeps.merged import Merged
from ..sweeps.paulis import TwirlGroup
from ..sweeps.unique_layers import UniqueLayer, unique_layer

Strategy = Literal["active", "active-accum", "active-circuit", "all"]


@dataclass(frozen=True, eq=False)
class TwirledCircuit:
    """Every randomization of a circuit: one parametrised circuit, and how its parameters are drawn."""

    circuit: QuantumCircuit
    """On the same qubits and classical bits; without measurement twirling."""
    parameters: tuple[Parameter, ...]
    """The parameters of ``circuit``: those of the original that are left, then θ, φ, λ of every merged gate."""
    num_randomizations: int
    seed: np.random.SeedSequence
    """What the Paulis are drawn from; the same seed draws the same ones."""
    layers: tuple[TwirledLayer, ...]
    """The twirled layers in turn: their gates and qubits, and the merged gates before them."""
    skipped: tuple[str, ...]
    """What is left as it was, and why."""
    originals: tuple[Parameter, ...]
    """The original circuit's parameters: the columns of the values that angles are made from."""
    merged: Merged
    """The merged one-qubit gates."""
    offsets: tuple[float, float, float]
    """What the angles of the circuit's own gates have more than those of ``U``."""
    groups: tuple[TwirlGroup, ...]
    """The groups Paulis are drawn from: gates and idle qubits, layer by layer."""
    balanced: bool
    """Whether every Pauli comes equally often on each qubit (where randomizations are a multiple of four)."""
    starts: tuple[LayerStart, ...] | None
    """Where the gates of each layer of ``circuit`` begin; ``None`` where they are not all between barriers on all qubits."""
    sources: NDArray[np.intp]
    """Shape ``(merged gates, 2)``: the leg whose Pauli a merged gate takes up on its left and on its right, see
    :mod:`~qiskit_local_runtime.sweeps.dressing`."""

    @property
    def twirled_qubits(self) -> tuple[tuple[int, ...], ...]:
        """Of every twirled layer in turn, the qubits with a Pauli before and after it."""
        return tuple(layer.qubits for layer in self.layers)

    def unique_layers(self, physical: tuple[int, ...]) -> tuple[UniqueLayer, ...]:
        """What each of the twirled layers is on a device, in turn: what models of its noise are known by.

        Args:
            physical: physical qubit of each active one.

        Raises:
            IBMInputValueError: a gate of a layer has a parameter, which noise may depend on.
        """
        return tuple(unique_layer(_settled(layer.gates), layer.qubits, physical) for layer in self.layers)

    def fronts(self, physical: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
        """Of each of :meth:`unique_layers`, the merged gates right before it on its qubits, in the order of those."""
        found = []
        for layer in self.layers:
            gates = dict(zip(layer.qubits, layer.fronts, strict=True))
            found.append(tuple(gates[qubit] for qubit in sorted(gates, key=physical.__getitem__)))
        return tuple(found)

    def draw(self, rows: int, *, start: int = 0) -> NDArray[np.uint8]:
        """Draw Paulis, uniformly from each group and independently for every row and randomization.

        Args:
            rows: how many rows.
            start: the first one; every row has a seed of its own, so that rows drawn in chunks are those drawn at once.

        Returns:
            Shape ``(rows, randomizations, merged gates)``: codes, ``left + 4 × right``.
        """
        sizes = np.array([len(group) for group in self.groups], dtype=np.uint8)
        table = np.concatenate([group.legs for group in self.groups] or [np.zeros((0, 4), dtype=np.uint8)])
        starts = np.cumsum(sizes, dtype=np.intp) - sizes
        out = np.empty((rows, self.num_randomizations, len(self.sources)), dtype=np.uint8)
        for number, row in enumerate(out, start):
            rng = np.random.default_rng(_child(self.seed, number))
            which = self._drawn(rng, sizes)
            legs = np.zeros((1 + 4 * len(sizes), self.num_randomizations), dtype=np.uint8)
            legs[1:] = table[starts + which].reshape(self.num_randomizations, 4 * len(sizes)).T
            row[...] = (legs[self.sources[:, 0]] | (legs[self.sources[:, 1]] << 2)).T
        return out

    def _drawn(self, rng: np.random.Generator, sizes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Which element of each group, ``(randomizations, groups)``.

        Balanced: a quarter as many are drawn, and each comes four times, multiplied with I, X, Z and Y on all qubits.
        """
        count = self.num_randomizations
        distinct = -(-count // 4) if self.balanced else count
        which = rng.integers(0, 16, (distinct, len(sizes)), dtype=np.uint8) & (sizes - np.uint8(1))
        if not self.balanced:
            return which
        times = np.stack([group.times for group in self.groups]) if self.groups else np.zeros((0, 4, 16), dtype=np.uint8)
        turned = times[np.arange(len(sizes)), :, which]
        return np.asarray(turned.transpose(0, 2, 1).reshape(4 * distinct, len(sizes))[:count])

    def values(
        self, originals: NDArray[np.float64], paulis: NDArray[np.uint8] | None = None, *, start: int = 0
    ) -> NDArray[np.float64]:
        """Values of ``parameters`` for every row and randomization.

        They take 8 bytes a parameter: of many rows ask for a chunk at a time, ``values(originals[i:j], start=i)``.

        Args:
            originals: ``(rows, original parameters)``.
            paulis: as :meth:`draw` returns them; ``None``: drawn from the seed.
            start: the number of the first row, where the Paulis are drawn here.

        Returns:
            Shape ``(rows, randomizations, parameters)``.
        """
        paulis = self.draw(len(originals), start=start) if paulis is None else paulis
        kept = [self.originals.index(p) for p in self.parameters[: len(self.parameters) - 3 * len(self.sources)]]
        out = np.empty((len(originals), paulis.shape[1], len(self.parameters)))
        out[:, :, : len(kept)] = originals[:, None, kept]
        first = 16 * np.arange(len(self.sources))
        choices = with_paulis(self.merged(originals)) + np.array(self.offsets)
        for row, table, drawn in zip(out, choices, paulis, strict=True):
            row[:, len(kept) :] = np.take(table.reshape(-1, 3), drawn + first, axis=0).reshape(len(drawn), 3 * len(first))
        return out


def twirled(
    circuit: QuantumCircuit,
    num_randomizations: int,
    strategy: Strategy,
    seed: np.random.SeedSequence,
    *,
    basis: str = "rz-sx",
    measures: bool = False,
    balanced: bool = False,
) -> TwirledCircuit:
    """Twirl every layer of two-qubit gates of a circuit.

    Clifford gates are twirled by all Paulis, others (``rzz(θ)``) by those that they carry to Paulis: an error that all of
    these commute with, as ``rzz(θ)`` turning too far does, stays coherent. Gates for which there are none, and what is
    inside control flow, stay as they are. Paulis are undone before measurements, resets, delays and control flow.

    Args:
        circuit: on active qubits.
        num_randomizations: at least 1.
        strategy: the qubits twirled in a layer: ``active``, those of its gates; ``active-accum``, also those of all layers
            before; ``active-circuit``, those of all layers; ``all``, all.
        seed: root of the randomness; the row's number is added to its ``spawn_key``.
        basis: the gates merged one-qubit gates are written in, a key of :data:`~qiskit_local_runtime.sweeps.euler.BASES`;
            :func:`~qiskit_local_runtime.sweeps.euler.basis_for` finds a device's.
        measures: whether a measurement counts as a layer for ``active-accum`` and ``active-circuit``: measurement twirling.
        balanced: draw every Pauli equally often on each qubit, where randomizations are a multiple of four.

    Raises:
        IBMInputValueError: an argument is none of the above.
    """
    _check(num_randomizations, strategy, basis)
    layers = layers_of(circuit)
    dresser = Dresser(circuit, basis)
    for layer, qubits in zip(layers.layers, _twirled_qubits(layers, strategy, measures, circuit.num_qubits), strict=True):
        dresser.write(layer, qubits)
    out = dresser.finish(layers.final)
    originals, used = tuple(circuit.parameters), frozenset(out.parameters)
    return TwirledCircuit(
        out,
        (*(p for p in originals if p in used), *dresser.parameters),
        num_randomizations,
        seed,
        tuple(dresser.layers),
        layers.skipped,
        originals,
        Merged.of(dresser.contents, originals),
        BASES[basis].offsets,
        tuple(dresser.groups),
        balanced,
        tuple(dresser.starts) if dresser.apart else None,
        np.array(dresser.sources, dtype=np.intp).reshape(-1, 2),
    )


def _check(num_randomizations: int, strategy: str, basis: str) -> None:
    if num_randomizations < 1:
        raise IBMInputValueError(f"twirling.num_randomizations must be at least 1, not {num_randomizations}. Raise it.")
    if strategy not in get_args(Strategy):
        names = ", ".join(get_args(Strategy))
        raise IBMInputValueError(f"twirling.strategy must be one of {names}, not {strategy!r}. Choose one.")
    if basis not in BASES:
        raise IBMInputValueError(f"merged gates can be written in {', '.join(BASES)}, not in {basis!r}. Choose one.")


def _settled(gates: tuple[Placed, ...]) -> tuple[Placed, ...]:
    for gate in gates:
        if gate.item.is_parameterized():
            raise IBMInputValueError(
                f"Expected layers without parameters, whose noise a model can describe, found {gate.item.name} with "
                f"{', '.join(map(str, gate.item.params))} on qubits {list(gate.qubits)}. Write the circuit in Clifford "
                "two-qubit gates (cz, cx, ecr), or assign the parameter."
            )
    return gates


def _child(seed: np.random.SeedSequence, number: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, number))


def _twirled_qubits(layers: Layers, strategy: Strategy, measures: bool, num_qubits: int) -> list[tuple[int, ...]]:
    """The qubits twirled in each layer; none in layers without a gate that can be twirled."""
    gates = [{q for gate in layer.gates if gate.group for q in gate.qubits} for layer in layers.layers]
    seen = [own | (_measured(layer.before) if measures else set()) for own, layer in zip(gates, layers.layers, strict=True)]
    everywhere = set(range(num_qubits)) if strategy == "all" else set[int]()
    if strategy == "active-circuit":
        everywhere = set().union(*seen, _measured(layers.final) if measures else set())
    out = []
    for own, new, layer in zip(gates, seen, layers.layers, strict=True):
        everywhere |= new if strategy == "active-accum" else set()
        untouchable = {q for gate in layer.gates if not gate.group for q in gate.qubits}
        out.append(tuple(sorted((own | everywhere) - untouchable)) if own else ())
    return out


def _measured(items: tuple[Placed, ...]) -> set[int]:
    return {placed.qubits[0] for placed in items if placed.item.name == "measure"}
