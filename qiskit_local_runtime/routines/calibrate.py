"""The readout calibration TREX needs: obtained once per job and set of measured qubits."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ClassicalRegister, QuantumCircuit

from ..devices.device import ActiveDevice
from ..options.settings import EstimatorSettings
from ..pipeline.execute import Executor
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..sweeps import Shots, Sweep, unpack_bools
from ..techniques.terms import signs
from ..techniques.twirling import draw_flips
from .estimator_plan import CALIBRATION, FLIPS, SIMULATION, Cluster, EstimatorTask
from .prepare import runnable


class Calibrations:
    """The calibration shots of one job.

    Args:
        request: whose settings and seed count.
        executor: runs them.
        tasks: all PUBs of the job, the most demanding of which decides the shots that options leave open.
    """

    def __init__(self, request: Request, executor: Executor, tasks: Iterable[EstimatorTask]) -> None:
        self._request, self._executor, self._shots = request, executor, _most_shots(request, tasks)
        self._done: dict[tuple[int, ...], Shots] = {}

    def factors(self, cluster: Cluster) -> NDArray[np.float64] | None:
        """Mean sign of each term on the twirled all-zero state.

        Args:
            cluster: whose terms (without projectors) are asked about.

        Returns:
            ``(randomizations, terms)``, or ``None`` where the device is known to read perfectly.
        """
        device = cluster.what.device
        if reads_perfectly(device, cluster):
            return None
        physical = tuple(device.qubits[q] for q in cluster.measured)
        if physical not in self._done:
            self._done[physical] = self._measure(cluster)
        bits = unpack_bools(self._done[physical].packed[0, 0], len(physical))
        return np.array([signs(each, cluster.observables.terms.letters).mean(axis=0) for each in bits])

    def _measure(self, cluster: Cluster) -> Shots:
        number = len(self._done)
        sweep = _sweep(cluster, self._shots, self._request, number)
        what = runnable(sweep, cluster.what.device, self._request.settings, exact=False)
        seed = np.random.SeedSequence(self._request.seed, spawn_key=(CALIBRATION, number, SIMULATION, 0))
        return self._executor.sample(what, seed)[0]


def planned(request: Request, tasks: Iterable[EstimatorTask]) -> list[tuple[Sweep, Runnable]]:
    """The calibrations that tasks will ask for, each with what runs on the same device."""
    out: dict[tuple[int, ...], tuple[Sweep, Runnable]] = {}
    tasks = list(tasks)
    shots = _most_shots(request, tasks)
    for task in tasks:
        for cluster in task.clusters if task.trex and task.split is not None else ():
            physical = tuple(cluster.what.device.qubits[q] for q in cluster.measured)
            asked = cluster.grouping is not None and bool(cluster.grouping.members)
            if physical not in out and asked and not reads_perfectly(cluster.what.device, cluster):
                sweep = _sweep(cluster, shots, request, len(out))
                out[physical] = (sweep, cluster.what)
    return list(out.values())


def _most_shots(request: Request, tasks: Iterable[EstimatorTask]) -> int:
    """Shots per randomization that make as many in all as those of the PUB that has the most."""
    settings: EstimatorSettings = request.settings
    most = max((task.split.shots for task in tasks if task.split is not None), default=1)
    return -(-most // settings.trex.num_randomizations)


def _sweep(cluster: Cluster, shots: int, request: Request, number: int) -> Sweep:
    settings: EstimatorSettings = request.settings
    width = len(cluster.measured)
    seed = np.random.SeedSequence(request.seed, spawn_key=(CALIBRATION, number, FLIPS, 0))
    return Sweep(
        circuit=_all_zero(cluster),
        parameters=(),
        values=np.zeros((1, 0)),
        shots=settings.trex.shots_per_randomization or shots,
        flips=draw_flips((1, 1, settings.trex.num_randomizations), tuple(range(width)), width, seed),
    )


def reads_perfectly(device: ActiveDevice, cluster: Cluster) -> bool:
    """Whether nothing can go wrong between a qubit and its recorded bit."""
    if device.backend is not None:
        return False
    if device.noise is None:
        return True
    noise = device.noise
    measurements = [step for tape in cluster.what.sweep.tapes[:1] for step in tape.steps if step.name == "measure"]
    return not noise.readout and not any(noise.before(step) for step in measurements)


def _all_zero(cluster: Cluster) -> QuantumCircuit:
    circuit = QuantumCircuit(cluster.what.sweep.circuit.num_qubits)
    register = ClassicalRegister(len(cluster.measured), "calibration")
    circuit.add_register(register)
    circuit.measure(list(cluster.measured), register)
    return circuit
