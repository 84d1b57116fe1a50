"""The estimator: circuits and observables in, expectation values out."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from qiskit.primitives import DataBin, PrimitiveResult, PubResult

from ..options.settings import EstimatorSettings
from ..pipeline.execute import Executor, Stretch
from ..pipeline.execution_span import ExecutionSpans, SliceSpan
from ..pipeline.plan import Plan
from ..pipeline.term_values import term_values
from ..records.request import Request
from ..sweeps import Shots
from ..techniques.trex import mitigate
from .base import RoutineTools
from .calibrate import Calibrations, planned
from .checks import check_not_empty, check_observables, values_of, warn_approximation
from .estimator_plan import SIMULATION, Cluster, EstimatorTask, task_of
from .prepare import check_circuit, device_for, runnable, transpiled
from .usage import estimated, executor_for, planned_work

_MOST_BYTES = 1 << 26
"""Bits of a sweep held at a time."""


class Estimator:
    """The routine behind ``EstimatorV2``."""

    name = "estimator"

    def __init__(self) -> None:
        self._accepted: weakref.WeakKeyDictionary[Request, list[EstimatorTask]] = weakref.WeakKeyDictionary()

    def accept(self, request: Request) -> None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        check_not_empty(request.pubs)
        device = device_for(request)
        for index, pub in enumerate(request.pubs):
            check_observables(pub.observables, index)
            check_circuit(pub.circuit, device, request.settings, index)
            if request.settings.transpilation is not None:
                values_of(pub.parameter_values, tuple(pub.circuit.parameters), index)
        if request.settings.transpilation is None:
            tasks = [task_of(pub, pub.circuit, device, request, index) for index, pub in enumerate(request.pubs)]
            _warn(tasks)
            self._accepted[request] = tasks

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult[PubResult]:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tools.phase("pre-processing")
        tasks = self._accepted.pop(request, None) or _tasks(request, tools)
        tools.phase("on the QPU")
        executor = executor_for(request, tools)
        calibrations = Calibrations(request, executor)
        done = [_Run(task, index, request, executor, calibrations).result() for index, task in enumerate(tasks)]
        spans = ExecutionSpans(tuple(span for _, span in done))
        metadata = {
            "version": 2,
            "execution": {"execution_spans": spans},
            "resilience": _resilience(request.settings),
            "twirling": {"enable_gates": False, "enable_measure": request.settings.twirling.measure},
            "dynamical_decoupling": {"enable": False},
        }
        return PrimitiveResult([result for result, _ in done], metadata)

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request)
        if tasks is None:
            return None
        sampled = [(cluster.what.sweep, cluster.what) for task in tasks if task.split is not None for cluster in task.clusters]
        return estimated(request, [*sampled, *planned(request, tasks)])

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request) or _tasks(request, tools)
        parts = [
            (f"PUB {index}" + (f", group {number}" if len(task.clusters) > 1 else ""), cluster.what)
            for index, task in enumerate(tasks)
            for number, cluster in enumerate(task.clusters)
        ]
        for sweep, what in planned(request, tasks):
            calibration = runnable(sweep, what.device, request.settings, exact=False)
            parts.append(("readout calibration", calibration))
        return planned_work(request, parts)


def _tasks(request: Request, tools: RoutineTools) -> list[EstimatorTask]:
    device = device_for(request)
    tasks = []
    for index, pub in enumerate(request.pubs):
        circuit = pub.circuit
        if request.settings.transpilation is not None:
            circuit = transpiled(circuit, device, request, tools)
        tasks.append(task_of(pub, circuit, device, request, index))
    _warn(tasks)
    return tasks


def _warn(tasks: list[EstimatorTask]) -> None:
    for index, task in enumerate(tasks):
        for note in {cluster.what.estimate.note for cluster in task.clusters}:
            warn_approximation(note, index)


def _resilience(settings: EstimatorSettings) -> dict[str, object]:
    return {
        "level": settings.resilience_level,
        "measure_mitigation": settings.trex.enable,
        "zne_mitigation": False,
        "pec_mitigation": False,
    }


class _Run:
    """One PUB while it runs: fills arrays of shape ``(value sets, distinct observables)``."""

    def __init__(
        self, task: EstimatorTask, index: int, request: Request, executor: Executor, calibrations: Calibrations
    ) -> None:
        self._task, self._index, self._request = task, index, request
        self._executor, self._calibrations = executor, calibrations
        shape = (int(task.row_of.max(initial=0)) + 1, int(task.observable_of.max(initial=0)) + 1)
        self._evs, self._stds, self._ensemble = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self._stretches: list[Stretch] = []

    def result(self) -> tuple[PubResult, SliceSpan]:
        for number, cluster in enumerate(self._task.clusters):
            if self._task.split is None:
                self._exact(cluster, number)
            else:
                self._sampled(cluster, number)
        return PubResult(self._data(), self._metadata()), self._span()

    def _exact(self, cluster: Cluster, number: int) -> None:
        terms = cluster.observables.terms
        values, stretch = self._executor.expect(cluster.what, terms, self._seed(number, 0))
        self._evs[np.ix_(cluster.rows, cluster.wanted)] = values @ cluster.observables.coefficients.T
        self._stretches.append(stretch)

    def _sampled(self, cluster: Cluster, number: int) -> None:
        if cluster.grouping is None or not cluster.grouping.members:
            constants = cluster.observables.coefficients.sum(axis=1)
            self._evs[np.ix_(cluster.rows, cluster.wanted)] = constants
            return
        split = self._task.split
        assert split is not None
        factors = self._calibrations.factors(cluster, split.shots_per_randomization) if self._task.trex else None
        for chunk, rows in enumerate(self._chunks(cluster)):
            sweep = cluster.what.sweep
            flips = None if sweep.flips is None else sweep.flips[rows]
            part = replace(cluster.what, sweep=replace(sweep, values=sweep.values[rows], flips=flips))
            shots, stretch = self._executor.sample(part, self._seed(number, chunk))
            self._stretches.append(stretch)
            for position, row in enumerate(cluster.rows[rows]):
                self._fold(cluster, shots, position, int(row), factors)

    def _chunks(self, cluster: Cluster) -> list[slice]:
        """Value sets in portions whose bits fit in :data:`_MOST_BYTES`: a matter of the request, not of the machine."""
        rows, endings, randomizations, shots = cluster.what.sweep.shape
        each = endings * randomizations * shots * (cluster.what.sweep.num_clbits // 8 + 1)
        step = max(1, _MOST_BYTES // each)
        return [slice(start, start + step) for start in range(0, rows, step)]

    def _fold(self, cluster: Cluster, shots: Shots, position: int, row: int, factors: NDArray[np.float64] | None) -> None:
        """Bits of one value set to values and errors of its observables."""
        grouping = cluster.grouping
        assert grouping is not None
        letters, coefficients = cluster.observables.terms.letters, cluster.observables.coefficients
        scaled = coefficients if factors is None else coefficients / factors.mean(axis=0)
        means = np.ones((shots.packed.shape[2], len(letters)))
        variance = np.zeros(len(coefficients))
        for basis, members in enumerate(grouping.members):
            found = term_values(shots, position, basis, cluster.first_bit, letters[members], scaled[:, members])
            means[:, members] = found.means
            variance += found.variances / (shots.packed.shape[2] * shots.packed.shape[3])
        values, spread, calibration = mitigate(means, factors, coefficients)
        pooled = np.sqrt(variance + calibration)
        place = (row, cluster.wanted)
        self._evs[place] = values
        self._ensemble[place] = pooled
        self._stds[place] = np.sqrt(spread + calibration) if len(means) > 1 else pooled

    def _seed(self, number: int, chunk: int) -> np.random.SeedSequence:
        return np.random.SeedSequence(self._request.seed, spawn_key=(self._index, SIMULATION, number, chunk))

    def _data(self) -> DataBin:
        place = (self._task.row_of, self._task.observable_of)
        shape = self._task.pub.shape
        fields = {"evs": self._evs, "stds": self._stds, "ensemble_standard_error": self._ensemble}
        return DataBin(**{name: array[place].reshape(shape) for name, array in fields.items()}, shape=shape)

    def _metadata(self) -> dict[str, object]:
        task = self._task
        return {
            "shots": 0 if task.split is None else task.split.shots,
            "target_precision": task.precision,
            "circuit_metadata": task.pub.circuit.metadata,
            "resilience": _resilience(self._request.settings),
            "num_randomizations": 1 if task.split is None else task.split.num_randomizations,
            "simulation": task.clusters[0].what.describe() if task.clusters else {},
        }

    def _span(self) -> SliceSpan:
        shots = 1 if self._task.split is None else self._task.split.shots
        shape = (*self._task.pub.shape, shots)
        now = self._executor.now()
        start = min((s.start for s in self._stretches), default=now)
        stop = max((s.stop for s in self._stretches), default=now)
        return SliceSpan(start, stop, {self._index: (shape, slice(0, int(np.prod(shape))))})
