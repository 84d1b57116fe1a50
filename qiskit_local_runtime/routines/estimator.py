"""The estimator: circuits and observables in, expectation values out."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import DataBin, PrimitiveResult, PubResult

from ..devices.device import Device
from ..options.settings import EstimatorSettings
from ..pipeline.bundles import Ask
from ..pipeline.estimates import Extrapolation, Samples, estimates, public
from ..pipeline.execute import Answers, Executor, Stretch
from ..pipeline.execution_span import ExecutionSpans, SliceSpan
from ..pipeline.plan import Plan
from ..pipeline.runnable import Runnable
from ..pipeline.signed import sign_variance, signed_means, signed_values
from ..pipeline.term_values import term_values
from ..records.request import Request
from ..sweeps import Shots
from ..techniques.trex import divided
from .base import RoutineTools
from .calibrate import Calibrations, planned
from .checks import check_not_empty, check_observables, values_of, warn_approximation
from .estimator_plan import SIMULATION, Cluster, EstimatorTask, task_of
from .layer_noise import LayerNoise, given, learn, learning_tasks
from .learn_layers import LayerTask
from .noise_learner import check_learnable_device
from .prepare import check_circuit, device_for, runnable, suppression, transpiled
from .usage import estimated, executor_for, planned_work

_MOST_BYTES = 1 << 26
"""Bits of a sweep held at a time."""


class Estimator:
    """The routine behind ``EstimatorV2``."""

    name = "estimator"

    def __init__(self) -> None:
        self._accepted: weakref.WeakKeyDictionary[Request, list[EstimatorTask]] = weakref.WeakKeyDictionary()
        self._learning: weakref.WeakKeyDictionary[Request, list[LayerTask]] = weakref.WeakKeyDictionary()

    def accept(self, request: Request) -> None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        check_not_empty(request.pubs)
        device = device_for(request)
        if _to_learn(request.settings):
            check_learnable_device(device)
        for index, pub in enumerate(request.pubs):
            check_observables(pub.observables, index)
            check_circuit(pub.circuit, device, request.settings, index)
            if request.settings.transpilation is not None:
                values_of(pub.parameter_values, tuple(pub.circuit.parameters), index)
        if request.settings.transpilation is None:
            circuits = [pub.circuit for pub in request.pubs]
            tasks = _tasks_of(request, circuits, device, given(request.settings))
            if _to_learn(request.settings):
                self._learning[request] = learning_tasks(_whats(tasks), device, request)
            _warn(tasks)
            self._accepted[request] = tasks

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult[PubResult]:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tools.phase("pre-processing")
        tasks = self._accepted.pop(request, None) or _tasks(request, tools)
        learning = self._learning.pop(request, None)
        if learning is None and _to_learn(request.settings):
            learning = learning_tasks(_whats(tasks), device_for(request), request)
        tools.phase("on the QPU")
        executor = executor_for(request, tools)
        if learning is not None:
            circuits = [task.circuit for task in tasks]
            tasks = _tasks_of(request, circuits, device_for(request), learn(learning, executor))
        calibrations = Calibrations(request, executor, tasks)
        runs = [_Run(task, index, request, executor, calibrations) for index, task in enumerate(tasks)]
        with executor.each(ask for run in runs for ask in run.asks()) as answers:
            done = [run.result(answers) for run in runs]
        spans = ExecutionSpans(tuple(span for _, span in done))
        metadata = {
            "version": 2,
            "execution": {"execution_spans": spans},
            "resilience": _resilience(request.settings),
            **suppression(request.settings),
        }
        return PrimitiveResult([result for result, _ in done], metadata)

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request)
        if tasks is None:
            return None
        sampled = [
            (what.sweep, what)
            for task in tasks
            if task.split is not None
            for cluster in task.clusters
            for what in cluster.whats
        ]
        learning = [(what.sweep, what) for task in self._learning.get(request, ()) for what in task.whats]
        return estimated(request, [*sampled, *planned(request, tasks), *learning])

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        tasks = self._accepted.get(request) or _tasks(request, tools)
        parts = [
            (_title(index, task, number, factor), what)
            for index, task in enumerate(tasks)
            for number, cluster in enumerate(task.clusters)
            for factor, what in zip(cluster.noise_factors, cluster.whats, strict=True)
        ]
        if _to_learn(request.settings):
            learning = self._learning.get(request) or learning_tasks(_whats(tasks), device_for(request), request)
            parts += [
                (f"learning layer {number}, depth {depth}", what)
                for number, task in enumerate(learning)
                for depth, what in zip(task.depths, task.whats, strict=True)
            ]
        for sweep, what in planned(request, tasks):
            calibration = runnable(sweep, what.device, request.settings, exact=False)
            parts.append(("readout calibration", calibration))
        return planned_work(request, parts)


def _title(index: int, task: EstimatorTask, number: int, factor: float) -> str:
    group = f", group {number}" if len(task.clusters) > 1 else ""
    noise = f", noise × {factor:g}" if len(task.clusters[number].whats) > 1 else ""
    return f"PUB {index}{group}{noise}"


def _tasks(request: Request, tools: RoutineTools) -> list[EstimatorTask]:
    device = device_for(request)
    circuits = [pub.circuit for pub in request.pubs]
    if request.settings.transpilation is not None:
        circuits = [transpiled(circuit, device, request, tools) for circuit in circuits]
    tasks = _tasks_of(request, circuits, device, given(request.settings))
    _warn(tasks)
    return tasks


def _tasks_of(
    request: Request, circuits: Sequence[QuantumCircuit], device: Device, noise: LayerNoise | None
) -> list[EstimatorTask]:
    return [
        task_of(pub, circuit, device, request, index, noise)
        for index, (pub, circuit) in enumerate(zip(request.pubs, circuits, strict=True))
    ]


def _to_learn(settings: EstimatorSettings) -> bool:
    return settings.injects and settings.layer_models is None


def _whats(tasks: Iterable[EstimatorTask]) -> list[Runnable]:
    return [cluster.what for task in tasks for cluster in task.clusters]


def _warn(tasks: list[EstimatorTask]) -> None:
    for index, task in enumerate(tasks):
        for note in {what.estimate.note for cluster in task.clusters for what in cluster.whats}:
            warn_approximation(note, index)


def _resilience(settings: EstimatorSettings) -> dict[str, object]:
    return {
        "level": settings.resilience_level,
        "measure_mitigation": settings.trex.enable,
        "zne_mitigation": settings.zne.enable,
        "pec_mitigation": settings.pec.enable,
        **({"zne": asdict(settings.zne)} if settings.zne.enable else {}),
        **({"pec": asdict(settings.pec)} if settings.pec.enable else {}),
    }


class _Run:
    """One PUB while it runs: fills arrays of shape ``(value sets, distinct observables)``."""

    def __init__(
        self, task: EstimatorTask, index: int, request: Request, executor: Executor, calibrations: Calibrations
    ) -> None:
        self._task, self._index, self._request = task, index, request
        self._executor, self._calibrations = executor, calibrations
        self._shape = (int(task.row_of.max(initial=0)) + 1, int(task.observable_of.max(initial=0)) + 1)
        self._fields: dict[str, NDArray[np.float64]] = {}
        self._extrapolators = np.full(self._shape, "", dtype=object)
        self._stretches: list[Stretch] = []

    def asks(self) -> Iterator[Ask]:
        """What has to be simulated, in the order in which :meth:`result` takes the answers."""
        for number, cluster in enumerate(self._task.clusters):
            if self._task.split is None:
                for place, what in enumerate(cluster.whats):
                    yield Ask(what, self._seed(number, 0, place), cluster.observables.terms)
            elif _measured(cluster):
                for chunk, rows in enumerate(self._chunks(cluster)):
                    for place, what in enumerate(cluster.whats):
                        yield Ask(what.part(rows), self._seed(number, chunk, place))

    def result(self, answers: Answers) -> tuple[PubResult, SliceSpan]:
        """The PUB's result, and when it ran."""
        for name in ("evs", "stds", "ensemble_standard_error"):
            self._field(name, ())
        for cluster in self._task.clusters:
            if self._task.split is None:
                self._exact(cluster, answers)
            elif _measured(cluster):
                self._sampled(cluster, answers)
            else:
                self._constant(cluster)
        return PubResult(self._data(), self._metadata()), self._span()

    def _field(self, name: str, more: tuple[int, ...]) -> NDArray[np.float64]:
        return self._fields.setdefault(name, np.zeros((*self._shape, *more)))

    def _next(self, answers: Answers) -> NDArray[Any]:
        found, stretch = next(answers)
        self._stretches.append(stretch)
        return found

    def _exact(self, cluster: Cluster, answers: Answers) -> None:
        terms, coefficients = cluster.observables.terms, cluster.observables.coefficients
        found = [self._next(answers) for _ in cluster.whats]
        if len(found) == 1 and found[0].shape[1] == 1:
            self._fields["evs"][np.ix_(cluster.rows, cluster.wanted)] = found[0][:, 0] @ coefficients.T
            return
        nothing = np.zeros(len(coefficients))
        for position, row in enumerate(cluster.rows):
            signs = [_Signs.of(what, position) for what in cluster.whats]
            means = [
                values[position] if sign is None else signed_means(values[position], sign.signs, sign.gamma, terms.letters)
                for values, sign in zip(found, signs, strict=True)
            ]
            moving = np.where(terms.letters.any(axis=1), coefficients, 0.0)
            samples = [
                Samples(each, nothing, None if sign is None else sign_variance(each, sign.gamma, moving))
                for each, sign in zip(means, signs, strict=True)
            ]
            self._keep(cluster, int(row), samples, None)

    def _sampled(self, cluster: Cluster, answers: Answers) -> None:
        factors = self._calibrations.factors(cluster) if self._task.trex else None
        for rows in self._chunks(cluster):
            shots = [Shots(self._next(answers), what.sweep.num_clbits) for what in cluster.whats]
            for position, row in enumerate(cluster.rows[rows]):
                place = int(rows.start) + position
                samples = [
                    _samples(cluster, bits, position, factors, _Signs.of(what, place))
                    for what, bits in zip(cluster.whats, shots, strict=True)
                ]
                self._keep(cluster, int(row), samples, factors)

    def _constant(self, cluster: Cluster) -> None:
        """Nothing is measured: observables are multiples of the identity."""
        constants = cluster.observables.coefficients.sum(axis=1)
        terms = np.ones((1, cluster.observables.coefficients.shape[1]))
        for row in cluster.rows:
            samples = [Samples(terms, np.zeros(len(constants))) for _ in cluster.whats]
            self._keep(cluster, int(row), samples, None)

    def _keep(self, cluster: Cluster, row: int, samples: Sequence[Samples], factors: NDArray[np.float64] | None) -> None:
        identity = np.asarray(~cluster.observables.terms.letters.any(axis=1))
        found = estimates(samples, factors, cluster.observables.coefficients, self._extrapolation(cluster), identity)
        for name, values in public(found.fields).items():
            self._field(name, values.shape[1:])[row, cluster.wanted] = values
        if found.extrapolators:
            self._extrapolators[row, cluster.wanted] = found.extrapolators

    def _extrapolation(self, cluster: Cluster) -> Extrapolation | None:
        zne = self._request.settings.zne
        if not zne.enable:
            return None
        return Extrapolation(cluster.noise_factors, zne.extrapolators, zne.extrapolated_noise_factors)

    def _chunks(self, cluster: Cluster) -> list[slice]:
        """Value sets in portions whose bits fit in :data:`_MOST_BYTES`: a matter of the request, not of the machine."""
        rows, endings, randomizations, shots = cluster.what.sweep.shape
        each = endings * randomizations * shots * (cluster.what.sweep.num_clbits // 8 + 1)
        step = max(1, _MOST_BYTES // each)
        return [slice(start, start + step) for start in range(0, rows, step)]

    def _seed(self, number: int, chunk: int, place: int) -> np.random.SeedSequence:
        return np.random.SeedSequence(self._request.seed, spawn_key=(self._index, SIMULATION, number, chunk, place))

    def _data(self) -> DataBin:
        place = (self._task.row_of, self._task.observable_of)
        shape = self._task.pub.shape
        fields = {name: array[place].reshape((*shape, *array.shape[2:])) for name, array in self._fields.items()}
        return DataBin(**fields, shape=shape)

    def _metadata(self) -> dict[str, object]:
        task = self._task
        return {
            "shots": 0 if task.split is None else task.split.shots,
            "target_precision": task.precision,
            "circuit_metadata": task.pub.circuit.metadata,
            "resilience": _resilience(self._request.settings) | self._zne() | self._pec(),
            "num_randomizations": _randomizations(task),
            "simulation": task.clusters[0].what.describe() if task.clusters else {},
        }

    def _zne(self) -> dict[str, object]:
        """What was extrapolated how, for each element of the result."""
        settings: EstimatorSettings = self._request.settings
        if not settings.zne.enable or not self._task.clusters:
            return {}
        chosen = self._extrapolators[self._task.row_of, self._task.observable_of].reshape(self._task.pub.shape)
        first = self._task.clusters[0]
        facts = {"extrapolator": chosen.tolist(), "achieved_noise_factors": list(first.noise_factors)}
        return {"zne": asdict(settings.zne) | facts | ({"not_amplified": list(first.notes)} if first.notes else {})}

    def _pec(self) -> dict[str, object]:
        """What cancelling noise cost."""
        settings: EstimatorSettings = self._request.settings
        if not settings.pec.enable or self._task.overhead is None:
            return {}
        return {"pec": {"max_overhead": settings.pec.max_overhead, **self._task.overhead.facts()}}

    def _span(self) -> SliceSpan:
        shots = 1 if self._task.split is None else self._task.split.shots
        shape = (*self._task.pub.shape, shots)
        now = self._executor.now()
        start = min((s.start for s in self._stretches), default=now)
        stop = max((s.stop for s in self._stretches), default=now)
        return SliceSpan(start, stop, {self._index: (shape, slice(0, int(np.prod(shape))))})


def _measured(cluster: Cluster) -> bool:
    """Whether anything is; else observables are multiples of the identity."""
    return cluster.grouping is not None and bool(cluster.grouping.members)


class _Signs(NamedTuple):
    """How outcomes of one value set count."""

    signs: NDArray[np.int8]
    gamma: float

    @classmethod
    def of(cls, what: Runnable, row: int) -> _Signs | None:
        worn = what.dressed
        found = None if worn is None else worn.signs(1, what.first_row + row)
        if worn is None or worn.injection is None or found is None:
            return None
        return cls(found[0], worn.injection.gamma)


def _samples(
    cluster: Cluster, shots: Shots, position: int, factors: NDArray[np.float64] | None, signs: _Signs | None
) -> Samples:
    """Bits of one value set to means of its terms."""
    grouping = cluster.grouping
    assert grouping is not None
    letters, coefficients = cluster.observables.terms.letters, cluster.observables.coefficients
    scaled = coefficients
    if factors is not None:
        # what readout tells nothing of has no finite error either
        scaled = np.where(coefficients != 0, divided(coefficients, factors.mean(axis=0)), 0.0)
    means = np.ones((shots.packed.shape[2], len(letters)))
    variance = np.zeros(len(coefficients))
    for basis, members in enumerate(grouping.members):
        found = term_values(shots, position, basis, cluster.first_bit, letters[members], scaled[:, members])
        if signs is not None:
            found = signed_values(found, signs.signs, signs.gamma, scaled[:, members])
        means[:, members] = found.means
        variance += found.variances / (shots.packed.shape[2] * shots.packed.shape[3])
    if signs is None:
        return Samples(means, variance)
    moving = np.where(letters.any(axis=1), np.nan_to_num(scaled), 0.0)
    return Samples(means, variance, sign_variance(means, signs.gamma, moving))


def _randomizations(task: EstimatorTask) -> int:
    if task.split is not None:
        return task.split.num_randomizations
    worn = task.clusters[0].what.dressed if task.clusters else None
    return worn.randomizations if worn is not None and worn.varied else 1
