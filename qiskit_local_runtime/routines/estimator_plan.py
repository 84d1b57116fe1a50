"""How an estimator PUB is cut into sweeps."""

from __future__ import annotations

import warnings
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import SparseObservable

from ..devices.cache import IdentityCache
from ..devices.device import Device
from ..errors import IBMInputValueError
from ..options.settings import EstimatorSettings
from ..pipeline.active import ActiveCircuit, restrict
from ..pipeline.overhead import Overhead, cancelling_split
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..sweeps import Sweep, Terms, tape_of
from ..techniques.bases import Grouping, ending, group
from ..techniques.readout import through_readout
from ..techniques.terms import Observables, key_of, support, take_apart
from ..techniques.trex import as_paulis
from ..techniques.twirling import Split, draw_flips, split_shots
from ..techniques.zne_extrapolation import check_factors
from ..techniques.zne_folding import Folded, folded
from .checks import check_angles, remaining
from .layer_noise import LayerNoise
from .prepare import dressed, opened, runnable

SIMULATION, FLIPS, VARIATIONS, FOLDS = 0, 1, 2, 3
CALIBRATION = 2**32 - 1
"""In the place of a PUB's number."""
AUTO_RANDOMIZATIONS = 32
"""Of exact values, which have no shots to divide."""
_LEAST_SIGNED = 256
"""The same where Paulis are injected, once in each: those that matter may be rare."""
_LEAST = 16
"""Randomizations that error bars are made of, where the options leave their number open."""


@dataclass(frozen=True, eq=False)
class Cluster:
    """Rows of parameter values that need the same observables."""

    rows: NDArray[np.intp]
    """Value sets, indices into the PUB's flattened parameter values."""
    wanted: NDArray[np.intp]
    """Distinct observables, indices into the PUB's list of them."""
    observables: Observables
    """Their terms on the active qubits."""
    grouping: Grouping | None
    """The bases, columns as :attr:`measured`; ``None`` for exact values."""
    measured: tuple[int, ...]
    """Active qubits that are measured; their bits follow each other from :attr:`first_bit`."""
    first_bit: int
    whats: tuple[Runnable, ...]
    """What runs: one sweep, or one for each noise factor."""
    noise_factors: tuple[float, ...] = (1.0,)
    """How much noisier each is than the circuit asked for."""
    notes: tuple[str, ...] = ()
    """What is not amplified."""

    @property
    def what(self) -> Runnable:
        """The first of what runs, which says what all have in common."""
        return self.whats[0]


@dataclass(frozen=True, eq=False)
class EstimatorTask:
    """One PUB, ready to run."""

    pub: EstimatorPub
    precision: float
    """0: exact."""
    split: Split | None
    """Shots of each basis; ``None`` for exact values."""
    row_of: NDArray[np.intp]
    """Value set of each element of the flattened result."""
    observable_of: NDArray[np.intp]
    """Distinct observable of each element of the flattened result."""
    clusters: tuple[Cluster, ...]
    trex: bool
    circuit: QuantumCircuit
    """The PUB's circuit, transpiled if the runtime was asked to."""
    overhead: Overhead | None = None
    """What cancelling noise costs; ``None``: none is cancelled or amplified by injection."""


def task_of(
    pub: EstimatorPub,
    circuit: QuantumCircuit,
    device: Device,
    request: Request,
    index: int,
    noise: LayerNoise | None = None,
) -> EstimatorTask:
    """Cut a PUB into sweeps and choose simulators.

    Args:
        pub: what was asked.
        circuit: the PUB's circuit, transpiled if the runtime was asked to.
        device: what it runs on.
        request: for settings and seed.
        index: the PUB's number, for messages and seeds.
        noise: of layers, where it is cancelled or amplified; ``None``: it is not, or not known yet.
    """
    settings: EstimatorSettings = request.settings
    observables = laid_out(pub.observables, circuit, pub.circuit)
    asked, circuit = circuit, opened(circuit, device)
    row_of, observable_of, distinct = _positions(pub, observables)
    values, parameters = remaining(pub.parameter_values, pub.circuit, circuit, index)
    cost = None if noise is None else _cost(circuit, support(distinct), parameters, device, settings, noise, index)
    precision, split = _precision(pub, settings, device.detuning_draws, cost)
    if split is None and not device.simulated:
        raise IBMInputValueError(
            f"PUB {index}: precision = 0 asks for exact values, but {device.name} returns counts or memory only. Set a "
            "precision above 0."
        )
    check_angles(circuit, device, parameters, values, index)
    builder = _Builder(circuit, parameters, values, device, request, index, split, noise, cost)
    clusters = tuple(
        builder.cluster(rows, wanted, [distinct[w] for w in wanted], number)
        for number, (rows, wanted) in enumerate(_cluster(row_of, observable_of))
    )
    return EstimatorTask(pub, precision, split, row_of, observable_of, clusters, settings.trex.enable, asked, cost)


