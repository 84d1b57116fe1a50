"""Expectation values of many terms in a batch of states, terms grouped by which bits they flip."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..sweeps import Terms
from .state_ops import State

_MOST_ELEMENTS = 1 << 19
"""Sign-table entries handled at a time."""
_CACHED_ELEMENTS = 1 << 13
"""Pairs of amplitudes handled at a time, so that they stay in the cache."""
_KEPT = 16


@dataclass(frozen=True, eq=False)
class _Flipping:
    """Terms that flip the same bits ``x``: their values are signed sums of one vector."""

    x: int
    terms: NDArray[np.intp]
    z: NDArray[np.int64]
    """Which bits each term's sign depends on."""
    phases: NDArray[np.complex128]
    """``i`` to the number of ``Y``."""


def expectations(state: State, terms: Terms) -> NDArray[np.float64]:
    """Values of terms, shape ``(rows, terms)``."""
    out = np.empty((len(state), len(terms)))
    plain = np.flatnonzero((terms.letters <= 3).all(axis=1))
    groups = _grouped(terms)
    flipping = [group for group in groups if group.x]
    together = len(state) == 1 and len(flipping) > 4 and sum(len(g.z) for g in flipping) * state.shape[1] <= _MOST_ELEMENTS
    for group in groups:
        if not (together and group.x):
            out[:, group.terms] = _flipping(state, group)
    if together:
        out[0, np.concatenate([group.terms for group in flipping])] = _together(state[0], terms.key)
    for index in np.setdiff1d(np.arange(len(terms)), plain):
        out[:, index] = _product(state, terms.letters[index])
    return out


