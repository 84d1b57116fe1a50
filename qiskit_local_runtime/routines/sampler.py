"""The sampler: circuits in, bits out."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import PrimitiveResult, SamplerPubResult
from qiskit.primitives.containers.sampler_pub import SamplerPub

from ..devices.device import Device
from ..errors import IBMInputValueError
from ..options.settings import SamplerSettings
from ..pipeline.active import restrict
from ..pipeline.bundles import Ask
from ..pipeline.dress import Dressed
from ..pipeline.execute import Stretch
from ..pipeline.execution_span import ExecutionSpans, SliceSpan
from ..pipeline.plan import Plan
from ..pipeline.registers import data_bin
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..sweeps import Shots, Sweep, read
from ..techniques.twirling import Split, draw_flips, split_shots
from .base import RoutineTools
from .checks import check_angles, check_not_empty, check_registers, check_result_size, remaining, values_of, warn_approximation
from .prepare import check_circuit, device_for, dressed, opened, runnable, suppression, transpiled
from .usage import estimated, executor_for, planned_work

_SIMULATION, _FLIPS, _VARIATIONS = 0, 1, 2


@dataclass(frozen=True, eq=False)
class SamplerTask:
    """One PUB, ready to run."""

    pub: SamplerPub
    split: Split
    what: Runnable


class Sampler:
    """The routine behind ``SamplerV2``."""

    name = "sampler"

    def __init__(self) -> None:
        self._accepted: weakref.WeakKeyDictionary[Request, list[SamplerTask]] = weakref.WeakKeyDictionary()

    def accept(self, request: Request) -> None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        check_not_empty(request.pubs)
        device = device_for(request)
        for index, pub in enumerate(request.pubs):
            check_registers(pub.circuit, index)
            check_circuit(pub.circuit, device, request.settings, index)
            if request.settings.transpilation is not None:
                values_of(pub.parameter_values, tuple(pub.circuit.parameters), index)
            _split(pub, request.settings)
        if request.settings.transpilation is None:
            self._accepted[request] = [
                _task(pub, pub.circuit, device, request, index) for index, pub in enumerate(request.pubs)
            ]

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult[SamplerPubResult]:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tools.phase("pre-processing")
        tasks = self._accepted.pop(request, None) or _tasks(request, tools)
        tools.phase("on the QPU")
        executor = executor_for(request, tools)
        with executor.each(_ask(task, index, request) for index, task in enumerate(tasks)) as found:
            done = [_result(task, index, *answer) for (index, task), answer in zip(enumerate(tasks), found, strict=True)]
        spans = ExecutionSpans(tuple(span for _, span in done))
        metadata = {
            "version": 2,
            "execution": {"execution_spans": spans},
            **suppression(request.settings),
        }
        return PrimitiveResult([result for result, _ in done], metadata)

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request)
        return None if tasks is None else estimated(request, [(task.what.sweep, task.what) for task in tasks])

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request) or _tasks(request, tools)
        return planned_work(request, [(f"PUB {index}", task.what) for index, task in enumerate(tasks)])


def _tasks(request: Request, tools: RoutineTools) -> list[SamplerTask]:
    device = device_for(request)
    tasks = []
    for index, pub in enumerate(request.pubs):
        circuit = pub.circuit
        if request.settings.transpilation is not None:
            circuit = transpiled(circuit, device, request, tools)
        tasks.append(_task(pub, circuit, device, request, index))
    return tasks


def _task(pub: SamplerPub, circuit: QuantumCircuit, device: Device, request: Request, index: int) -> SamplerTask:
    settings: SamplerSettings = request.settings
    split = _split(pub, settings)
    active = restrict(opened(circuit, device))
    values, parameters = remaining(pub.parameter_values, pub.circuit, active.circuit, index)
    check_angles(circuit, device, parameters, values, index)
    check_result_size(len(values), split.shots, active.circuit.num_clbits, settings, index)
    restricted = device.restrict(active.qubits)
    seed = np.random.SeedSequence(request.seed, spawn_key=(index, _VARIATIONS))
    worn = dressed(active.circuit, parameters, restricted, device, settings, split.num_randomizations, seed)
    _check_twirlable(active.circuit, worn, settings, index)
    sweep = Sweep(
        circuit=active.circuit,
        parameters=parameters,
        values=values,
        known_tape=active.tape,
        shots=split.shots_per_randomization,
        flips=_flips(active.circuit, len(values), split, request, index) if settings.twirling.any else None,
    )
    what = runnable(sweep, restricted, settings, exact=False, dressed=worn)
    warn_approximation(what.estimate.note, index)
    return SamplerTask(pub, split, what)


def _split(pub: SamplerPub, settings: SamplerSettings) -> Split:
    shots = pub.shots if pub.shots is not None else settings.default_shots
    twirling = settings.twirling
    if not twirling.any:
        return Split(1, shots)
    both = twirling.num_randomizations and twirling.shots_per_randomization
    if both and pub.shots is None:
        return Split(twirling.num_randomizations or 1, twirling.shots_per_randomization or 1)
    split = split_shots(shots, twirling.num_randomizations, twirling.shots_per_randomization)
    if both and split.shots != shots:
        raise IBMInputValueError(
            f"twirling.num_randomizations × twirling.shots_per_randomization = {split.shots}, but {shots} shots are asked for. "
            "Set one of the two to 'auto', or leave the shots out."
        )
    return split


def _flips(circuit: QuantumCircuit, rows: int, split: Split, request: Request, index: int) -> NDArray[np.bool_]:
    seed = np.random.SeedSequence(request.seed, spawn_key=(index, _FLIPS))
    final = read(circuit).final_measurements if request.settings.twirling.measure else ()
    twirled = tuple(clbit for _, clbit in final)
    return draw_flips((rows, 1, split.num_randomizations), twirled, circuit.num_clbits, seed)


def _check_twirlable(circuit: QuantumCircuit, worn: Dressed | None, settings: SamplerSettings, index: int) -> None:
    if settings.twirling.measure and not read(circuit).final_measurements and not (worn is not None and worn.flipped):
        raise IBMInputValueError(
            f"PUB {index}: twirling.enable_measure is on, but no measurement of the circuit can be twirled: it has control "
            "flow, or measures one bit several times. Switch twirling.enable_measure off for this circuit."
        )


def _ask(task: SamplerTask, index: int, request: Request) -> Ask:
    return Ask(task.what, np.random.SeedSequence(request.seed, spawn_key=(index, _SIMULATION)))


def _result(task: SamplerTask, index: int, packed: NDArray[np.uint8], stretch: Stretch) -> tuple[SamplerPubResult, SliceSpan]:
    shots = Shots(packed, task.what.sweep.num_clbits)
    data = data_bin(shots, task.what.sweep.circuit, task.pub.shape)
    metadata = {
        "shots": task.split.shots,
        "num_randomizations": task.split.num_randomizations,
        "circuit_metadata": task.pub.circuit.metadata,
        "simulation": task.what.describe(),
    }
    return SamplerPubResult(data, metadata), _span(stretch, index, task)


def _span(stretch: Stretch, index: int, task: SamplerTask) -> SliceSpan:
    shape = (*task.pub.shape, task.split.shots)
    return SliceSpan(stretch.start, stretch.stop, {index: (shape, slice(0, int(np.prod(shape))))})
