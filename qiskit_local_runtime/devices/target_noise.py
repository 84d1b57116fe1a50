"""Noise read off a target: depolarizing and thermal relaxation per gate, readout errors, as Aer derives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import Delay
from qiskit.transpiler import Target

from .noise import DeviceNoise, Errors, confusion
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

    def _errors(self, name: str, label: str | None, qubits: tuple[int, ...], duration: float | None, when: str) -> Errors:
        if when == "before":
            return ()
        if name == "delay":
            return self._relaxation(qubits[0], duration or 0.0)
        if name not in self._target.operation_names:
            return ()
        return self._gate(name, qubits)

    def _gate(self, name: str, qubits: tuple[int, ...]) -> Errors:
        from qiskit_aer.noise.device import basic_device_gate_errors

        instructions = self._target[name]
        if not instructions or instructions.get(qubits) is None:
            return ()
        one = self._part(qubits)
        places = tuple(range(len(qubits)))
        one.add_instruction(self._target.operation_from_name(name), {places: instructions[qubits]}, name=name)
        found = basic_device_gate_errors(target=one)
        return tuple((error, tuple(where)) for _, where, error in found if not error.ideal())

    def _part(self, qubits: tuple[int, ...]) -> Target:
        """A target of some qubits without instructions."""
        known = self._target.qubit_properties
        properties = None if known is None else [known[q] for q in qubits]
        if properties is None:
            from qiskit.transpiler import QubitProperties

            properties = [QubitProperties() for _ in qubits]
        return Target(num_qubits=len(qubits), dt=self._target.dt, qubit_properties=properties)

    def _times(self, qubit: int) -> tuple[float, float]:
        """T1 and T2 in seconds, T2 at most 2 T1; infinite where unknown."""
        known = self._target.qubit_properties
        if known is None or known[qubit] is None:
            return np.inf, np.inf
        t1, t2 = known[qubit].t1, known[qubit].t2
        t1 = np.inf if t1 is None else t1
        return t1, 2 * t1 if t2 is None else min(t2, 2 * t1)

    def _relaxation(self, qubit: int, seconds: float) -> Errors:
        from qiskit_aer.noise import thermal_relaxation_error

        t1, t2 = self._times(qubit)
        if seconds == 0 or (np.isinf(t1) and np.isinf(t2)):
            return ()
        return ((thermal_relaxation_error(t1, t2, seconds), (0,)),)

    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """See :class:`.noise.DeviceNoise`."""
        found = [(place, *self._flip_probabilities(qubit)) for place, qubit in enumerate(qubits)]
        return Readout(tuple(confusion(place, p, q) for place, p, q in found if p or q))

    def _flip_probabilities(self, qubit: int) -> tuple[float, float]:
        """P(1 read | 0) and P(0 read | 1)."""
        if self._properties is not None:
            value = self._properties.qubit_property(qubit)
            if "prob_meas1_prep0" in value and "prob_meas0_prep1" in value:
                return float(value["prob_meas1_prep0"][0]), float(value["prob_meas0_prep1"][0])
        if "measure" not in self._target.operation_names:
            return 0.0, 0.0
        known = (self._target["measure"] or {}).get((qubit,))
        if known is None:
            return 0.0, 0.0
        symmetric = known.error or 0.0
        return float(getattr(known, "prob_meas1_prep0", symmetric)), float(getattr(known, "prob_meas0_prep1", symmetric))

    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """See :class:`.noise.DeviceNoise`."""
        from qiskit_aer.noise import NoiseModel, ReadoutError

        place = {qubit: i for i, qubit in enumerate(qubits)}
        names = [n for n in self._target.operation_names if n not in ("measure", "delay")]
        model = NoiseModel(basis_gates=names)
        for name in names:
            for qargs in self._target[name] or {}:
                if qargs is not None and set(qargs) <= place.keys():
                    for error, where in self._gate(name, qargs):
                        model.add_quantum_error(error, name, [place[qargs[i]] for i in where])
        for group in self.readout(qubits).groups:
            model.add_readout_error(ReadoutError(group.matrix), list(group.qubits))
        self._add_delays(model, qubits)
        return model

    def _add_delays(self, model: NoiseModel, qubits: tuple[int, ...]) -> None:
        from qiskit_aer.noise import RelaxationNoisePass

        times = [self._times(qubit) for qubit in qubits]
        relaxation = RelaxationNoisePass(t1s=[t1 for t1, _ in times], t2s=[t2 for _, t2 in times], dt=self.dt, op_types=Delay)
        model._custom_noise_passes.append(relaxation)
