"""The noise of one layer: the sweeps that show it, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice, Device
from ..learning import (
    LearnedLayer,
    check_learnable,
    generators_of,
    learned,
    learning_circuit,
    measurement_bases,
    pairs_within,
    pauli_means,
)
from ..options.learning_settings import LearningSettings
from ..options.settings import Settings, TwirlingSettings
from ..pipeline.bundles import Ask
from ..pipeline.dress import Dressed
from ..pipeline.execute import Answers
from ..pipeline.runnable import Runnable
from ..sweeps import Sweep, unpack_bools
from ..sweeps.euler import basis_for
from ..sweeps.unique_layers import UniqueLayer
from ..techniques.twirling import draw_flips
from .prepare import dressed, runnable

_TWIRLED = TwirlingSettings(gates=True, measure=True, strategy="all")
_SIMULATION, _FLIPS, _PAULIS = 0, 1, 2

Seeds = Callable[[int, int], np.random.SeedSequence]
"""Seeds of one layer, by depth's place and purpose."""


@dataclass(frozen=True, eq=False)
class LayerTask:
    """A layer whose noise is to be learned, ready to run."""

    layer: UniqueLayer
    generators: NDArray[np.uint8]
    """``(generators, qubits)``."""
    bases: NDArray[np.uint8]
    """``(bases, qubits)``."""
    depths: tuple[int, ...]
    whats: tuple[Runnable, ...]
    """A sweep for each depth: one circuit, one row for each basis."""
    seeds: Seeds

    def asks(self) -> Iterator[Ask]:
        """What has to be simulated, in the order in which :meth:`fit` takes the answers."""
        for place, what in enumerate(self.whats):
            yield Ask(what, self.seeds(place, _SIMULATION))

    def fit(self, answers: Answers) -> LearnedLayer:
        """The noise that the next answers show."""
        found = [self._means(next(answers)[0], what) for what in self.whats]
        _, _, randomizations, shots = self.whats[0].sweep.shape
        counts = np.asarray(found[0][1] * (randomizations * shots), dtype=np.float64)
        means = np.stack([each for each, _ in found], axis=1)
        return learned(self.layer, self.generators, self.depths, means, counts)

    def _means(self, packed: NDArray[np.uint8], what: Runnable) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        bits = unpack_bools(packed[:, 0], what.sweep.num_clbits)
        return pauli_means(bits, self.bases, self.generators)


def layer_task(
    layer: UniqueLayer,
    device: Device,
    coupling: frozenset[tuple[int, int]],
    how: LearningSettings,
    settings: Settings,
    seeds: Seeds,
) -> LayerTask:
    """Write the sweeps for a layer and choose simulators.

    Args:
        layer: what is learned about.
        device: what it runs on.
        coupling: physical qubits that are neighbours: pairs whose errors may be correlated.
        how: depths, randomizations and shots.
        settings: of the request; its twirling is not read.
        seeds: of this layer.

    Raises:
        IBMInputValueError: a gate of the layer is not Clifford, or idle times cost something and cannot be known.
        SimulationTooLargeError: nothing fits in memory.
    """
    check_learnable(layer)
    pairs = pairs_within(layer.qubits, coupling)
    bases = measurement_bases(len(layer.qubits), pairs)
    active = device.restrict(layer.qubits)
    settings = replace(settings, twirling=_TWIRLED)
    made = [
        _written(layer, depth, bases, device, active, how, settings, partial(seeds, place))
        for place, depth in enumerate(how.layer_pair_depths)
    ]
    whats = _runnables(made, how.layer_pair_depths, active, settings)
    return LayerTask(layer, generators_of(len(layer.qubits), pairs), bases, how.layer_pair_depths, whats, seeds)


_Made = tuple[Sweep, Dressed | None]


def _written(
    layer: UniqueLayer,
    depth: int,
    bases: NDArray[np.uint8],
    device: Device,
    active: ActiveDevice,
    how: LearningSettings,
    settings: Settings,
    seed: Callable[[int], np.random.SeedSequence],
) -> _Made:
    """The sweep of one depth, and its circuit as it really runs."""
    basis = "rz-sx" if device.target is None else basis_for(device.target.operation_names)
    circuit, parameters, values = learning_circuit(layer, depth, bases, basis)
    count, width = how.num_randomizations, circuit.num_clbits
    flips = draw_flips((len(bases), 1, count), tuple(range(width)), width, seed(_FLIPS))
    sweep = Sweep(circuit, parameters, values, how.shots_per_randomization, flips=flips)
    return sweep, dressed(circuit, parameters, active, device, settings, count, seed(_PAULIS))


def _runnables(made: list[_Made], depths: tuple[int, ...], active: ActiveDevice, settings: Settings) -> tuple[Runnable, ...]:
    """All depths with the simulator that suits one in the middle: choosing looks at every circuit, which takes time."""
    positive = sorted({depth for depth in depths if depth})
    middle = positive[len(positive) // 2]
    sweep, worn = made[depths.index(middle)]
    chosen = runnable(sweep, active, settings, exact=False, dressed=worn)
    out = []
    for depth, (sweep, worn) in zip(depths, made, strict=True):
        seconds = chosen.estimate.seconds * (2 * depth + 1) / (2 * middle + 1)
        similar = replace(chosen, sweep=sweep, dressed=worn, estimate=replace(chosen.estimate, seconds=seconds))
        out.append(similar if depth else runnable(sweep, active, settings, exact=False, dressed=worn))
    return tuple(out)