def _together(state: State, key: bytes) -> NDArray[np.float64]:
    """All flipping terms of one state, some at a time so that temporary arrays stay small."""
    signed = np.concatenate([state, 1j * state, -state, -1j * state])
    flat = state.view(np.float64)
    out = np.empty(sum(len(group.places) for group in _tables(len(state), key)))
    for table in _tables(len(state), key):
        half = flat.reshape(-1, 2, 2 << table.bit)[:, 0].ravel()
        step = max(1, _CACHED_ELEMENTS // table.images.shape[1])
        for start in range(0, len(table.images), step):
            images = signed.take(table.images[start : start + step], mode="wrap")
            out[table.places[start : start + step]] = 2 * (images.view(np.float64) @ half)
    return out


def _flipping(state: State, group: _Flipping) -> NDArray[np.float64]:
    size = state.shape[1]
    if group.x == 0:
        weights = state.real**2 + state.imag**2
        return weights @ _signs(size, tuple(group.z.tolist())) if _small(size, group) else _slow(weights, group)
    single = group.x & (group.x - 1) == 0
    if single and len(group.z) == 1 and not group.z[0]:
        # one qubit's X alone, as in the fields of spin chains: no copies
        numbers = state.view(np.float64).reshape(len(state), -1, 2, 2 * group.x)
        return np.asarray(2 * np.einsum("rij,rij->r", numbers[:, :, 0], numbers[:, :, 1])[:, None])
    half = _half(size, group.x)
    if single:
        cube = state.reshape(len(state), -1, 2, group.x)
        product = (cube[:, :, 1].conj() * cube[:, :, 0]).reshape(len(state), -1)
    else:
        product = state[:, half ^ group.x].conj() * state[:, half]
    if not _small(size // 2, group):
        return _slow_flipping(product, half, group)
    signs = _signs_at(size, group.x, tuple(group.z.tolist()))
    real = group.phases.imag == 0
    out = np.empty((len(state), len(group.z)))
    for mask, part, factor in (
        (real, product.real, group.phases.real),
        (~real, product.imag, -group.phases.imag),
    ):
        if mask.any():
            out[:, mask] = 2 * (part @ signs[:, mask]) * factor[mask]
    return out


def _slow(weights: NDArray[np.float64], group: _Flipping) -> NDArray[np.float64]:
    index = np.arange(weights.shape[1])
    return np.stack([weights @ _parity_sign(index & z) for z in group.z.tolist()], axis=1)


def _slow_flipping(product: State, half: NDArray[np.int64], group: _Flipping) -> NDArray[np.float64]:
    columns = [
        2 * (phase * (product @ _parity_sign(half & z))).real
        for z, phase in zip(group.z.tolist(), group.phases.tolist(), strict=True)
    ]
    return np.stack(columns, axis=1)


def _small(size: int, group: _Flipping) -> bool:
    return size * len(group.z) <= _MOST_ELEMENTS


def _parity_sign(index: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(1.0 - 2.0 * (np.bitwise_count(index) & 1), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Images:
    """Terms that flip the same highest bit: each maps the half of the state where that bit is 0 to the other half."""

    bit: int
    places: NDArray[np.intp]
    """Where the terms' values go."""
    images: NDArray[np.intp]
    """Shape ``(terms, size / 2)``: for each amplitude ``i`` of the half the index of the term's image of the state at
    ``i``, in the state followed by itself times ``i``, ``-1`` and ``-i``."""


@lru_cache(maxsize=4)
def _tables(size: int, key: bytes) -> tuple[_Images, ...]:
    """All flipping terms, those with the same highest bit together."""
    by_bit: dict[int, list[tuple[int, NDArray[np.intp]]]] = {}
    place = 0
    for group in _GROUPED[key]:
        if not group.x:
            continue
        half = _half(size, group.x)
        for z, phase in zip(group.z.tolist(), group.phases.tolist(), strict=True):
            # phase * X^x Z^z: the amplitude at i is that at i ^ x, with the sign that Z^z gives it there
            quarter = {1: 0, 1j: 1, -1: 2, -1j: 3}[phase] + 2 * (np.bitwise_count((half ^ group.x) & z) & 1).astype(np.intp)
            image = (half ^ group.x) + size * (quarter % 4)
            by_bit.setdefault(group.x.bit_length() - 1, []).append((place, image))
            place += 1
    return tuple(
        _Images(bit, np.array([place for place, _ in found]), np.stack([image for _, image in found]))
        for bit, found in by_bit.items()
    )


@lru_cache(maxsize=512)
def _half(size: int, x: int) -> NDArray[np.int64]:
    """Indices whose highest bit of ``x`` is zero: one of each pair that ``x`` connects."""
    index = np.arange(size)
    return np.asarray(index[(index >> (x.bit_length() - 1)) & 1 == 0])


@lru_cache(maxsize=64)
def _signs(size: int, z: tuple[int, ...]) -> NDArray[np.float64]:
    return np.stack([_parity_sign(np.arange(size) & each) for each in z], axis=1)


@lru_cache(maxsize=512)
def _signs_at(size: int, x: int, z: tuple[int, ...]) -> NDArray[np.float64]:
    return np.stack([_parity_sign(_half(size, x) & each) for each in z], axis=1)


_LOCK = threading.Lock()
_GROUPED: OrderedDict[bytes, tuple[_Flipping, ...]] = OrderedDict()


def _grouped(terms: Terms) -> tuple[_Flipping, ...]:
    key = terms.key
    with _LOCK:
        if key in _GROUPED:
            _GROUPED.move_to_end(key)
            return _GROUPED[key]
    done = _group(terms)
    with _LOCK:
        _GROUPED[key] = done
        while len(_GROUPED) > _KEPT:
            _GROUPED.popitem(last=False)
    return done


def _group(terms: Terms) -> tuple[_Flipping, ...]:
    powers = 1 << np.arange(terms.num_qubits, dtype=np.int64)
    plain = np.flatnonzero((terms.letters <= 3).all(axis=1))
    letters = terms.letters[plain]
    x = ((letters == 1) | (letters == 2)) @ powers
    z = ((letters == 3) | (letters == 2)) @ powers
    phases = np.array([1, 1j, -1, -1j])[(letters == 2).sum(axis=1) % 4]
    return tuple(_Flipping(int(value), plain[x == value], z[x == value], phases[x == value]) for value in np.unique(x))


_ONE = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
_OPERATORS = np.concatenate([_ONE, [(_ONE[0] + s * _ONE[p]) / 2 for p in (3, 1, 2) for s in (1, -1)]])
"""Matrices of the ten letters, in the order of ``Terms.LETTERS``."""


def _product(state: State, letters: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A term with projectors: apply it qubit by qubit, then take the overlap."""
    rows, size = state.shape
    image = state
    for qubit in np.flatnonzero(letters):
        cube = image.reshape(rows, -1, 2, 1 << int(qubit))
        image = (_OPERATORS[letters[qubit]] @ cube).reshape(rows, size)
    return np.asarray(np.einsum("ri,ri->r", state.conj(), image).real)
