"""All that happens in a layer on a device, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CircuitInstruction, Parameter, ParameterExpression, QuantumCircuit

from ..errors import IBMInputValueError
from ..sweeps import Step, tape_of
from ..sweeps.durations import NOISELESS
from ..sweeps.euler import BASES, append_rotation, basis_for, with_paulis
from ..sweeps.layer_noise import MARK, LayerMark, with_layer_noise
from ..sweeps.schedule import scheduled
from ..sweeps.weave import woven
from .channel import Channel
from .described import DescribedDevice
from .device import ActiveDevice, Noise
from .durations import durations_of
from .pauli_flow import Process

_PAULIS = 4


def noisy_layer(active: ActiveDevice, device: DescribedDevice, layer: QuantumCircuit) -> Iterator[Process]:
    """The gates of a layer between two barriers, their errors, and what its idle qubits suffer meanwhile.

    Args:
        active: the device on the layer's qubits.
        device: the whole of it, for durations.
        layer: on active qubits.

    Raises:
        IBMInputValueError: the device's noise grows with idle time, but it tells no durations.
    """
    circuit = layer if active.layers is None else with_layer_noise(layer, active.layers, active.qubits).circuit
    timed, detunings = _timed(_fenced(circuit), active, device)
    for step in tape_of(timed).steps:
        if step.label == NOISELESS and step.open:
            yield _dephasing(step, detunings, active)
            continue
        if step.name not in ("delay", MARK):
            yield gate_process(step)
        if active.noise is not None:
            for channel, where in active.noise.after(step):
                yield Process(channel.ptm, where)


def _fenced(layer: QuantumCircuit) -> QuantumCircuit:
    """The layer between two marks across all qubits: waiting for the others is then idle time of the layer."""
    fence = LayerMark(layer.num_qubits, NOISELESS)
    out = layer.copy_empty_like()
    for item in (CircuitInstruction(fence, tuple(out.qubits)), *layer.data, CircuitInstruction(fence, tuple(out.qubits))):
        out._append(item)
    return out


def _timed(
    circuit: QuantumCircuit, active: ActiveDevice, device: DescribedDevice
) -> tuple[QuantumCircuit, dict[Parameter, int]]:
    """With idle times and their noise; detunings with their qubits."""
    durations = durations_of(device.target, active.qubits)
    if durations is None:
        if active.idle is None:
            return circuit, {}
        raise IBMInputValueError(
            f"The noise of {device.name} grows with idle time, but its target has no durations. Use a backend with durations "
            "(a fake device, AerSimulator.from_backend(backend) or GenericBackendV2)."
        )
    try:
        timed = scheduled(circuit, durations)
    except IBMInputValueError:
        if active.idle is not None:
            raise
        return circuit, {}
    if active.idle is None:
        return timed, {}
    found = woven(timed, durations, active.idle.zz, active.idle.detuned)
    return found.circuit, dict(zip(found.parameters, found.columns, strict=True))


def _dephasing(step: Step, detunings: dict[Parameter, int], active: ActiveDevice) -> Process:
    """A rotation by a Gaussian detuning, averaged."""
    (angle,) = step.params
    assert isinstance(angle, ParameterExpression) and active.idle is not None
    (parameter,) = angle.parameters
    width = float(angle.bind({parameter: 1.0})) * active.idle.detuning[detunings[parameter]]
    left = np.exp(-(width**2) / 2)
    return Process(np.diag([1.0, left, left, 1.0]), step.qubits)


def gate_process(step: Step) -> Process:
    """A gate without its errors."""
    matrix: NDArray[Any] = np.asarray(step.operation.to_matrix())
    return Process(Channel(np.asarray(np.kron(matrix.conj(), matrix), dtype=complex)).ptm, step.qubits)


def dressing_noise(active: ActiveDevice, device: DescribedDevice) -> Iterator[Process]:
    """The noise of one merged one-qubit gate on every qubit, behind it; none where one-qubit gates have none.

    It is averaged over the Paulis that twirling makes of the gate: errors between its pulses are carried through those that
    follow.
    """
    if active.noise is None:
        return
    basis = "rz-sx" if device.target is None else basis_for(device.target.operation_names)
    drawn = with_paulis(np.zeros(3))[:_PAULIS] + np.array(BASES[basis].offsets)
    found: dict[int, NDArray[np.float64]] = {}
    for angles in drawn.tolist():
        for qubit, noise in _behind(_merged(active.num_qubits, angles, basis), active.noise).items():
            found[qubit] = found.get(qubit, 0) + noise / _PAULIS
    for qubit, noise in found.items():
        yield Process(noise, (qubit,))


def _merged(num_qubits: int, angles: Sequence[float], basis: str) -> QuantumCircuit:
    """The same merged gate on every qubit."""
    parameters = [Parameter(name) for name in "abc"]
    circuit = QuantumCircuit(num_qubits)
    for qubit in range(num_qubits):
        append_rotation(circuit, qubit, parameters, basis)
    return circuit.assign_parameters(dict(zip(parameters, angles, strict=True)))


def _behind(circuit: QuantumCircuit, noise: Noise) -> dict[int, NDArray[np.float64]]:
    """All noise of a circuit of one-qubit gates as if it acted at its end: transfer matrices of the qubits that have any."""
    ideal = {qubit: np.eye(4) for qubit in range(circuit.num_qubits)}
    noisy, touched = dict(ideal), set()
    for step in tape_of(circuit).steps:
        (qubit,), gate = step.qubits, gate_process(step).ptm
        ideal[qubit], noisy[qubit] = gate @ ideal[qubit], gate @ noisy[qubit]
        for channel, (where,) in noise.after(step):
            noisy[where] = channel.ptm @ noisy[where]
            touched.add(where)
    return {qubit: noisy[qubit] @ ideal[qubit].T for qubit in sorted(touched)}
