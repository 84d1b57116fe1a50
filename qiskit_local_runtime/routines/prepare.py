"""From a request's circuit to something a simulator can run."""

from __future__ import annotations

import warnings
import weakref
from dataclasses import asdict, replace

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression, QuantumCircuit

from ..devices import device_of
from ..devices.device import ActiveDevice, Device
from ..errors import IBMInputValueError
from ..options.settings import Settings, SimulatorSettings
from ..pipeline.dress import Dressed, dress, wanted_by
from ..pipeline.runnable import Runnable
from ..pipeline.transpile import transpile
from ..pipeline.unroll import unroll
from ..pipeline.widen import first_wide
from ..records.request import Request
from ..simulators import choose
from ..sweeps import Sweep
from ..sweeps.layer_noise import LayerModels
from .base import RoutineTools
from .checks import check_isa, check_layout, check_width


def device_for(request: Request) -> Device:
    """The device of a request, with what its simulator options change: the backend as it is when this is first asked."""
    found = _DEVICES.get(request)
    if found is None:
        found = _DEVICES[request] = _device_for(request)
    return found


_DEVICES: weakref.WeakKeyDictionary[Request, Device] = weakref.WeakKeyDictionary()


def _device_for(request: Request) -> Device:
    asked: SimulatorSettings = request.settings.simulator
    return device_of(
        request.backend,
        noise_model=asked.noise_model,
        basis_gates=asked.basis_gates,
        coupling_map=asked.coupling_map,
        layers=None if asked.layer_models is None else LayerModels(asked.layer_models, asked.angle_decimals),
    )


def check_circuit(circuit: QuantumCircuit, device: Device, settings: Settings, index: int) -> None:
    """Refuse at the call a circuit that the device does not take."""
    check_width(circuit, device, index)
    if settings.transpilation is None:
        check_isa(circuit, device, index)
    else:
        check_layout(circuit, device, settings, index)


def opened(circuit: QuantumCircuit, device: Device) -> QuantumCircuit:
    """The circuit in gates that simulators know (a device's own run() gets it as it is)."""
    return unroll(circuit) if device.simulated and device.target is None else circuit


def transpiled(circuit: QuantumCircuit, device: Device, request: Request, tools: RoutineTools) -> QuantumCircuit:
    """The circuit in the device's instruction set.

    Raises:
        IBMInputValueError: the backend has no instruction set to transpile to.
    """
    asked = request.settings.transpilation
    target = device.target if device.target is not None else getattr(request.backend, "target", None)
    if target is None:
        raise IBMInputValueError(
            f"transpilation.optimization_level is {asked.optimization_level} but {device.name} has no target to transpile to. "
            "Leave options.transpilation unset."
        )
    seed = request.seed % 2**31 if asked.seed_transpiler is None else asked.seed_transpiler
    return transpile(circuit, target, asked.optimization_level, asked.initial_layout, seed, tools.engine, tools.cancel)


def dressed(
    circuit: QuantumCircuit,
    parameters: tuple[Parameter, ...],
    active: ActiveDevice,
    device: Device,
    settings: Settings,
    randomizations: int,
    seed: np.random.SeedSequence,
    *,
    exact: bool = False,
) -> Dressed | None:
    """What really runs when a circuit is asked for; ``None``: the circuit as it is."""
    found = dress(circuit, parameters, active, device.target, wanted_by(settings.twirling, settings.decoupling))
    if found is None:
        return None
    if found.warning and settings.simulator.warn_absent:
        warnings.warn(found.warning, UserWarning, stacklevel=2)
    return replace(found, randomizations=randomizations, seed=seed, exact=exact)


def suppression(settings: Settings) -> dict[str, dict[str, object]]:
    """What result metadata says of twirling and decoupling."""
    twirling, decoupling = settings.twirling, settings.decoupling
    said: dict[str, object] = {"enable_gates": twirling.gates, "enable_measure": twirling.measure}
    if twirling.any:
        said["strategy"] = twirling.strategy
    return {"twirling": said, "dynamical_decoupling": asdict(decoupling) if decoupling.enable else {"enable": False}}


def runnable(
    sweep: Sweep, active: ActiveDevice, settings: Settings, *, exact: bool, dressed: Dressed | None = None
) -> Runnable:
    """Choose a simulator for a sweep.

    Raises:
        SimulationTooLargeError: nothing fits in memory.
        IBMInputValueError: the method asked for cannot run the circuit.
    """
    _check_delays(sweep, active)
    if settings.simulator.device is not None:
        active = replace(active, aer_options={**active.aer_options, "device": settings.simulator.device})
    first, sized = (sweep, sweep) if dressed is None or not len(sweep.values) else first_wide(sweep, dressed)
    simulator, estimate = choose(
        first,
        active,
        exact=exact,
        method=settings.simulator.method,
        max_memory_mb=settings.simulator.max_memory_mb,
        also=None if dressed is None or dressed.columns else sweep,
        sized=sized,
    )
    if dressed is not None:
        estimate = replace(estimate, seconds=estimate.seconds * len(sweep.values))
    return Runnable(sweep, active, simulator, estimate, dressed)


def _check_delays(sweep: Sweep, active: ActiveDevice) -> None:
    if active.noise is None:
        return
    for step in sweep.tape.steps:
        if step.name == "delay" and isinstance(step.params[0], ParameterExpression):
            raise IBMInputValueError(
                f"The duration of a delay on qubit {active.qubits[step.qubits[0]]} is the parameter {step.params[0]}, and a "
                "delay on a noisy device needs a number. Assign its duration first, one circuit a duration."
            )
