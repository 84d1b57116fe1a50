"""Noisy state vectors: events are drawn first, and shots run together for as long as they have had the same ones.

The shots of a sweep are a tree: they leave the root, where nothing has happened, with their first event. All its tips are
evolved together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..sweeps import Shots, Sweep, Tape
from .base import Tools
from .jump_gates import Pattern, with_events
from .jump_program import JumpProgram, NoisyOperation, program_of
from .jumps import Jumps, draw_rows
from .recording import record_bits
from .state_ops import Owners, Rotations, State

_SHOTS = 1 << 18
"""Shots whose errors are drawn before any of them runs, unless one row has more."""
_ROWS = 1 << 14
"""Rows that draw together at most; each has a generator."""
_CACHED, _MOST, _FEW, _MANY = 1 << 17, 1 << 21, 32, 2048
"""Amplitudes evolved together: those that stay in the cache; more, up to a limit, where those are few states; never more
states than many."""


def tips_of(num_qubits: int) -> int:
    """How many different states are evolved together; no matter of the machine, so that the bits are not either."""
    return max(1, min(_FEW, _MOST >> num_qubits), min(_MANY, _CACHED >> num_qubits))


def states_of(shots: int, rate: float) -> float:
    """How many whole evolutions one row's shots are worth, where so many errors strike a shot on average.

    A shot with errors is on its own from the first one on, whose time is exponentially distributed.
    """
    alone = 1.0 + math.expm1(-rate) / rate if rate else 0.0
    return 1.0 + shots * alone


@dataclass(frozen=True, eq=False)
class _Errors:
    """What strikes some shots, in the order of operations, shots and places."""

    operations: NDArray[np.intp]
    shots: NDArray[np.intp]
    places: NDArray[np.intp]
    numbers: NDArray[np.float64]

    def of(self, operation: int, position: NDArray[np.intp]) -> dict[int, Pattern]:
        """The errors of an operation by the shot's position."""
        first, last = np.searchsorted(self.operations, (operation, operation + 1))
        out: dict[int, Pattern] = {}
        shots = position[self.shots[first:last]].tolist()
        for shot, place, number in zip(shots, self.places[first:last].tolist(), self.numbers[first:last].tolist(), strict=True):
            out[shot] = (*out.get(shot, ()), (place, number))
        return out


