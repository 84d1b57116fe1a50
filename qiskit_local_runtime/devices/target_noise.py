"""Noise read off a target: depolarizing and thermal relaxation per gate, readout errors, as Aer derives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Delay, Gate
from qiskit.transpiler import QubitProperties, Target

from .channel import Channel
from .noise import Channels, DeviceNoise, confusion
from .physics import gate_noise, relaxation
from .readout import Readout

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel


class TargetNoise(DeviceNoise):
    """The physics of Aer's ``NoiseModel.from_backend``, one instruction at a time.

    Args:
        target: errors, durations, T1 and T2.
        properties: IBM's backend properties where the backend has them: their readout errors are asymmetric, which a
            target cannot say.
    """

    def __init__(self, target: Target, properties: Any = None) -> None:
        super().__init__(target.dt)
        self._target, self._properties = target, properties

    def _find(self, name: str, label: str | None, qubits: tuple[int, ...], duration: float | None, when: str) -> Channels:
        # a label names a gate, it does not change what the device does
        if when == "before":
            return ()
        if name == "delay":
            return _kept(relaxation(*self._times(qubits[0]), duration or 0.0), qubits)
        known = self._instruction(name, qubits)
        if known is None:
            return ()
        # like Aer: reported errors are those of gates, other instructions only relax
        error = known.error or 0.0 if isinstance(self._target.operation_from_name(name), Gate) else 0.0
        return _kept(gate_noise(error, known.duration or 0.0, [self._times(q) for q in qubits]), qubits)

    def _instruction(self, name: str, qubits: tuple[int, ...]) -> Any:
        """The ``InstructionProperties``; ``None`` where there are none."""
        if name not in self._target.operation_names:
            return None
        return (self._target[name] or {}).get(qubits)

    def _times(self, qubit: int) -> tuple[float, float]:
        """T1 and T2 in seconds, T2 at most 2 T1; infinite where unknown."""
        known = self._target.qubit_properties
        if known is None or known[qubit] is None:
            return np.inf, np.inf
        t1, t2 = known[qubit].t1, known[qubit].t2
        t1 = np.inf if t1 is None else t1
        return t1, 2 * t1 if t2 is None else min(t2, 2 * t1)

    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """See :class:`.noise.DeviceNoise`."""
        found = [(place, *self._flip_probabilities(qubit)) for place, qubit in enumerate(qubits)]
        return Readout(tuple(confusion(place, p, q) for place, p, q in found if p or q))

    def _flip_probabilities(self, qubit: int) -> tuple[float, float]:
        """P(1 read | 0) and P(0 read | 1)."""
        value = self._properties.qubit_property(qubit) if self._properties is not None else {}
        if "prob_meas1_prep0" in value and "prob_meas0_prep1" in value:
            return float(value["prob_meas1_prep0"][0]), float(value["prob_meas0_prep1"][0])
        known = self._instruction("measure", (qubit,))
        if known is None:
            return 0.0, 0.0
        symmetric = known.error or 0.0
        return float(getattr(known, "prob_meas1_prep0", symmetric)), float(getattr(known, "prob_meas0_prep1", symmetric))

    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """See :class:`.noise.DeviceNoise`; made by Aer itself from the part of the target on these qubits."""
        from qiskit_aer.noise import NoiseModel, ReadoutError
        from qiskit_aer.noise.device import basic_device_gate_errors

        part = self._part(qubits)
        model = NoiseModel(basis_gates=[n for n in self._target.operation_names if n not in ("measure", "delay")])
        for name, where, error in basic_device_gate_errors(target=part):
            if not error.ideal():
                model.add_quantum_error(error, name, where, warnings=False)
        for group in self.readout(qubits).groups:
            model.add_readout_error(ReadoutError(group.matrix), list(group.qubits))
        self._add_delays(model, qubits)
        return model

    def _part(self, qubits: tuple[int, ...]) -> Target:
        """The target restricted to some qubits, on active indices, without measurements and delays."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        times = [QubitProperties(t1=t1, t2=t2) for t1, t2 in map(self._times, qubits)]
        part = Target(num_qubits=len(qubits), dt=self._target.dt, qubit_properties=times)
        for name in self._target.operation_names:
            known = self._target[name] or {}
            inside = {tuple(place[q] for q in where): p for where, p in known.items() if where and set(where) <= place.keys()}
            if inside and name not in ("measure", "delay"):
                part.add_instruction(self._target.operation_from_name(name), inside, name=name)
        return part

    def _add_delays(self, model: NoiseModel, qubits: tuple[int, ...]) -> None:
        from qiskit_aer.noise import RelaxationNoisePass

        times = [self._times(qubit) for qubit in qubits]
        relaxation = RelaxationNoisePass(t1s=[t1 for t1, _ in times], t2s=[t2 for _, t2 in times], dt=self.dt, op_types=Delay)
        model._custom_noise_passes.append(relaxation)


def _kept(superop: NDArray[np.complex128], qubits: tuple[int, ...]) -> Channels:
    """One channel, or none if it does nothing."""
    if np.allclose(superop, np.eye(len(superop)), rtol=0.0, atol=1e-12):
        return ()
    return ((Channel(superop), tuple(range(len(qubits)))),)
