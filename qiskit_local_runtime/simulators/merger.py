"""Gates merged to operations where they commute past what lies between."""

from __future__ import annotations

from .state_ops import Dense, Diagonal, Gate, Local, Operation, Permute

_GROUP = 4
_DIAGONAL, _PERMUTE = -1, -2
"""Where others are the numbers of groups."""


class Merger:
    """Gates, put in one after the other, merged to operations.

    Args:
        num_qubits: of the states.
    """

    def __init__(self, num_qubits: int) -> None:
        self._count = num_qubits
        groups = max(1, -(-num_qubits // _GROUP))
        self._group = [qubit * groups // max(1, num_qubits) for qubit in range(num_qubits)]
        self._operations: list[Operation] = []
        self._newest: dict[int, int] = {}
        """By group or kind the number of the latest operation that takes more gates of its sort."""
        self._last = [-1] * num_qubits
        """By qubit the number of the latest operation that touches it."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """In the order of time."""
        return tuple(self._operations)

    def add(self, gate: Gate) -> None:
        """Merge a gate into the latest operation of its sort if nothing later touches its qubits, or append a new one."""
        qubits, last = gate.qubits, self._last
        sort = self._sort(gate)
        place = -1 if sort is None else self._newest.get(sort, -1)
        if place >= 0 and place >= max([last[qubit] for qubit in qubits], default=-1):
            self._operations[place].gates.append(gate)  # type: ignore[union-attr]
        else:
            place = len(self._operations)
            self._operations.append(self._new(sort, gate))
            if sort is not None:
                self._newest[sort] = place
        for qubit in qubits:
            last[qubit] = place

    def _sort(self, gate: Gate) -> int | None:
        """The group that a gate stays in, else its kind; ``None``: it is an operation by itself."""
        group = self._group[gate.qubits[0]] if gate.qubits else None
        if group is not None and (len(gate.qubits) == 1 or all(self._group[qubit] == group for qubit in gate.qubits)):
            return group
        return _DIAGONAL if gate.diagonal else _PERMUTE if gate.permutation else None

    def _new(self, sort: int | None, gate: Gate) -> Operation:
        if sort is None:
            return Dense(self._count, gate)
        if sort == _DIAGONAL:
            return Diagonal(self._count, [gate])
        if sort == _PERMUTE:
            return Permute(self._count, [gate])
        return Local(self._group.index(sort), self._group.count(sort), [gate])
