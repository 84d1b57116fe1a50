"""Matrices of Qiskit's parametrised gates for many angles at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrices = NDArray[np.complex128]
Angles = NDArray[np.float64]
"""One array of shape ``(rows,)`` per parameter; matrices come as ``(rows, 2^k, 2^k)``, qubit 0 least significant."""


def _stack(entries: list[list[Angles | Matrices | complex]]) -> Matrices:
    rows = max(np.size(e) for line in entries for e in line)
    out = np.zeros((rows, len(entries), len(entries)), dtype=complex)
    for i, line in enumerate(entries):
        for j, entry in enumerate(line):
            out[:, i, j] = entry
    return out


def _u(theta: Angles, phi: Angles, lam: Angles) -> Matrices:
    cos, sin = np.cos(theta / 2), np.sin(theta / 2)
    return _stack([[cos + 0j, -np.exp(1j * lam) * sin], [np.exp(1j * phi) * sin, np.exp(1j * (phi + lam)) * cos]])


def _rx(theta: Angles) -> Matrices:
    cos, sin = np.cos(theta / 2), np.sin(theta / 2)
    return _stack([[cos, -1j * sin], [-1j * sin, cos]])


def _ry(theta: Angles) -> Matrices:
    cos, sin = np.cos(theta / 2), np.sin(theta / 2)
    return _stack([[cos, -sin], [sin, cos]])


def _rz(theta: Angles) -> Matrices:
    return _diagonal(np.stack([np.exp(-0.5j * theta), np.exp(0.5j * theta)], axis=1))


def _p(lam: Angles) -> Matrices:
    return _diagonal(np.stack([np.ones_like(lam) + 0j, np.exp(1j * lam)], axis=1))


def _r(theta: Angles, phi: Angles) -> Matrices:
    return _u(theta, phi - np.pi / 2, np.pi / 2 - phi)


def _diagonal(entries: Matrices) -> Matrices:
    rows, size = entries.shape
    out = np.zeros((rows, size, size), dtype=complex)
    out[:, np.arange(size), np.arange(size)] = entries
    return out


def _controlled(gate: Matrices) -> Matrices:
    """Control on qubit 0, target on qubit 1 (Qiskit's order)."""
    out = np.zeros((len(gate), 4, 4), dtype=complex)
    out[:, 0, 0] = out[:, 2, 2] = 1
    out[:, 1::2, 1::2] = gate
    return out


def _pauli_rotation(theta: Angles, generator: NDArray[np.complex128]) -> Matrices:
    cos, sin = np.cos(theta / 2)[:, None, None], np.sin(theta / 2)[:, None, None]
    return np.asarray(cos * np.eye(4) - 1j * sin * generator)


_X = np.array([[0, 1], [1, 0]], dtype=complex)
_Y = np.array([[0, -1j], [1j, 0]])
_Z = np.diag([1, -1]).astype(complex)


def _cu(theta: Angles, phi: Angles, lam: Angles, gamma: Angles) -> Matrices:
    return _controlled(np.exp(1j * gamma)[:, None, None] * _u(theta, phi, lam))


FAMILIES: dict[str, Callable[..., Matrices]] = {
    "rx": _rx,
    "ry": _ry,
    "rz": _rz,
    "p": _p,
    "u1": _p,
    "u": _u,
    "u3": _u,
    "u2": lambda phi, lam: _u(np.full_like(phi, np.pi / 2), phi, lam),
    "r": _r,
    "cp": lambda lam: _controlled(_p(lam)),
    "cu1": lambda lam: _controlled(_p(lam)),
    "crx": lambda theta: _controlled(_rx(theta)),
    "cry": lambda theta: _controlled(_ry(theta)),
    "crz": lambda theta: _controlled(_rz(theta)),
    "cu": _cu,
    "cu3": lambda theta, phi, lam: _controlled(_u(theta, phi, lam)),
    "rxx": lambda theta: _pauli_rotation(theta, np.kron(_X, _X)),
    "ryy": lambda theta: _pauli_rotation(theta, np.kron(_Y, _Y)),
    "rzz": lambda theta: _pauli_rotation(theta, np.kron(_Z, _Z)),
    "rzx": lambda theta: _pauli_rotation(theta, np.kron(_X, _Z)),
}
"""Name of a parametrised standard gate to its matrices."""
