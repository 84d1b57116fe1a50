"""Two-qubit gates that turn too far, on top of whatever other noise a device has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import Target

from .channel import Channel
from .noise import Channels, DeviceNoise
from .preset_values import Place, Values
from .readout import Readout

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel, QuantumError

AXES: dict[str, str] = {
    **dict.fromkeys(("cx", "rzx", "crx", "csx"), "ZX"),
    "ecr": "-ZX",
    **dict.fromkeys(("cy", "cry"), "ZY"),
    "rxx": "XX",
    "ryy": "YY",
}
"""The axis of a gate's over-rotation, first letter for the gate's first qubit; ``ZZ`` for all others (cz, rzz, cp, …).

The error ``exp(-i ε/2 P)`` follows the gate. It commutes with it, save for ``ecr``, which is an X on the first qubit, then
RZX(-π/2): there it is the RZX that turns too far.
"""

_PAULIS = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}


class CoherentNoise(DeviceNoise):
    """Over-rotated two-qubit gates, then the noise of ``inner``.

    Args:
        angle: radians by pair of physical qubits.
        inner: the device's other noise.
        target: says which gates there are between which qubits; ``None``: all of Qiskit's between all.
        dt: seconds of one ``dt``.
    """

    def __init__(self, angle: Values, inner: DeviceNoise | None, target: Target | None, dt: float | None) -> None:
        super().__init__(dt)
        self._angle, self._inner, self._target = angle, inner, target
        self._gates = frozenset(_standard_gates() if target is None else _gates_of(target))
        self._errors: dict[tuple[str, float], Channels] = {}

    def _seconds(self, step: Any) -> float:
        # without other noise nothing depends on a delay's duration, known or not
        return 0.0 if self._inner is None else super()._seconds(step)

    def _find(self, name: str, label: str | None, qubits: tuple[int, ...], duration: float | None, when: str) -> Channels:
        others = () if self._inner is None else self._inner._find(name, label, qubits, duration, when)
        return others if when == "before" or name not in self._gates else self._turned(name, qubits) + others

    def _turned(self, name: str, qubits: tuple[int, ...]) -> Channels:
        angle = self._angle.at(qubits)
        if not angle:
            return ()
        key = (_axis(name), angle)
        if key not in self._errors:
            matrix = rotation(*key)
            self._errors[key] = ((Channel(np.asarray(np.kron(matrix.conj(), matrix), dtype=complex)), (0, 1)),)
        return self._errors[key]

    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """See :class:`.noise.DeviceNoise`."""
        return Readout() if self._inner is None else self._inner.readout(qubits)

    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """See :class:`.noise.DeviceNoise`."""
        from qiskit_aer.noise import NoiseModel

        model = NoiseModel(basis_gates=sorted(self._gates)) if self._inner is None else self._inner.aer_model(qubits)
        for name in sorted(self._gates):
            local, default = dict(model._local_quantum_errors.get(name, {})), model._default_quantum_errors.pop(name, None)
            for pair, where in self._places(name, qubits, local):
                # as in Aer, an error of these qubits goes before one for all
                error = self._error(name, self._angle.at(pair), local.get(where, default))
                if error is not None:
                    model._local_quantum_errors.get(name, {}).pop(where, None)
                    model.add_quantum_error(error, name, where, warnings=False)
            error = default if self._everywhere is None else self._error(name, self._everywhere, default)
            if error is not None:
                model.add_all_qubit_quantum_error(error, name, warnings=False)
        return model

    @property
    def _everywhere(self) -> float | None:
        """The angle, where all pairs there can be have the same and no target says which there are."""
        return self._angle.value if self._target is None and isinstance(self._angle.value, float) else None

    def _error(self, name: str, angle: float, known: QuantumError | None) -> QuantumError | None:
        """The over-rotation, then an error that was known; ``None`` if there is neither."""
        if not angle:
            return known
        turned = _unitary_error(_axis(name), angle)
        return turned if known is None else turned.compose(_wide(known))

    def _places(self, name: str, qubits: tuple[int, ...], local: Iterable[Place]) -> Iterator[tuple[Place, Place]]:
        """Physical and active qubits of a gate's errors."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        known = None if self._target is None else self._target[name]
        pairs: Iterable[Place] = permutations(qubits, 2) if not known or None in known else known
        if self._everywhere is not None:
            pairs = (tuple(qubits[i] for i in where) for where in local if len(where) == 2)
        for pair in pairs:
            if set(pair) <= place.keys():
                yield pair, tuple(place[qubit] for qubit in pair)


def rotation(axis: str, angle: float) -> NDArray[np.complex128]:
    """``exp(-i angle/2 P)`` of a Pauli as in :data:`AXES`, first letter for the less significant qubit; shape ``(4, 4)``."""
    sign = -1 if axis.startswith("-") else 1
    pauli = sign * np.kron(_PAULIS[axis[-1]], _PAULIS[axis[-2]])
    return np.asarray(np.cos(angle / 2) * np.eye(4) - 1j * np.sin(angle / 2) * pauli)


def _axis(name: str) -> str:
    return AXES.get(name, "ZZ")


@cache
def _standard_gates() -> tuple[str, ...]:
    return tuple(name for name, gate in get_standard_gate_name_mapping().items() if _is_pair_gate(gate))


def _gates_of(target: Target) -> Iterator[str]:
    return (name for name in target.operation_names if _is_pair_gate(target.operation_from_name(name)))


def _is_pair_gate(operation: object) -> bool:
    return isinstance(operation, Gate) and operation.num_qubits == 2


@cache
def _unitary_error(axis: str, angle: float) -> QuantumError:
    from qiskit_aer.noise import coherent_unitary_error

    return coherent_unitary_error(rotation(axis, angle))


def _wide(error: QuantumError) -> QuantumError:
    """An error on the first qubit of a pair as one on both."""
    from qiskit_aer.noise import pauli_error

    return error if error.num_qubits == 2 else pauli_error([("I", 1.0)]).tensor(error)