def sample_jumps(sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
    """Sample circuits for which :func:`~qiskit_local_runtime.simulators.jump_program.event_rate` is known."""
    shots = Shots.empty(sweep.shape, sweep.num_clbits)
    rows, _, randomizations, each = sweep.shape
    together = min(_ROWS, max(1, _SHOTS // max(1, randomizations * each)))
    for ending, tape in enumerate(sweep.tapes):
        program = program_of(tape, device)
        for start in range(0, rows, together):
            part = slice(start, min(start + together, rows))
            shots.packed[part, ending] = _Rows(program, sweep, part, ending, device, tools).sample(tape)
    return shots


class _Rows:
    """Some rows of a sweep with one ending."""

    def __init__(
        self, program: JumpProgram, sweep: Sweep, rows: slice, ending: int, device: ActiveDevice, tools: Tools
    ) -> None:
        self._program, self._sweep, self._device, self._tools = program, sweep, device, tools
        self._numbers = range(rows.start, rows.stop)
        self._ending = ending
        spawned = [(*tools.seed.spawn_key, row, ending) for row in self._numbers]
        self._rngs = [np.random.default_rng(np.random.SeedSequence(tools.seed.entropy, spawn_key=key)) for key in spawned]
        self._count = sweep.shape[2] * sweep.shape[3]

    def sample(self, tape: Tape) -> NDArray[np.uint8]:
        """Packed bits ``(rows, randomizations, shots, bytes)``."""
        outcomes = self._outcomes()
        final = tape.final_measurements
        bits = ((outcomes[..., None] >> np.array([qubit for qubit, _ in final], dtype=np.int64)) & 1).astype(np.bool_)
        _, _, randomizations, each = self._sweep.shape
        flips = self._sweep.flips
        return np.stack(
            [
                record_bits(
                    bits[i].reshape(randomizations, each, len(final)),
                    final,
                    self._sweep.num_clbits,
                    self._device,
                    None if flips is None else flips[row, self._ending],
                    self._rngs[i],
                )
                for i, row in enumerate(self._numbers)
            ]
        )

    def _outcomes(self) -> NDArray[np.int64]:
        """Measured basis states ``(rows, randomizations × shots)``."""
        total = len(self._numbers) * self._count
        errors = self._draw()
        chances = np.concatenate([rng.random(self._count) for rng in self._rngs])
        chunk, order = self._chunks(errors, total)
        of_error = chunk[errors.shots]
        out = np.empty(total, dtype=np.int64)
        position = np.empty(total, dtype=np.intp)
        edges = np.flatnonzero(np.diff(chunk[order], prepend=-1, append=-1)) if total else np.zeros(1, dtype=np.intp)
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            members = order[first:last]
            position[members] = np.arange(len(members))
            own = of_error == chunk[members[0]]
            mine = _Errors(errors.operations[own], errors.shots[own], errors.places[own], errors.numbers[own])
            out[members] = self._tree(members // self._count).run(self._program, mine, position, chances[members], self._tools)
        return out.reshape(len(self._numbers), self._count)

    def _draw(self) -> _Errors:
        found = draw_rows(self._program.shared, self._count, self._rngs)
        shots = found.shots.astype(np.intp)
        operations = self._program.operation_of[found.places]
        order = np.lexsort((found.places, shots, operations))
        return _Errors(operations[order], shots[order], found.places[order], found.numbers[order])

    def _chunks(self, errors: _Errors, total: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Each shot's chunk, and the shots in the order of chunks. A row's shots without errors count as one."""
        struck = np.zeros(total, dtype=np.intp)
        struck[errors.shots] = 1
        kind = 2 * (np.arange(total) // max(1, self._count)) + struck
        order = np.argsort(kind, kind="stable")
        new = (np.diff(kind[order], prepend=-1) != 0) | (struck[order] == 1)
        chunk = np.empty(total, dtype=np.intp)
        chunk[order] = (np.cumsum(new) - 1) // tips_of(self._device.num_qubits)
        return chunk, order

    def _tree(self, rows: NDArray[np.intp]) -> _Tree:
        first, last = int(rows.min()), int(rows.max()) + 1
        start = self._numbers.start
        rotations = self._program.gates.rotations(self._sweep, slice(start + first, start + last))
        return _Tree(1 << self._device.num_qubits, last - first, rows - first, rotations)


class _Tree:
    """States evolved together, and the shots that stand behind each.

    Args:
        size: amplitudes of a state.
        rows: rows of parameter values: one state each to begin with.
        rows_of: the row of each shot.
        rotations: of those rows.
    """

    def __init__(self, size: int, rows: int, rows_of: NDArray[np.intp], rotations: Rotations) -> None:
        self._states = np.zeros((rows, size), dtype=complex)
        self._states[:, 0] = 1
        self._rotations = rotations
        self._owners = np.arange(rows)
        self._tip = rows_of.copy()
        self._behind = np.bincount(rows_of, minlength=rows).tolist()

    def run(
        self,
        program: JumpProgram,
        errors: _Errors,
        position: NDArray[np.intp],
        chances: NDArray[np.float64],
        tools: Tools,
    ) -> NDArray[np.int64]:
        """One outcome a shot."""
        for number, operation in enumerate(program.operations):
            if number % 4 == 0 or self._states.size > 1 << 18:
                tools.cancel.check()
            self._advance(operation, errors.of(number, position), program.jumps)
        return self._measure(chances)

    def _advance(self, operation: NoisyOperation, struck: dict[int, Pattern], jumps: tuple[Jumps, ...]) -> None:
        children: dict[tuple[int, Pattern], list[int]] = {}
        for shot, pattern in struck.items():
            children.setdefault((int(self._tip[shot]), pattern), []).append(shot)
        parents = np.array([parent for parent, _ in children], dtype=np.intp)
        owners = self._owners[parents]
        states = self._states[parents] if children else None
        if operation.merged is not None:
            self._states = operation.merged.apply(self._states, self._rotations, self._owners)
        if states is not None:
            states = with_events(states, owners, operation, [pattern for _, pattern in children], self._rotations, jumps)
            self._branch(states, owners, parents.tolist(), list(children.values()))

    def _branch(self, states: State, owners: Owners, parents: list[int], shots: list[list[int]]) -> None:
        """Give every child a place: that of its parent, if it was the last to leave it, else a new one."""
        new, slots = [], []
        for child, (parent, own) in enumerate(zip(parents, shots, strict=True)):
            self._behind[parent] -= len(own)
            if self._behind[parent]:
                slots.append(len(self._behind))
                self._behind.append(0)
                new.append(child)
            else:
                slots.append(parent)
            self._behind[slots[-1]] = len(own)
            self._tip[own] = slots[-1]
        taken = [child for child, slot in enumerate(slots) if slot < len(self._states)]
        self._states[[slots[child] for child in taken]] = states[taken]
        if new:
            self._states = np.concatenate([self._states, states[new]])
            self._owners = np.concatenate([self._owners, owners[new]])

    def _measure(self, chances: NDArray[np.float64]) -> NDArray[np.int64]:
        cumulative = np.cumsum(self._states.real**2 + self._states.imag**2, axis=1)
        order = np.argsort(self._tip, kind="stable")
        edges = np.searchsorted(self._tip[order], np.arange(len(cumulative) + 1))
        out = np.empty(len(self._tip), dtype=np.int64)
        for tip in np.flatnonzero(np.diff(edges)).tolist():
            own = order[edges[tip] : edges[tip + 1]]
            out[own] = np.searchsorted(cumulative[tip], chances[own] * cumulative[tip, -1], side="right")
        return np.asarray(np.minimum(out, cumulative.shape[1] - 1))
