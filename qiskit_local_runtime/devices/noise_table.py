"""The noise of one circuit as a table, which can be sent to other processes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..sweeps import Step, Tape
from ..sweeps.recent import Recent
from .channel import Channel
from .device import Noise
from .noise import Channels
from .readout import Readout

_Key = tuple[Any, ...]
_Table = dict[_Key, Channels]
_Numbered = list[tuple[_Key, list[tuple[int, tuple[int, ...]]]]]


class NoiseTable:
    """The channels around the steps of some tapes; other steps have none.

    Args:
        before: channels that precede steps, by :func:`step_key`.
        after: those that follow.
        readout: readout errors.
        model: the same for Aer, where it is wanted.
    """

    def __init__(self, before: _Table, after: _Table, readout: Readout, model: Any = None) -> None:
        self._before, self._after, self.readout, self._model = before, after, readout, model

    def before(self, step: Step) -> Channels:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        return self._before.get(step_key(step), ())

    def after(self, step: Step) -> Channels:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        return self._after.get(step_key(step), ())

    def aer_model(self) -> Any:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        return self._model

    def restricted(self, qubits: tuple[int, ...]) -> NoiseTable:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`; without Aer's form of it."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        before, after = _restricted(self._before, place), _restricted(self._after, place)
        return NoiseTable(before, after, self.readout.restricted(qubits))

    def __getstate__(self) -> dict[str, Any]:
        """Every channel once, and without what was worked out of it: equal noise makes equal bytes."""
        numbers: dict[int, int] = {}
        operators: list[np.ndarray[Any, Any]] = []

        def numbered(table: _Table) -> _Numbered:
            return [(key, [(number(channel), where) for channel, where in found]) for key, found in table.items()]

        def number(channel: Channel) -> int:
            if id(channel) not in numbers:
                numbers[id(channel)] = len(operators)
                operators.append(channel.superop)
            return numbers[id(channel)]

        before, after = numbered(self._before), numbered(self._after)
        return {"operators": operators, "before": before, "after": after, "readout": self.readout, "model": self._model}

    def __setstate__(self, state: dict[str, Any]) -> None:
        channels = [Channel(operator) for operator in state["operators"]]

        def named(rows: _Numbered) -> _Table:
            return {key: tuple((channels[number], where) for number, where in found) for key, found in rows}

        self.__init__(named(state["before"]), named(state["after"]), state["readout"], state["model"])  # type: ignore[misc]


def step_key(step: Step) -> _Key:
    """What noise depends on: name, label and qubits (third), and the duration of a delay."""
    if step.name == "delay":
        return step.name, step.label, step.qubits, step.params, getattr(step.operation, "unit", "dt")
    return step.name, step.label, step.qubits


def _restricted(table: _Table, place: dict[int, int]) -> _Table:
    """What happens on the qubits that have a place."""
    out: _Table = {}
    for (name, label, qubits, *more), found in table.items():
        if place.keys() >= set(qubits):
            own = tuple([(channel, tuple([place[q] for q in where])) for channel, where in found])
            out[(name, label, tuple([place[q] for q in qubits]), *more)] = own
    return out


def table_of(noise: Noise, tapes: Iterable[Tape], *, for_aer: bool) -> NoiseTable:
    """The noise of some tapes, or the table made for equal ones before.

    Args:
        noise: of the device.
        tapes: whose steps count.
        for_aer: whether Aer's form of it is wanted too.
    """
    found = tuple(tapes)
    key = (tuple(tape.key for tape in found), for_aer)
    return _MADE.get(key, lambda: _made(noise, found, for_aer=for_aer), noise)


_MADE: Recent[NoiseTable] = Recent(8)


def _made(noise: Noise, tapes: tuple[Tape, ...], *, for_aer: bool) -> NoiseTable:
    steps = {step_key(step): step for tape in tapes for step in tape.steps}
    before = {key: channels for key, step in steps.items() if (channels := noise.before(step))}
    after = {key: channels for key, step in steps.items() if (channels := noise.after(step))}
    return NoiseTable(before, after, noise.readout, noise.aer_model() if for_aer else None)