def _cost(
    circuit: QuantumCircuit,
    physical: tuple[int, ...],
    parameters: tuple[Parameter, ...],
    device: Device,
    settings: EstimatorSettings,
    noise: LayerNoise,
    index: int,
) -> Overhead:
    active = restrict(circuit, physical)
    restricted = device.restrict(active.qubits)
    worn = dressed(active.circuit, parameters, restricted, device, settings, 1, np.random.SeedSequence(0))
    try:
        return noise.overhead(worn, settings, active.qubits)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"PUB {index}: {err}") from None


def laid_out(observables: ObservablesArray, circuit: QuantumCircuit, original: QuantumCircuit) -> ObservablesArray:
    """Observables on the qubits of the circuit that runs: where the runtime transpiled, they follow the layout."""
    if circuit is original or circuit.layout is None:
        return observables
    return observables.apply_layout(circuit.layout)


def _precision(pub: EstimatorPub, settings: EstimatorSettings, draws: int, cost: Overhead | None) -> tuple[float, Split | None]:
    precision = pub.precision
    if precision is None:
        precision = settings.default_precision
        if settings.default_shots is not None:
            precision = 1 / np.sqrt(settings.default_shots)
    if precision == 0:
        return 0.0, None
    shots = int(np.ceil(round(1 / precision**2, 6)))
    twirling = settings.twirling
    if not twirling.any:
        # noise that drifts makes shots of one draw depend on each other: draws are what varies
        draws = min(draws, shots)
        return precision, Split(draws, -(-shots // draws))
    given = (shots, twirling.num_randomizations, twirling.shots_per_randomization)
    if settings.pec.enable and cost is not None:
        split = cancelling_split(*given, cost.sampling_overhead, least=_LEAST_SIGNED)
    else:
        split = split_shots(*given, least=_LEAST_SIGNED if settings.injects else _LEAST)
    if split.num_randomizations == 1:
        warnings.warn(
            "twirling.num_randomizations = 1: how much results vary with the randomization cannot be seen, so standard errors "
            "are those of shots alone and too small. Leave it at 'auto', or set at least 16.",
            UserWarning,
            stacklevel=2,
        )
    return precision, split


def _positions(
    pub: EstimatorPub, observables: ObservablesArray
) -> tuple[NDArray[np.intp], NDArray[np.intp], list[SparseObservable]]:
    """For each element of the result its value set and its distinct observable."""
    flat = observables.sparse_observables_array().ravel()
    seen: dict[bytes, int] = {}
    distinct: list[SparseObservable] = []
    number = np.empty(len(flat), dtype=np.intp)
    for i, observable in enumerate(flat):
        key = key_of(observable)
        if key not in seen:
            seen[key] = len(distinct)
            distinct.append(observable)
        number[i] = seen[key]
    sets = np.arange(pub.parameter_values.size).reshape(pub.parameter_values.shape)
    rows, which = np.broadcast_arrays(sets, number.reshape(observables.shape))
    return rows.ravel(), which.ravel(), distinct


def _cluster(row_of: NDArray[np.intp], observable_of: NDArray[np.intp]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Group value sets by the set of observables they are asked for, so that nothing is computed that nobody wants."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for row, observable in zip(row_of.tolist(), observable_of.tolist(), strict=True):
        wanted[row].add(observable)
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row, observables in wanted.items():
        groups[tuple(sorted(observables))].append(row)
    return [(np.array(rows, dtype=np.intp), np.array(which, dtype=np.intp)) for which, rows in groups.items()]


@dataclass(frozen=True, eq=False)
class _Builder:
    circuit: QuantumCircuit
    parameters: tuple[Parameter, ...]
    values: NDArray[np.float64]
    device: Device
    request: Request
    index: int
    split: Split | None
    noise: LayerNoise | None
    cost: Overhead | None

    def cluster(
        self, rows: NDArray[np.intp], wanted: NDArray[np.intp], observables: list[SparseObservable], number: int
    ) -> Cluster:
        physical = support(observables)
        if self.split is None:
            return self._exact(rows, wanted, observables, physical, number)
        active = restrict(self.circuit, physical, measured=max(1, len(physical)))
        measured = tuple(active.index(q) for q in physical) or (0,)
        parts = take_apart(observables, physical or (active.qubits[0],))
        if self.request.settings.trex.enable and parts.terms.has_projectors:
            parts = self._expanded(parts, "resilience.measure_mitigation needs")
        grouping = group(parts.terms)
        register = active.circuit.cregs[-1]
        endings = tuple(
            ending(basis, measured, active.circuit, register, self.device.target, active.qubits) for basis in grouping.bases
        )
        first = self.circuit.num_clbits
        sweep = Sweep(
            circuit=active.circuit,
            parameters=self.parameters,
            values=self.values[rows],
            known_tape=active.tape,
            shots=self.split.shots_per_randomization,
            endings=endings,
            known_endings=tuple(map(tape_of, endings)),
            flips=self._flips(len(rows), len(endings), first, len(measured), number),
        )
        return self._amplified(Cluster(rows, wanted, parts, grouping, measured, first, ()), sweep, active, number)

    def _exact(
        self,
        rows: NDArray[np.intp],
        wanted: NDArray[np.intp],
        observables: list[SparseObservable],
        physical: tuple[int, ...],
        number: int,
    ) -> Cluster:
        active = restrict(self.circuit, physical)
        parts = take_apart(observables, active.qubits)
        device = self.device.restrict(active.qubits)
        if not self.request.settings.trex.enable and device.noise is not None and device.noise.readout:
            parts = self._expanded(parts, "exact values through readout errors need")
            readout = device.noise.readout
            readout = readout.twirled() if self.request.settings.twirling.measure else readout
            letters, coefficients = through_readout(parts.terms.letters, parts.coefficients, readout)
            parts = Observables(Terms(letters), coefficients)
        sweep = Sweep(
            circuit=active.circuit,
            parameters=self.parameters,
            values=self.values[rows],
            shots=0,
            known_tape=active.tape,
        )
        return self._amplified(Cluster(rows, wanted, parts, None, (), 0, ()), sweep, active, number)

    def _amplified(self, cluster: Cluster, sweep: Sweep, active: ActiveCircuit, number: int) -> Cluster:
        """The cluster with what runs for it: the circuit as it is, or once for each noise factor."""
        zne = self.request.settings.zne
        if not zne.enable:
            gain = 1.0 if self.cost is None else self.cost.noise_gain
            return replace(cluster, whats=(self._runnable(sweep, active, number, 0, gain),))
        if zne.amplifier == "pea":
            whats = tuple(
                self._runnable(sweep, active, number, place, factor) for place, factor in enumerate(zne.noise_factors)
            )
            return replace(cluster, whats=whats, noise_factors=zne.noise_factors)
        circuits = [self._folded(active.circuit, factor, place) for place, factor in enumerate(zne.noise_factors)]
        factors = tuple(each.factor for each in circuits)
        try:
            check_factors(zne.extrapolators, factors)
        except IBMInputValueError as err:
            raise IBMInputValueError(f"PUB {self.index}: {err}") from None
        whats = tuple(
            self._runnable(replace(sweep, circuit=each.circuit, known_tape=None), active, number, place)
            for place, each in enumerate(circuits)
        )
        return replace(cluster, whats=whats, noise_factors=factors, notes=circuits[-1].notes)

    def _folded(self, circuit: QuantumCircuit, factor: float, place: int) -> Folded:
        amplifier = self.request.settings.zne.amplifier
        seed = np.random.SeedSequence(self.request.seed, spawn_key=(self.index, FOLDS, place))
        # which gates are folded once more is drawn, where not all are folded as often
        drawn = factor % 2 != 1 and amplifier == "gate_folding"
        key = (factor, amplifier, self.device.simulated, (self.request.seed, self.index, place) if drawn else None)
        fold = lambda: folded(circuit, factor, amplifier, seed, barriers=not self.device.simulated)  # noqa: E731
        return _FOLDED.get(circuit, key, fold)

    def _runnable(self, sweep: Sweep, active: ActiveCircuit, number: int, place: int, noise_factor: float = 1.0) -> Runnable:
        settings: EstimatorSettings = self.request.settings
        device = self.device.restrict(active.qubits)
        seed = np.random.SeedSequence(self.request.seed, spawn_key=(self.index, VARIATIONS, number, place))
        count = self.split.num_randomizations if self.split is not None else _exact_randomizations(settings, self.cost)
        exact = self.split is None
        worn = dressed(sweep.circuit, self.parameters, device, self.device, settings, count, seed, exact=exact)
        if self.noise is not None:
            worn = self.noise.inject(worn, noise_factor, active.qubits)
        return runnable(sweep, device, settings, exact=exact, dressed=worn)

    def _flips(self, rows: int, endings: int, first: int, width: int, number: int) -> NDArray[np.bool_] | None:
        settings: EstimatorSettings = self.request.settings
        if self.split is None or (not settings.twirling.any and self.split.num_randomizations == 1):
            return None
        seed = np.random.SeedSequence(self.request.seed, spawn_key=(self.index, FLIPS, number))
        bits = tuple(range(first, first + width)) if settings.twirling.measure else ()
        return draw_flips((rows, max(1, endings), self.split.num_randomizations), bits, first + width, seed)

    def _expanded(self, parts: Observables, why: str) -> Observables:
        try:
            letters, weights, owner = as_paulis(parts.terms.letters)
        except ValueError as err:
            raise IBMInputValueError(
                f"PUB {self.index}: {err}, which {why}. Set resilience.measure_mitigation = False and a precision above 0 for "
                "observables with many projectors, or measure them with the sampler."
            ) from err
        distinct, where = np.unique(letters, axis=0, return_inverse=True)
        coefficients = np.zeros((len(parts.coefficients), len(distinct)))
        for column, weight, term in zip(where.reshape(-1), weights, owner, strict=True):
            coefficients[:, column] += weight * parts.coefficients[:, term]
        return Observables(Terms(distinct), coefficients)


def _exact_randomizations(settings: EstimatorSettings, cost: Overhead | None) -> int:
    count = settings.twirling.num_randomizations or AUTO_RANDOMIZATIONS
    if cost is None:
        return count
    # the same limits as for shots
    return cancelling_split(count, count, 1, cost.sampling_overhead).num_randomizations


_FOLDED: IdentityCache[Folded] = IdentityCache(8)
