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
from ..sweeps import Shots, Sweep, Tape, Terms
from .shards import LEAST, WHOLE, Shard, exact_shards, sampling_shards


class Part(NamedTuple):
    """What is one shard's own."""

    values: NDArray[np.float64]
    flips: NDArray[np.bool_] | None
    shots: int
    entropy: Any
    spawn_key: tuple[int, ...]


_TRAVEL = 1e-5
"""Seconds an operation of a circuit takes to get into a child process and to be compiled there."""
_NOT_SENT = QuantumCircuit()


@dataclass(frozen=True, eq=False)
class Work:
    """What the shards of a sweep share; workers are sent it once."""

    simulator: str
    """Its name in ``SIMULATORS``."""
    device: ActiveDevice
    tapes: tuple[Tape, ...]
    """The common beginning and the endings."""
    circuits: tuple[QuantumCircuit, ...]
    """The same for a simulator that hands circuits on to Aer; else none, since tapes travel at a tenth of the cost."""
    parameters: tuple[Parameter, ...]
    terms: Terms | None
    """``None``: shots are wanted."""

    @cached_property
    def sweep(self) -> Sweep:
        """One row without shots."""
        circuit, *endings = self.circuits or (_NOT_SENT,) * len(self.tapes)
        nothing = np.empty((0, len(self.parameters)))
        return Sweep(circuit, self.parameters, nothing, 0, tuple(endings), None, self.tapes[0], self.tapes[1:])

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "sweep"}


def run_part(work: Work, part: Part) -> NDArray[Any]:
    """Run a shard wherever this is: packed bits, or exact values ``(rows, terms)``."""
    sweep = sweep_of(work, part)
    tools = Tools(np.random.SeedSequence(part.entropy, spawn_key=part.spawn_key), cancel_here(), InlineEngine())
    simulator = SIMULATORS[work.simulator]
    if work.terms is None:
        return simulator.sample(sweep, work.device, tools).packed
    return simulator.expect(sweep, work.device, work.terms, tools)


def sweep_of(work: Work, part: Part) -> Sweep:
    """What is simulated in a part."""
    return replace(work.sweep, values=part.values, flips=part.flips, shots=part.shots)


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
    """Estimated time; 0 for what is run as a whole whatever it takes."""
    return simulator.estimate(sweep, device).seconds if can_travel(device, simulator) else 0.0


def can_travel(device: ActiveDevice, simulator: Simulator) -> bool:
    """Whether it may run elsewhere: not a backend's own ``run()``, a GPU, a test's own method."""
    return device.backend is None and device.aer_options.get("device") != "GPU" and _name_of(simulator) is not None


def _name_of(simulator: Simulator) -> str | None:
    return next((name for name, known in SIMULATORS.items() if known is simulator), None)


def _apart(sweep: Sweep, shards: Sequence[Shard], seconds: float, simulator: Simulator, tools: Tools) -> bool:
    return len(shards) > 1 or (seconds >= LEAST and _elsewhere(sweep, simulator, tools, seconds, 1))


def _elsewhere(sweep: Sweep, simulator: Simulator, tools: Tools, seconds: float, parts: int) -> bool:
    """Whether the engine runs them: always those of Aer, which holds Python's global lock."""
    travel = len(sweep.tape) * _TRAVEL
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
    work = work_of(sweep, device, simulator, terms, alone=len(shards) == 1)
    parts = [_part_of(sweep, shard, tools.seed, number) for number, shard in enumerate(shards)]
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


def work_of(sweep: Sweep, device: ActiveDevice, simulator: Simulator, terms: Terms | None, *, alone: bool) -> Work:
    """What a simulator of the table needs elsewhere to run a sweep; ``alone``: nothing runs beside it."""
    for_aer = isinstance(simulator, AerSimulatorMethod)
    tapes = (sweep.tape, *sweep.ending_tapes)
    noise = None if device.noise is None else table_of(device.noise, tapes, for_aer=for_aer)
    options = dict(device.aer_options) if for_aer else {}
    if for_aer and not alone:
        # shards run side by side, a core each
        options["max_parallel_threads"] = 1
    own = ActiveDevice(device.name, device.qubits, noise, device.dt, aer_options=options)
    name = _name_of(simulator)
    assert name is not None, "only simulators of the table are sent anywhere"
    circuits = (sweep.circuit, *sweep.endings) if for_aer else ()
    return Work(name, own, tapes, circuits, sweep.parameters, terms)


def _part_of(sweep: Sweep, shard: Shard, seed: np.random.SeedSequence, number: int) -> Part:
    if shard is WHOLE:
        return part_of(sweep, seed)
    return part_of(shard.of(sweep), np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, number)))


def part_of(sweep: Sweep, seed: np.random.SeedSequence) -> Part:
    """A sweep's own share beside a :class:`Work`."""
    return Part(sweep.values, sweep.flips, sweep.shots, seed.entropy, seed.spawn_key)
