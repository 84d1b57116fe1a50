"""The executor: a quantum program of circuits and arrays of values in, arrays of bits out."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BitArray

from ..codec.program_results import read_passthrough
from ..codec.programs import Program, read_program
from ..errors import IBMInputValueError
from ..pipeline.execute import Executor
from ..pipeline.plan import Plan
from ..pipeline.registers import picked
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..results.program_result import (
    ChunkPart,
    ChunkSpan,
    ItemMetadata,
    ProgramMetadata,
    QuantumProgramItemResult,
    QuantumProgramResult,
)
from .base import RoutineTools
from .checks import warn_approximation
from .executor_items import SIMULATION, ItemTask, check_values, task_of
from .prepare import device_for
from .usage import estimated, executor_for, planned_work


@dataclass(frozen=True, eq=False)
class Accepted:
    """A program that was checked."""

    program: Program
    tasks: tuple[ItemTask, ...]


class ProgramExecutor:
    """The routine behind ``Executor``; its only PUB is the text of the program, as the wire has it."""

    name = "executor"

    def __init__(self) -> None:
        self._accepted: weakref.WeakKeyDictionary[Request, Accepted] = weakref.WeakKeyDictionary()

    def accept(self, request: Request) -> None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        self._accepted[request] = _accepted(request)

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        found = self._accepted.get(request)
        return None if found is None else estimated(request, [(task.whole.sweep, task.whole) for task in found.tasks])

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        found = self._accepted.get(request) or _accepted(request)
        return planned_work(request, [(f"item {task.index}", task.whole) for task in found.tasks])

    def run(self, request: Request, tools: RoutineTools) -> Any:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tools.phase("pre-processing")
        found = self._accepted.pop(request, None) or _accepted(request)
        drawn = [task.drawn(request, tools.cancel) for task in found.tasks]
        for task, (values, _) in zip(found.tasks, drawn, strict=True):
            check_values(task.item, values, device_for(request))
            warn_approximation(task.whole.estimate.note, task.index)
        tools.phase("on the QPU")
        executor = executor_for(request, tools)
        items, spans = [], []
        for task, (values, others) in zip(found.tasks, drawn, strict=True):
            item, own = _ItemRun(task, request, executor).result(values, others)
            items.append(item)
            spans += own
        program = found.program
        passed = read_passthrough(program.passthrough, program.version)
        return QuantumProgramResult(items, ProgramMetadata(tuple(spans)), passed, program.semantic_role)


@dataclass(frozen=True)
class _ItemRun:
    """The run of one item."""

    task: ItemTask
    request: Request
    executor: Executor

    def result(
        self, values: NDArray[np.float64], others: dict[str, NDArray[Any]]
    ) -> tuple[QuantumProgramItemResult, list[ChunkSpan]]:
        """Its result, and when its chunks ran."""
        item, circuit = self.task.item, self.task.circuit
        run = self.task.runnable(values, self.request.settings)
        packed, spans = [], []
        for rows in _chunks(item.size, item.chunk_size):
            shots, stretch = self.executor.sample(run.part(rows), self._seed(rows))
            packed.append(shots.packed[:, 0, 0])
            part = ChunkPart(self.task.index, rows.stop - rows.start, rows.start, item.shape)
            spans.append(ChunkSpan(stretch.start, stretch.stop, (part,)))
        whole = np.concatenate(packed) if len(packed) > 1 else packed[0]
        data = {**others, **_registers(whole, circuit, item.shape)}
        return QuantumProgramItemResult(data, ItemMetadata(simulation=_facts(run))), spans

    def _seed(self, rows: slice) -> np.random.SeedSequence:
        return np.random.SeedSequence(self.request.seed, spawn_key=(self.task.index, SIMULATION, rows.start, 0))


def _accepted(request: Request) -> Accepted:
    program = read_program(_params(request))
    device = device_for(request)
    tasks = tuple(task_of(item, index, program.shots, device, request) for index, item in enumerate(program.items))
    # read now what is given back at the end
    read_passthrough(program.passthrough, program.version)
    return Accepted(program, tasks)


def _params(request: Request) -> dict[str, Any]:
    if len(request.pubs) != 1 or not isinstance(request.pubs[0], str):
        raise IBMInputValueError(f"expected the text of one quantum program, found {len(request.pubs)} PUBs.")
    found = json.loads(request.pubs[0])
    if not isinstance(found, dict):
        raise IBMInputValueError(f"expected a quantum program as a JSON object, found {type(found).__name__}.")
    return found


def _chunks(size: int, chunk_size: int | None) -> Iterator[slice]:
    step = max(1, size if chunk_size is None else chunk_size)
    for start in range(0, max(1, size), step):
        yield slice(start, min(start + step, size))


def _registers(packed: NDArray[np.uint8], circuit: QuantumCircuit, shape: tuple[int, ...]) -> dict[str, BitArray]:
    index = {bit: i for i, bit in enumerate(circuit.clbits)}
    out = {}
    for register in circuit.cregs:
        bits = picked(packed, [index[bit] for bit in register], circuit.num_clbits)
        out[register.name] = BitArray(bits.reshape(*shape, *bits.shape[1:]), register.size)
    return out


def _facts(run: Runnable) -> dict[str, Any]:
    """What was simulated how: parts, the largest of them, and the methods."""
    count = run.device.num_qubits
    one = {"parts": 1, "active_qubits": count, "largest_part": count, "methods": [run.simulator.name]}
    notes = {"notes": [run.estimate.note]} if run.estimate.note else {}
    return {**one, **run.estimate.facts, **notes}
