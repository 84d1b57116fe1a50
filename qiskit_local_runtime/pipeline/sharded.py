"""Running the shards of a sweep on an engine, and putting their results together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit

from ..devices.device import ActiveDevice
from ..devices.noise_table import table_of
from ..engines.base import CannotTravelError
from ..engines.choice import worth_it
from ..engines.here import cancel_here
from ..engines.inline import InlineEngine
from ..simulators.aer import AerSimulatorMethod
from ..simulators.base import Simulator, Tools
from ..simulators.choose import SIMULATORS, memory_limit
from ..sweeps import Shots, Sweep, Terms, tape_of
from .shards import LEAST, WHOLE, Shard, exact_shards, sampling_shards


class Part(NamedTuple):
    """What is one shard's own."""

    values: NDArray[np.float64]
    flips: NDArray[np.bool_] | None
    shots: int
    entropy: Any
    spawn_key: tuple[int, ...]


_TRAVEL = 6e-5
"""Seconds an operation of a circuit takes to get into a child process and to be compiled there."""


@dataclass(frozen=True, eq=False)
class Work:
    """What the shards of a sweep share; workers are sent it once."""

    simulator: str
    """Its name in ``SIMULATORS``."""
    device: ActiveDevice
    circuit: QuantumCircuit
    parameters: tuple[Parameter, ...]
    endings: tuple[QuantumCircuit, ...]
    terms: Terms | None
    """``None``: shots are wanted."""

    @cached_property
    def sweep(self) -> Sweep:
        """One row without shots, its circuit read."""
        nothing = np.empty((0, len(self.parameters)))
        return Sweep(self.circuit, self.parameters, nothing, 0, self.endings, None, tape_of(self.circuit))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "sweep"}


def run_part(work: Work, part: Part) -> NDArray[Any]:
    """Run a shard wherever this is: packed bits, or exact values ``(rows, terms)``."""
    sweep = replace(work.sweep, values=part.values, flips=part.flips, shots=part.shots)
    tools = Tools(np.random.SeedSequence(part.entropy, spawn_key=part.spawn_key), cancel_here(), InlineEngine())
    simulator = SIMULATORS[work.simulator]
    if work.terms is None:
        return simulator.sample(sweep, work.device, tools).packed
    return simulator.expect(sweep, work.device, work.terms, tools)


def sample(sweep: Sweep, device: ActiveDevice, simulator: Simulator, tools: Tools) -> Shots:
    """Sample a plain sweep, cut into shards where it is long."""
    seconds = _seconds(sweep, device, simulator)
    shards = sampling_shards(sweep, simulator, device, seconds)
    if not _apart(sweep, shards, seconds, simulator, tools):
        return simulator.sample(sweep, device, tools)
    out = Shots.empty(sweep.shape, sweep.num_clbits)
    for shard, packed in zip(shards, _results(sweep, device, simulator, None, shards, seconds, tools), strict=True):
        out.packed[shard.rows, :, shard.randomizations, shard.shots] = packed
    return out


def expect(sweep: Sweep, device: ActiveDevice, simulator: Simulator, terms: Terms, tools: Tools) -> NDArray[np.float64]:
    """Exact values of a plain sweep, cut into shards where it is long."""
    seconds = _seconds(sweep, device, simulator)
    shards = exact_shards(sweep, seconds)
    if not _apart(sweep, shards, seconds, simulator, tools):
        return simulator.expect(sweep, device, terms, tools)
    return np.concatenate(list(_results(sweep, device, simulator, terms, shards, seconds, tools)))


def _seconds(sweep: Sweep, device: ActiveDevice, simulator: Simulator) -> float:
    """Estimated time; 0 for what is run as a whole whatever it takes: a backend's own ``run()``, a GPU, a test's own method."""
    if device.backend is not None or device.aer_options.get("device") == "GPU" or _name_of(simulator) is None:
        return 0.0
    return simulator.estimate(sweep, device).seconds


def _name_of(simulator: Simulator) -> str | None:
    return next((name for name, known in SIMULATORS.items() if known is simulator), None)


def _apart(sweep: Sweep, shards: Sequence[Shard], seconds: float, simulator: Simulator, tools: Tools) -> bool:
    return len(shards) > 1 or (seconds >= LEAST and _elsewhere(sweep, simulator, tools, seconds, 1))


def _elsewhere(sweep: Sweep, simulator: Simulator, tools: Tools, seconds: float, parts: int) -> bool:
    """Whether the engine runs them: always those of Aer, which holds Python's global lock."""
    travel = len(sweep.tape.steps) * _TRAVEL
    return isinstance(simulator, AerSimulatorMethod) or worth_it(tools.engine, seconds, parts, travel)


def _results(
    sweep: Sweep,
    device: ActiveDevice,
    simulator: Simulator,
    terms: Terms | None,
    shards: Sequence[Shard],
    seconds: float,
    tools: Tools,
) -> Iterator[NDArray[Any]]:
    work = _work(sweep, device, simulator, terms, alone=len(shards) == 1)
    parts = [_part(sweep, shard, tools.seed, number) for number, shard in enumerate(shards)]
    if not _elsewhere(sweep, simulator, tools, seconds, len(parts)):
        yield from InlineEngine().map(run_part, work, parts, cancel=tools.cancel)
        return
    at_once = max(1, int(memory_limit() // max(1, simulator.estimate(shards[0].of(sweep), device).bytes)))
    done = 0
    try:
        for result in _in_groups(work, parts, at_once, tools):
            done += 1
            yield result
    except CannotTravelError:
        # gates of the user's own: only this process knows their class
        yield from InlineEngine().map(run_part, work, parts[done:], cancel=tools.cancel)


def _in_groups(work: Work, parts: Sequence[Part], at_once: int, tools: Tools) -> Iterator[NDArray[Any]]:
    """All parts, or so many at a time as there is memory for side by side."""
    step = len(parts) if at_once >= min(tools.engine.workers, len(parts)) else at_once
    for start in range(0, len(parts), step):
        yield from tools.engine.map(run_part, work, parts[start : start + step], cancel=tools.cancel)


def _work(sweep: Sweep, device: ActiveDevice, simulator: Simulator, terms: Terms | None, *, alone: bool) -> Work:
    for_aer = isinstance(simulator, AerSimulatorMethod)
    tapes = (sweep.tape, *sweep.tapes, *(tape_of(ending) for ending in sweep.endings))
    noise = None if device.noise is None else table_of(device.noise, tapes, for_aer=for_aer)
    options = dict(device.aer_options) if for_aer else {}
    if for_aer and not alone:
        # shards run side by side, a core each
        options["max_parallel_threads"] = 1
    own = ActiveDevice(device.name, device.qubits, noise, device.dt, aer_options=options)
    name = _name_of(simulator)
    assert name is not None, "only simulators of the table are cut"
    return Work(name, own, sweep.circuit, sweep.parameters, sweep.endings, terms)


def _part(sweep: Sweep, shard: Shard, seed: np.random.SeedSequence, number: int) -> Part:
    own = sweep if shard is WHOLE else shard.of(sweep)
    key = seed.spawn_key if shard is WHOLE else (*seed.spawn_key, number)
    return Part(own.values, own.flips, own.shots, seed.entropy, key)
