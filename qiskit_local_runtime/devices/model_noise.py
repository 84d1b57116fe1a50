"""Noise given as a Qiskit Aer ``NoiseModel``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import IBMBackendError
from .noise import DeviceNoise, Errors
from .readout import Confusion, Readout

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel


class ModelNoise(DeviceNoise):
    """An Aer noise model: errors by instruction name or label, local ones before those for all qubits.

    Args:
        model: Aer's model on physical qubits.
        dt: seconds of one ``dt``.

    Raises:
        IBMBackendError: the model has noise passes of its own making, which cannot be restricted to active qubits.
    """

    def __init__(self, model: NoiseModel, dt: float | None) -> None:
        super().__init__(dt)
        self._model = model
        self._relaxation = _relaxation_pass(model)

    def _errors(self, name: str, label: str | None, qubits: tuple[int, ...], duration: float | None, when: str) -> Errors:
        if (when == "before") != (name == "measure"):
            return ()
        if name == "delay" and self._relaxation is not None:
            return self._relaxed(qubits[0], duration or 0.0) + self._named(name, qubits)
        if label is not None and self._knows(label):
            return self._named(label, qubits)
        return self._named(name, qubits)

    def _knows(self, label: str) -> bool:
        return label in self._model._local_quantum_errors or label in self._model._default_quantum_errors

    def _named(self, name: str, qubits: tuple[int, ...]) -> Errors:
        local = self._model._local_quantum_errors.get(name, {}).get(qubits)
        error = local if local is not None else self._model._default_quantum_errors.get(name)
        if error is None or error.ideal():
            return ()
        if error.num_qubits == 1 and len(qubits) > 1:
            return tuple((error, (i,)) for i in range(len(qubits)))
        return ((error, tuple(range(error.num_qubits))),)

    def _relaxed(self, qubit: int, seconds: float) -> Errors:
        from qiskit_aer.noise import thermal_relaxation_error

        known = self._relaxation
        t1, t2, excited = known._t1s[qubit], known._t2s[qubit], known._p1s[qubit]
        if seconds == 0 or (np.isinf(t1) and np.isinf(t2)):
            return ()
        return ((thermal_relaxation_error(t1, t2, seconds, excited), (0,)),)

    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """See :class:`.noise.DeviceNoise`. A joint readout error of several qubits is a correlated one."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        groups: list[Confusion] = []
        taken: set[int] = set()
        local = self._model._local_readout_errors
        for group in sorted(local, key=len, reverse=True):
            if set(group) <= place.keys() and taken.isdisjoint(group):
                groups.append(Confusion(tuple(place[q] for q in group), _matrix(local[group])))
                taken.update(group)
        default = self._model._default_readout_error
        if default is not None:
            groups += [Confusion((place[q],), _matrix(default)) for q in qubits if q not in taken]
        return Readout(tuple(group for group in groups if not np.allclose(group.matrix, np.eye(len(group.matrix)))))

    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """See :class:`.noise.DeviceNoise`."""
        from qiskit_aer.noise import NoiseModel

        place = {qubit: i for i, qubit in enumerate(qubits)}
        model = NoiseModel(basis_gates=self._model.basis_gates)
        for name, error in self._model._default_quantum_errors.items():
            model.add_all_qubit_quantum_error(error, name, warnings=False)
        for name, errors in self._model._local_quantum_errors.items():
            for where, error in errors.items():
                if set(where) <= place.keys():
                    model.add_quantum_error(error, name, [place[q] for q in where], warnings=False)
        if self._model._default_readout_error is not None:
            model.add_all_qubit_readout_error(self._model._default_readout_error)
        for where, error in self._model._local_readout_errors.items():
            if set(where) <= place.keys():
                model.add_readout_error(error, [place[q] for q in where])
        self._add_relaxation(model, qubits)
        return model

    def _add_relaxation(self, model: NoiseModel, qubits: tuple[int, ...]) -> None:
        from qiskit_aer.noise import RelaxationNoisePass

        known = self._relaxation
        if known is None:
            return
        where = list(qubits)
        model._custom_noise_passes.append(
            RelaxationNoisePass(
                t1s=known._t1s[where].tolist(),
                t2s=known._t2s[where].tolist(),
                dt=known._dt,
                op_types=known._ops,
                excited_state_populations=known._p1s[where].tolist(),
            )
        )


def _relaxation_pass(model: NoiseModel) -> Any:
    from qiskit_aer.noise import RelaxationNoisePass

    passes = model._custom_noise_passes
    if not passes:
        return None
    if len(passes) == 1 and isinstance(passes[0], RelaxationNoisePass):
        return passes[0]
    kinds = ", ".join(type(p).__name__ for p in passes)
    raise IBMBackendError(
        f"The noise model has noise passes of its own ({kinds}), which cannot be restricted to the qubits a circuit uses. "
        "Expected at most one RelaxationNoisePass; write the noise as quantum errors of instructions instead."
    )


def _matrix(error: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(error.probabilities, dtype=float)
