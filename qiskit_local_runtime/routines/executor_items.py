"""Items of quantum programs, ready to run."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from ..cancellation import CancelToken
from ..codec.programs import ProgramItem
from ..codec.samplexes import sampled
from ..devices.device import Device
from ..devices.isa import rzz_values_problem
from ..errors import IBMInputValueError, SimulationTooLargeError
from ..options.settings import Settings
from ..pipeline.active import restrict
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..simulators.choose import memory_limit
from ..sweeps import Sweep, num_bytes
from .checks import check_isa, check_width
from .prepare import dressed, opened, runnable

SIMULATION, SAMPLEX, DRESSING = 0, 1, 2
"""What seeds of an item are for."""
_ROUNDING = 1e-6
"""Radians: angles of random circuits that are as near to a multiple of π/2 are meant to be it."""


@dataclass(frozen=True, eq=False)
class ItemTask:
    """One item, ready to run."""

    item: ProgramItem
    index: int
    whole: Runnable
    """What runs it, with values of the right number that are not drawn yet."""

    @property
    def circuit(self) -> QuantumCircuit:
        """The circuit on active qubits."""
        return self.whole.sweep.circuit

    def runnable(self, values: NDArray[np.float64], settings: Settings) -> Runnable:
        """What runs it with these values.

        Raises:
            SimulationTooLargeError: it does not fit in memory.
            IBMInputValueError: no method can run it.
        """
        sweep = replace(self.whole.sweep, values=values)
        return runnable(sweep, self.whole.device, settings, exact=False, dressed=self.whole.dressed)

    def drawn(self, request: Request, cancel: CancelToken) -> tuple[NDArray[np.float64], dict[str, NDArray[Any]]]:
        """Values of the circuit's parameters, ``(size, parameters)``, and all else that a samplex draws, by name.

        Raises:
            IBMInputValueError: the samplex cannot be sampled, or its values cannot be run.
        """
        if self.item.samplex is None:
            assert self.item.values is not None
            return self.item.values.reshape(self.item.size, self.item.circuit.num_parameters), {}
        values, others = _drawn(self.item, self.index, request, cancel)
        values = values.reshape(self.item.size, self.item.circuit.num_parameters)
        near = np.round(values / (np.pi / 2)) * (np.pi / 2)
        return np.where(np.abs(values - near) < _ROUNDING, near, values), others


def task_of(item: ProgramItem, index: int, shots: int, device: Device, request: Request) -> ItemTask:
    """An item, checked.

    Raises:
        IBMInputValueError: its circuit is not one of the device's, or its values are wrong.
        SimulationTooLargeError: it does not fit in memory.
    """
    try:
        return _task(item, index, shots, device, request)
    except (IBMInputValueError, SimulationTooLargeError) as err:
        if str(err).startswith(f"item {index}"):
            raise
        raise type(err)(f"item {index}: {str(err).removeprefix(f'PUB {index}: ')}") from err


def _task(item: ProgramItem, index: int, shots: int, device: Device, request: Request) -> ItemTask:
    settings: Settings = request.settings
    check_width(item.circuit, device, index)
    check_isa(item.circuit, device, index)
    _check_memory(item, shots, settings)
    active = restrict(opened(item.circuit, device))
    parameters = tuple(active.circuit.parameters)
    values = _for_checks(item, index, request)
    check_values(item, values, device)
    restricted = device.restrict(active.qubits)
    seed = np.random.SeedSequence(request.seed, spawn_key=(index, DRESSING))
    worn = dressed(active.circuit, parameters, restricted, device, settings, 1, seed)
    sweep = Sweep(active.circuit, parameters, values, shots, known_tape=active.tape)
    return ItemTask(item, index, runnable(sweep, restricted, settings, exact=False, dressed=worn))


def check_values(item: ProgramItem, values: NDArray[np.float64], device: Device) -> None:
    """Refuse values that are not finite, or bring a gate outside the device's range."""
    if not np.isfinite(values).all():
        raise IBMInputValueError("expected finite values of the circuit's parameters, found others.")
    if device.target is not None and len(values):
        problem = rzz_values_problem(item.circuit, device.target, tuple(item.circuit.parameters), values)
        if problem:
            raise IBMInputValueError(problem)


def _for_checks(item: ProgramItem, index: int, request: Request) -> NDArray[np.float64]:
    """Values to judge an item by before it runs: its own, or as many as it has of the first that could be drawn."""
    if item.samplex is None:
        assert item.values is not None
        return item.values.reshape(item.size, item.circuit.num_parameters)
    count = item.circuit.num_parameters
    if not item.size:
        return np.zeros((0, count))
    first = (0,) * len(item.arguments.shape)
    rng = np.random.default_rng(np.random.SeedSequence(request.seed, spawn_key=(index, SAMPLEX, 0)))
    found = sampled(item.samplex, item.arguments[first], 1, rng)
    values = np.asarray(found.get("parameter_values", np.zeros((1, 0))), dtype=np.float64)
    near = np.round(values / (np.pi / 2)) * (np.pi / 2)
    return np.broadcast_to(np.where(np.abs(values - near) < _ROUNDING, near, values), (item.size, count))


def _drawn(
    item: ProgramItem, index: int, request: Request, cancel: CancelToken
) -> tuple[NDArray[np.float64], dict[str, NDArray[Any]]]:
    """Everything a samplex draws, shape ``(*shape, …)``: axes along which arguments do not differ are randomizations."""
    shape = item.shape
    own = (*(1,) * (len(shape) - len(item.arguments.shape)), *item.arguments.shape)
    random = tuple(size if same == 1 else 1 for size, same in zip(shape, own, strict=True))
    out: dict[str, NDArray[Any]] = {}
    for number, place in enumerate(np.ndindex(own) if item.size else ()):
        cancel.check()
        rng = np.random.default_rng(np.random.SeedSequence(request.seed, spawn_key=(index, SAMPLEX, number)))
        arguments = item.arguments[place[len(shape) - len(item.arguments.shape) :]]
        where = tuple(slice(None) if same == 1 else slice(at, at + 1) for at, same in zip(place, own, strict=True))
        for name, array in sampled(item.samplex, arguments, math.prod(random), rng).items():
            if name not in out:
                out[name] = np.empty((*shape, *array.shape[1:]), dtype=array.dtype)
            out[name][where] = array.reshape(*random, *array.shape[1:])
    values = out.pop("parameter_values", np.zeros((*shape, item.circuit.num_parameters)))
    return values, out


def _check_memory(item: ProgramItem, shots: int, settings: Settings) -> None:
    """Refuse an item whose results, or whose drawn values, would not fit."""
    bits = item.size * shots * (num_bytes(item.circuit.num_clbits) + 1)
    drawn = 0
    if item.samplex is not None:
        drawn = item.samplex.outputs().num_bytes(**_dimensions(item)) + 16 * item.size * item.circuit.num_parameters
    asked = settings.simulator.max_memory_mb
    most = memory_limit() if asked is None else asked * 1e6
    if bits + drawn > most:
        raise SimulationTooLargeError(
            f"{item.size} elements of {shots} shots and {item.circuit.num_clbits} bits take {(bits + drawn) / 1e9:.3g} GB of "
            f"memory, more than the {most / 1e9:.3g} GB they may. Split the item into several jobs."
        )


def _dimensions(item: ProgramItem) -> dict[str, int]:
    outputs = item.samplex.outputs()
    bound = item.arguments.bound_dimensions
    return {name: item.size if name == "num_randomizations" else bound.get(name, 1) for name in outputs.free_dimensions}
