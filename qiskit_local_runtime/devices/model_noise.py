"""Noise given as a Qiskit Aer ``NoiseModel``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import Delay
from qiskit.quantum_info import SuperOp

from ..errors import IBMBackendError, IBMInputValueError
from .channel import Channel
from .noise import Channels, DeviceNoise
from .physics import relaxation
from .readout import Confusion, Readout

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel, QuantumError, ReadoutError

Qubits = tuple[int, ...]

_UNLABELLED = frozenset({"measure", "reset", "delay"})
"""Instructions that Aer's models know by name only."""


def model_key(model: NoiseModel) -> tuple[object, ...]:
    """What must be equal for a model to mean the same noise, as long as its errors live (:class:`ModelNoise` keeps them)."""
    return (
        tuple((name, id(error)) for name, error in model._default_quantum_errors.items()),
        tuple((name, q, id(error)) for name, found in model._local_quantum_errors.items() for q, error in found.items()),
        id(model._default_readout_error),
        tuple((qubits, id(error)) for qubits, error in model._local_readout_errors.items()),
        tuple(id(each) for each in model._custom_noise_passes),
    )


class ModelNoise(DeviceNoise):
    """An Aer noise model: errors by instruction name or label, local ones before those for all qubits.

    The model is read once: what is added to it later belongs to the next description of the backend.

    Args:
        model: Aer's model on physical qubits.
        dt: seconds of one ``dt``.

    Raises:
        IBMBackendError: the model has noise passes of its own making, which cannot be restricted to active qubits.
    """

    def __init__(self, model: NoiseModel, dt: float | None) -> None:
        super().__init__(dt)
        self._relaxation = _relaxation_pass(model)
        self._gates = list(model.basis_gates)
        self._everywhere: dict[str, QuantumError] = dict(model._default_quantum_errors)
        self._local: dict[str, dict[Qubits, QuantumError]] = {n: dict(e) for n, e in model._local_quantum_errors.items()}
        self._read_everywhere: ReadoutError | None = model._default_readout_error
        self._read_local: dict[Qubits, ReadoutError] = dict(model._local_readout_errors)
        self._converted: dict[int, Channel] = {}

    def _find(self, name: str, label: str | None, qubits: Qubits, duration: float | None, when: str) -> Channels:
        if (when == "before") != (name == "measure"):
            return ()
        relaxed = self._relaxed(qubits[0], duration or 0.0) if name == "delay" else ()
        # in Aer's models a gate's label stands in for its name, whether the model knows it or not
        return relaxed + self._named(name if label is None or name in _UNLABELLED else label, qubits)

    def _named(self, name: str, qubits: Qubits) -> Channels:
        local = self._local.get(name, {}).get(qubits)
        error = local if local is not None else self._everywhere.get(name)
        if error is None or error.ideal():
            return ()
        if error.num_qubits > len(qubits):
            raise IBMInputValueError(
                f"The noise model has an error of {error.num_qubits} qubits for {name!r}, but the circuit has an instruction "
                f"of that name or label on {len(qubits)}. Expected at most as many; give the error or the gate another label."
            )
        # as in Aer, an error narrower than its instruction acts on the first qubits
        return ((self._channel(error), tuple(range(error.num_qubits))),)

    def _channel(self, error: QuantumError) -> Channel:
        """The error's channel, one for all qubits that share the error (it is kept, so its ``id`` stays its own)."""
        if id(error) not in self._converted:
            self._converted[id(error)] = Channel(np.asarray(SuperOp(error).data))
        return self._converted[id(error)]

    def _relaxed(self, qubit: int, seconds: float) -> Channels:
        known = self._relaxation
        if known is None:
            return ()
        t1, t2, excited = known._t1s[qubit], known._t2s[qubit], known._p1s[qubit]
        if seconds == 0 or (np.isinf(t1) and np.isinf(t2)):
            return ()
        return ((Channel(relaxation(t1, t2, seconds, excited)), (0,)),)

    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """See :class:`.noise.DeviceNoise`. A joint readout error of several qubits is a correlated one."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        groups: list[Confusion] = []
        taken: set[int] = set()
        # as in Aer, a qubit's own error goes before a joint one
        for group in sorted(self._read_local, key=len):
            if set(group) <= place.keys() and taken.isdisjoint(group):
                groups.append(Confusion(tuple(place[q] for q in group), _matrix(self._read_local[group])))
                taken.update(group)
        if self._read_everywhere is not None:
            groups += [Confusion((place[q],), _matrix(self._read_everywhere)) for q in qubits if q not in taken]
        return Readout(tuple(group for group in groups if not np.allclose(group.matrix, np.eye(len(group.matrix)))))

    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """See :class:`.noise.DeviceNoise`."""
        from qiskit_aer.noise import NoiseModel

        place = {qubit: i for i, qubit in enumerate(qubits)}
        model = NoiseModel(basis_gates=self._gates)
        for name, error in self._everywhere.items():
            model.add_all_qubit_quantum_error(error, name, warnings=False)
        for name, errors in self._local.items():
            for where, error in errors.items():
                if set(where) <= place.keys():
                    model.add_quantum_error(error, name, [place[q] for q in where], warnings=False)
        if self._read_everywhere is not None:
            model.add_all_qubit_readout_error(self._read_everywhere, warnings=False)
        for where, misread in self._read_local.items():
            if set(where) <= place.keys():
                model.add_readout_error(misread, [place[q] for q in where], warnings=False)
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
    if len(passes) == 1 and isinstance(passes[0], RelaxationNoisePass) and passes[0]._ops == (Delay,):
        return passes[0]
    kinds = ", ".join(type(p).__name__ for p in passes)
    raise IBMBackendError(
        f"The noise model has noise passes of its own ({kinds}), which cannot be restricted to the qubits a circuit uses. "
        "Expected at most one RelaxationNoisePass, for delays; write the noise as quantum errors of instructions instead."
    )


def _matrix(error: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(error.probabilities, dtype=float)
