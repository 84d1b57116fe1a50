"""What both primitives check of their PUBs, at the call."""

from __future__ import annotations

import keyword
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CONTROL_FLOW_OP_NAMES, Parameter, QuantumCircuit
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.primitives.containers.observables_array import ObservablesArray

from ..devices.device import Device
from ..devices.isa import isa_problem, rzz_values_problem
from ..errors import IBMInputValueError, SimulationTooLargeError
from ..options.settings import Settings
from ..simulators.choose import memory_limit
from ..sweeps.shots import num_bytes


def check_not_empty(pubs: Sequence[object]) -> None:
    """Refuse a request without PUBs."""
    if not pubs:
        raise IBMInputValueError("Expected at least one PUB, found none. Pass a list such as [(circuit, values)].")


def values_of(parameter_values: BindingsArray, parameters: Sequence[Parameter], index: int) -> NDArray[np.float64]:
    """The parameter values of a PUB, shape ``(sets, parameters)``, in the order of ``parameters``.

    Raises:
        IBMInputValueError: a value is complex, infinite or not a number.
    """
    names = tuple([parameter.name for parameter in parameters])
    if not names:
        return np.zeros((parameter_values.size, 0))
    known = parameter_values.data
    # the usual case, one array in the circuit's order, needs no rearranging
    values = known[names] if names in known else parameter_values.as_array(names)
    values = np.asarray(values).reshape(-1, len(names))
    if np.iscomplexobj(values):
        raise IBMInputValueError(
            f"PUB {index}: parameter values must be real numbers, found {values.dtype}. Pass values.real if that is meant."
        )
    values = values.astype(np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise IBMInputValueError(
            f"PUB {index}: parameter {names[column]!r} is {values[row, column]} in value set {row}; expected a finite number."
        )
    return values


def remaining(
    parameter_values: BindingsArray, asked: QuantumCircuit, circuit: QuantumCircuit, index: int
) -> tuple[NDArray[np.float64], tuple[Parameter, ...]]:
    """Values and parameters of the circuit that runs; transpiling may have dropped some of those asked with."""
    parameters = tuple(asked.parameters)
    values = values_of(parameter_values, parameters, index)
    if circuit is asked:
        return values, parameters
    left = tuple(circuit.parameters)
    place = {parameter.name: i for i, parameter in enumerate(parameters)}
    return values[:, [place[parameter.name] for parameter in left]], left


def check_observables(observables: ObservablesArray, index: int) -> None:
    """Refuse an empty array of observables and coefficients that are not finite."""
    if observables.size == 0:
        raise IBMInputValueError(f"PUB {index}: there are no observables to estimate. Pass at least one.")
    for place, observable in np.ndenumerate(observables.sparse_observables_array()):
        if not np.isfinite(np.asarray(observable.coeffs)).all():
            raise IBMInputValueError(
                f"PUB {index}: observable {place} has a coefficient that is infinite or not a number; expected finite ones."
            )


def check_registers(circuit: QuantumCircuit, index: int) -> None:
    """Refuse classical registers that cannot be fields of a result.

    Raises:
        IBMInputValueError: there is no register or no measurement, or a register is empty or badly named.
    """
    if not circuit.cregs:
        raise IBMInputValueError(
            f"PUB {index}: the circuit has no classical registers, so there is nothing to return. "
            "Add measurements, for example with circuit.measure_all()."
        )
    for register in circuit.cregs:
        if register.size == 0:
            raise IBMInputValueError(f"PUB {index}: classical register {register.name!r} has no bits. Remove it.")
        if not register.name.isidentifier() or keyword.iskeyword(register.name):
            raise IBMInputValueError(
                f"PUB {index}: classical register {register.name!r} cannot be a field of the result: expected a Python "
                "identifier that is not a keyword. Rename it."
            )
    if not _measures(circuit):
        raise IBMInputValueError(
            f"PUB {index}: the circuit measures nothing, so every bit would be 0. "
            "Add measurements, for example with circuit.measure_all()."
        )


def _measures(circuit: QuantumCircuit) -> bool:
    names = circuit.count_ops().keys()
    if not names.isdisjoint(("measure", "store")):
        return True
    if names.isdisjoint(CONTROL_FLOW_OP_NAMES):
        return False
    blocks = (block for item in circuit.data if item.name in CONTROL_FLOW_OP_NAMES for block in item.operation.blocks)
    return any(_measures(block) for block in blocks)


def check_result_size(rows: int, shots: int, num_clbits: int, settings: Settings, index: int) -> None:
    """Refuse a PUB whose bits would not fit in memory.

    Raises:
        SimulationTooLargeError: they would not.
    """
    asked = settings.simulator.max_memory_mb
    size, most = rows * shots * num_bytes(num_clbits), memory_limit() if asked is None else asked * 1e6
    if size > most:
        raise SimulationTooLargeError(
            f"PUB {index}: {rows} value sets of {shots} shots of {num_clbits} bits take {size / 1e9:.3g} GB of memory, more "
            f"than the {most / 1e9:.3g} GB they may. Ask for fewer shots, or split the PUB into several jobs."
        )


def check_width(circuit: QuantumCircuit, device: Device, index: int) -> None:
    """Refuse a circuit with more qubits than the device."""
    if device.num_qubits is not None and circuit.num_qubits > device.num_qubits:
        raise IBMInputValueError(
            f"PUB {index}: the circuit has {circuit.num_qubits} qubits but {device.name} has {device.num_qubits}. "
            "Use a larger backend or a smaller circuit."
        )


def check_isa(circuit: QuantumCircuit, device: Device, index: int) -> None:
    """Refuse a circuit outside the device's instruction set.

    Raises:
        IBMInputValueError: with the first offending instruction, and what to do.
    """
    if device.target is None:
        return
    problem = isa_problem(circuit, device.target)
    if problem:
        raise IBMInputValueError(
            f"PUB {index}: {problem} Circuits that do not match the target hardware definition are not supported: "
            "transpile them first, for example with generate_preset_pass_manager(optimization_level=1, "
            f"backend=backend), or let the runtime do it with options.transpilation.optimization_level = 1."
        )


def check_angles(
    circuit: QuantumCircuit, device: Device, parameters: Sequence[Parameter], values: NDArray[np.float64], index: int
) -> None:
    """Refuse parameter values that bring a gate outside the device's range."""
    if device.target is None:
        return
    problem = rzz_values_problem(circuit, device.target, parameters, values)
    if problem:
        raise IBMInputValueError(f"PUB {index}: {problem}")


def check_layout(circuit: QuantumCircuit, device: Device, settings: Settings, index: int) -> None:
    """Refuse an initial layout that cannot be used."""
    if settings.transpilation is None or settings.transpilation.initial_layout is None:
        return
    layout = settings.transpilation.initial_layout
    most = device.num_qubits
    if len(layout) != circuit.num_qubits or len(set(layout)) != len(layout) or min(layout) < 0:
        raise IBMInputValueError(
            f"PUB {index}: transpilation.initial_layout must name one distinct physical qubit for each of the circuit's "
            f"{circuit.num_qubits} qubits, found {list(layout)}."
        )
    if most is not None and max(layout) >= most:
        raise IBMInputValueError(
            f"PUB {index}: transpilation.initial_layout names qubit {max(layout)} but {device.name} has qubits 0 to {most - 1}."
        )


def warn_approximation(note: str, index: int) -> None:
    """Tell the user that a simulation is not exact."""
    if note:
        warnings.warn(f"PUB {index}: {note}", UserWarning, stacklevel=2)
