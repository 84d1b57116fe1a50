"""How an estimator PUB is cut into sweeps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import SparseObservable

from ..devices.device import Device
from ..errors import IBMInputValueError
from ..options.settings import EstimatorSettings
from ..pipeline.active import ActiveCircuit, restrict
from ..pipeline.execute import Runnable
from ..records.request import Request
from ..sweeps import Sweep, Terms
from ..techniques.bases import Grouping, ending, group
from ..techniques.readout import through_readout
from ..techniques.terms import Observables, key_of, support, take_apart
from ..techniques.trex import as_paulis
from ..techniques.twirling import Split, draw_flips, split_shots
from .checks import check_angles, remaining
from .prepare import opened, runnable

REGISTER = "_estimator"
SIMULATION, FLIPS, CALIBRATION = 0, 1, 2


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
    what: Runnable


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


def task_of(pub: EstimatorPub, circuit: QuantumCircuit, device: Device, request: Request, index: int) -> EstimatorTask:
    """Cut a PUB into sweeps and choose simulators.

    Args:
        pub: what was asked.
        circuit: the PUB's circuit, transpiled if the runtime was asked to.
        device: what it runs on.
        request: for settings and seed.
        index: the PUB's number, for messages and seeds.
    """
    settings: EstimatorSettings = request.settings
    observables = laid_out(pub.observables, circuit, pub.circuit)
    circuit = opened(circuit, device)
    precision, split = _precision(pub, settings)
    row_of, observable_of, distinct = _positions(pub, observables)
    values, parameters = remaining(pub.parameter_values, pub.circuit, circuit, index)
    check_angles(circuit, device, parameters, values, index)
    builder = _Builder(circuit, parameters, values, device, request, index, split)
    clusters = tuple(
        builder.cluster(rows, wanted, [distinct[w] for w in wanted], number)
        for number, (rows, wanted) in enumerate(_cluster(row_of, observable_of))
    )
    return EstimatorTask(pub, precision, split, row_of, observable_of, clusters, settings.trex.enable)


def laid_out(observables: ObservablesArray, circuit: QuantumCircuit, original: QuantumCircuit) -> ObservablesArray:
    """Observables on the qubits of the circuit that runs: where the runtime transpiled, they follow the layout."""
    if circuit is original or circuit.layout is None:
        return observables
    return observables.apply_layout(circuit.layout)


def _precision(pub: EstimatorPub, settings: EstimatorSettings) -> tuple[float, Split | None]:
    precision = pub.precision
    if precision is None:
        precision = settings.default_precision
        if settings.default_shots is not None:
            precision = 1 / np.sqrt(settings.default_shots)
    if precision == 0:
        return 0.0, None
    shots = int(np.ceil(round(1 / precision**2, 6)))
    if not (settings.trex.enable or settings.twirling.measure):
        return precision, Split(1, shots)
    twirling = settings.twirling
    return precision, split_shots(shots, twirling.num_randomizations, twirling.shots_per_randomization)


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

    def cluster(
        self, rows: NDArray[np.intp], wanted: NDArray[np.intp], observables: list[SparseObservable], number: int
    ) -> Cluster:
        physical = support(observables)
        if self.split is None:
            return self._exact(rows, wanted, observables, physical)
        register = ClassicalRegister(max(1, len(physical)), REGISTER)
        active = restrict(self.circuit, physical, register)
        measured = tuple(active.index(q) for q in physical) or (0,)
        parts = take_apart(observables, physical or (active.qubits[0],))
        if self.request.settings.trex.enable and parts.terms.has_projectors:
            parts = self._expanded(parts)
        grouping = group(parts.terms)
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
            flips=self._flips(len(rows), len(endings), first, len(measured), number),
        )
        return Cluster(rows, wanted, parts, grouping, measured, first, self._runnable(sweep, active))

    def _exact(
        self,
        rows: NDArray[np.intp],
        wanted: NDArray[np.intp],
        observables: list[SparseObservable],
        physical: tuple[int, ...],
    ) -> Cluster:
        active = restrict(self.circuit, physical)
        parts = take_apart(observables, active.qubits)
        device = self.device.restrict(active.qubits)
        if not self.request.settings.trex.enable and device.noise is not None and device.noise.readout:
            parts = self._expanded(parts)
            letters, coefficients = through_readout(parts.terms.letters, parts.coefficients, device.noise.readout)
            parts = Observables(Terms(letters), coefficients)
        sweep = Sweep(
            circuit=active.circuit,
            parameters=self.parameters,
            values=self.values[rows],
            shots=0,
            known_tape=active.tape,
        )
        return Cluster(rows, wanted, parts, None, (), 0, self._runnable(sweep, active))

    def _runnable(self, sweep: Sweep, active: ActiveCircuit) -> Runnable:
        return runnable(sweep, self.device.restrict(active.qubits), self.request.settings, exact=self.split is None)

    def _flips(self, rows: int, endings: int, first: int, width: int, number: int) -> NDArray[np.bool_] | None:
        settings: EstimatorSettings = self.request.settings
        if self.split is None or not (settings.trex.enable or settings.twirling.measure):
            return None
        seed = np.random.SeedSequence(self.request.seed, spawn_key=(self.index, FLIPS, number))
        bits = tuple(range(first, first + width))
        return draw_flips((rows, max(1, endings), self.split.num_randomizations), bits, first + width, seed)

    def _expanded(self, parts: Observables) -> Observables:
        try:
            letters, weights, owner = as_paulis(parts.terms.letters)
        except ValueError as err:
            raise IBMInputValueError(
                f"PUB {self.index}: {err}, which resilience.measure_mitigation needs. Set resilience.measure_mitigation = "
                "False for observables with many projectors, or measure them with the sampler."
            ) from err
        distinct, where = np.unique(letters, axis=0, return_inverse=True)
        coefficients = np.zeros((len(parts.coefficients), len(distinct)))
        for column, weight, term in zip(where.reshape(-1), weights, owner, strict=True):
            coefficients[:, column] += weight * parts.coefficients[:, term]
        return Observables(Terms(distinct), coefficients)
