"""One-qubit gates as Euler angles, on which Paulis act by signs and half turns.

``U(θ, φ, λ) = Rz(φ) Ry(θ) Rz(λ)`` up to a phase, Qiskit's ``UGate``. Up to a phase again ``Z U`` adds π to φ, ``X U`` is
``U(π − θ, −φ, λ + π)``, ``U Z`` adds π to λ and ``U X`` is ``U(θ + π, φ, π − λ)``: identities between Pauli rotations.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CircuitInstruction, Gate, Parameter, QuantumCircuit
from qiskit.circuit.library import RGate, RXGate, RYGate, RZGate, SXGate, U3Gate, UGate

from ..errors import IBMInputValueError

_SHARP = 1e-13
_HALF, _QUARTER = np.pi, np.pi / 2

_CODES = np.arange(16)
_LEFT_X, _LEFT_Z, _RIGHT_X, _RIGHT_Z = (((_CODES >> bit) & 1).astype(np.float64) for bit in range(4))


class Basis(NamedTuple):
    """Gates that every one-qubit gate can be written in."""

    gates: frozenset[str]
    """Their names."""
    offsets: tuple[float, float, float]
    """What is added to θ, φ, λ to get the gates' own angles."""


BASES: dict[str, Basis] = {
    "rz-sx": Basis(frozenset({"rz", "sx"}), (_HALF, _HALF, 0.0)),
    "rz-rx": Basis(frozenset({"rz", "rx"}), (0.0, _QUARTER, -_QUARTER)),
    "rz-ry": Basis(frozenset({"rz", "ry"}), (0.0, 0.0, 0.0)),
    "rz-r": Basis(frozenset({"rz", "r"}), (0.0, 0.0, 0.0)),
    "u": Basis(frozenset({"u"}), (0.0, 0.0, 0.0)),
    "u3": Basis(frozenset({"u3"}), (0.0, 0.0, 0.0)),
}
"""What a merged one-qubit gate can be written in, the first choice first: ``rz-sx`` is what IBM's devices are calibrated for,
those with fractional ``rx`` too. All but ``u`` and ``u3`` begin and end with ``rz``, of no duration on such devices."""


def basis_for(names: Collection[str]) -> str:
    """The first of :data:`BASES` whose gates are all among ``names``.

    Args:
        names: a target's gates, by Qiskit's names; others do no harm.

    Raises:
        IBMInputValueError: the gates of none are there.
    """
    for basis, needed in BASES.items():
        if needed.gates.issubset(names):
            return basis
    wanted = ", ".join(" and ".join(sorted(needed.gates)) for needed in BASES.values())
    raise IBMInputValueError(
        f"twirling.enable_gates needs one-qubit gates that any rotation can be written in, one of: {wanted}. "
        f"The backend has {', '.join(sorted(names)) or 'none'}. Add gates to its target, or set twirling.enable_gates=False."
    )


def angles_of_gate(name: str, params: Sequence[Any]) -> tuple[Any, Any, Any] | None:
    """θ, φ, λ of a gate some of whose angles are ``ParameterExpression``; ``None`` where no rule is known."""
    match name:
        case "rx":
            return params[0], -_QUARTER, _QUARTER
        case "ry":
            return params[0], 0.0, 0.0
        case "rz" | "p" | "u1":
            return 0.0, 0.0, params[0]
        case "u" | "u3":
            return params[0], params[1], params[2]
        case "u2":
            return _QUARTER, params[0], params[1]
        case "r":
            return params[0], params[1] - _QUARTER, _QUARTER - params[1]
    return None


def matrix_of(angles: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Matrices of determinant 1, ``(..., 2, 2)``, of angles ``(..., 3)`` in the order θ, φ, λ."""
    theta, phi, lam = np.moveaxis(angles, -1, 0) / 2
    out = np.empty((*theta.shape, 2, 2), dtype=np.complex128)
    out[..., 0, 0] = np.cos(theta) * np.exp(-1j * (phi + lam))
    out[..., 0, 1] = -np.sin(theta) * np.exp(1j * (lam - phi))
    out[..., 1, 0] = -out[..., 0, 1].conj()
    out[..., 1, 1] = out[..., 0, 0].conj()
    return out


def angles_of(matrices: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Angles ``(..., 3)`` in the order θ, φ, λ of unitary matrices ``(..., 2, 2)``, whose phase is dropped.

    Where θ is 0 or π to rounding, φ is 0, and λ is chosen so that their defined sum or difference is exact.
    """
    down, stay = matrices[..., 1, 0], matrices[..., 0, 0]
    theta = 2 * np.arctan2(np.abs(down), np.abs(stay))
    # where θ is 0 or π to rounding, φ is noise, which would hide that the gate is Clifford
    sharp = np.minimum(np.abs(down), np.abs(stay)) < _SHARP
    phi = np.where(sharp, 0.0, np.angle(down * stay.conj()))
    total = np.angle(matrices[..., 1, 1] * stay.conj())
    difference = np.angle(-down * matrices[..., 0, 1].conj())
    return np.stack([theta, phi, np.where(np.abs(stay) > np.abs(down), total - phi, phi - difference)], axis=-1)


def with_paulis(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles with each pair of Paulis multiplied on, one to the left (later in time) and one to the right (earlier).

    Args:
        angles: ``(..., 3)``.

    Returns:
        ``(..., 16, 3)``: entry ``left + 4 × right``, codes as in :mod:`~qiskit_local_runtime.sweeps.paulis`.
    """
    theta, phi, lam = (angles[..., i, None] for i in range(3))
    left, right = 1 - 2 * _LEFT_X, 1 - 2 * _RIGHT_X
    return np.stack(
        [
            left * (theta + _HALF * _RIGHT_X) + _HALF * _LEFT_X,
            left * phi + _HALF * _LEFT_Z,
            right * lam + _HALF * (_RIGHT_X + _RIGHT_Z + _LEFT_X),
        ],
        axis=-1,
    )


def append_rotation(out: QuantumCircuit, qubit: int, angles: Sequence[Parameter], basis: str) -> None:
    """Write a merged gate.

    Args:
        out: what is appended to.
        qubit: its index.
        angles: the gates' own θ, φ, λ: those of ``U`` plus the offsets in :data:`BASES`.
        basis: a key of :data:`BASES`.
    """
    theta, phi, lam = angles
    where = (out.qubits[qubit],)
    for gate, params in _rotation(theta, phi, lam, basis):
        # QuantumCircuit's own methods check and broadcast what is known here, at six times the time
        out._append(CircuitInstruction.from_standard(gate._standard_gate, where, params))


def _rotation(theta: Parameter, phi: Parameter, lam: Parameter, basis: str) -> tuple[tuple[type[Gate], tuple[Any, ...]], ...]:
    first, last = (RZGate, (lam,)), (RZGate, (phi,))
    match basis:
        case "u":
            return ((UGate, (theta, phi, lam)),)
        case "u3":
            return ((U3Gate, (theta, phi, lam)),)
        case "rz-sx":
            return first, (SXGate, ()), (RZGate, (theta,)), (SXGate, ()), last
        case "rz-rx":
            return first, (RXGate, (theta,)), last
        case "rz-ry":
            return first, (RYGate, (theta,)), last
    return first, (RGate, (theta, _QUARTER)), last
