"""The execution modes: what a job costs beside its simulation, and what a batch saves."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qiskit import QuantumCircuit
from qiskit.circuit.library import quantum_volume
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import Batch, LocalRuntime, QiskitRuntimeService, SamplerV2
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.scheduler import State
from qiskit_local_runtime.scheduler.events import Finished, Ready, Released, Submitted
from qiskit_local_runtime.store.sqlite import _UPSERT, SqliteStore, _values

from .measure import Row, paired, seconds


def _trivial() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    return circuit


def _overhead(runtime: LocalRuntime, limit: float, label: str) -> Row:
    """One job of one shot, beside the same call of Aer; the goal is the limit in seconds over Aer's time."""
    circuit, aer = _trivial(), AerSimulator()
    with runtime:
        sampler = SamplerV2(aer, runtime=runtime)
        ours, bare = paired(lambda: sampler.run([circuit], shots=1).result(), lambda: aer.run(circuit, shots=1).result(), 9)
    return Row(label, ours, bare, "bare AerSimulator.run", limit / bare, "job")


def overhead_memory() -> Row:
    """A trivial job in memory: at most 3 ms."""
    return _overhead(LocalRuntime(), 3e-3, "trivial job, memory store (goal 3 ms)")


def overhead_sqlite() -> Row:
    """A trivial job in an SQLite store, each step on the disk: at most 6 ms."""
    with _folder() as folder:
        return _overhead(LocalRuntime(store=folder / "jobs.sqlite"), 6e-3, "trivial job, SQLite store (goal 6 ms)")


def scheduler_events() -> Row:
    """Events of the scheduler: at least 50 000 a second."""
    count = 20_000

    def work() -> None:
        state = State()
        for i in range(count):
            name = str(i)
            for event in (Submitted(name, "b"), Ready(name), Released(name), Finished(name, 1.0)):
                state.handle(event, float(i))

    taken = min(seconds(work) for _ in range(5)) / (4 * count)
    return Row("scheduler", taken, 1 / 50_000, "goal", 1.0, "event")


def jobs_of_many() -> Row:
    """``service.jobs(limit=20)`` among 100 000 stored jobs: at most 50 ms."""
    with _folder() as folder:
        store = SqliteStore(folder / "jobs.sqlite")
        now = datetime.now(UTC)
        row = Job(id="", routine="sampler", backend_name="aer", created=now, status="DONE", finished=now, queue="aer")
        with store._writing() as connection:
            for i in range(100_000):
                connection.execute(_UPSERT, _values(replace(row, id=str(i), created=now - timedelta(seconds=i))))
        with LocalRuntime(store=store) as runtime:
            service = QiskitRuntimeService(runtime=runtime)
            taken = max(
                min(seconds(lambda asked=asked: service.jobs(limit=20, **asked)) for _ in range(5))
                for asked in ({}, {"backend_name": "aer"}, {"pending": False}, {"pending": True}, {"job_tags": ["x"]})
            )
    return Row("service.jobs(limit=20) of 100 000, slowest filter", taken, 50e-3, "goal", 1.0)


def _volume(seed: int) -> QuantumCircuit:
    circuit = quantum_volume(10, 10, seed=seed)
    circuit.measure_all()
    return circuit


def batch_of_five() -> Row:
    """Five jobs of ten circuits that the runtime transpiles: in a batch, and in job mode."""
    backend = GenericBackendV2(20, noise_info=False, seed=1)
    parts = [[_volume(10 * part + number) for number in range(10)] for part in range(5)]
    options = {"transpilation": {"optimization_level": 3}, "default_shots": 10}
    with LocalRuntime() as runtime:

        def batch() -> None:
            with Batch(backend, runtime=runtime) as mode:
                jobs = [SamplerV2(mode, options=options).run(part) for part in parts]
                for job in jobs:
                    job.result()

        def single() -> None:
            jobs = [SamplerV2(backend, options=options, runtime=runtime).run(part) for part in parts]
            for job in jobs:
                job.result()

        ours, theirs = paired(batch, single, 3)
    return Row("five transpiled jobs in a batch", ours, theirs, "the same in job mode", 0.8)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


MODES: dict[str, Callable[[], Row]] = {
    work.__name__: work for work in (overhead_memory, overhead_sqlite, scheduler_events, jobs_of_many, batch_of_five)
}
