"""The execution modes: what a job costs beside its simulation, and what a batch saves."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit.library import quantum_volume
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import Batch, LocalRuntime, QiskitRuntimeService, SamplerV2
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.scheduler import State
from qiskit_local_runtime.scheduler.events import Finished, Ready, Released, Submitted
from qiskit_local_runtime.store.sqlite import _UPSERT, SqliteStore, _values

from .bench import OWN, Bench, Peer
from .measure import Timing, seconds
from .row import Row


def _trivial() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    return circuit


def _overhead(bench: Bench, runtime: LocalRuntime, limit: float, label: str) -> Row:
    """One job of one shot, beside the same call of Aer; the goal is a time."""
    circuit, aer = _trivial(), AerSimulator()
    with runtime:
        sampler = SamplerV2(aer, runtime=runtime)
        return bench.race(
            label,
            lambda: sampler.run([circuit], shots=1).result(),
            [Peer("bare AerSimulator.run", "aer", lambda: aer.run(circuit, shots=1).result())],
            limit=limit,
            unit="job",
            repeats=9,
        )


def overhead_memory(bench: Bench) -> Row:
    """A trivial job in memory: at most 3 ms."""
    return _overhead(bench, LocalRuntime(), 3e-3, "trivial job, memory store")


def overhead_sqlite(bench: Bench) -> Row:
    """A trivial job in an SQLite store: at most 6 ms."""
    with folder() as place:
        return _overhead(bench, LocalRuntime(store=place / "jobs.sqlite"), 6e-3, "trivial job, SQLite store")


def scheduler_events(bench: Bench) -> Row:
    """Events of the scheduler: at least 50 000 a second."""
    count = bench.size(20_000, 1000)

    def work() -> None:
        state = State()
        for i in range(count):
            name = str(i)
            for event in (Submitted(name, "b"), Ready(name), Released(name), Finished(name, 1.0)):
                state.handle(event, float(i))

    return bench.race("scheduler", work, [], limit=1 / 50_000, unit="event", units=4 * count, repeats=5)


def jobs_of_many(bench: Bench) -> Row:
    """``service.jobs(limit=20)`` among 100 000 stored jobs: at most 50 ms."""
    with folder() as place:
        store = SqliteStore(place / "jobs.sqlite")
        now = datetime.now(UTC)
        row = Job(id="", routine="sampler", backend_name="aer", created=now, status="DONE", finished=now, queue="aer")
        with store._writing() as connection:
            for i in range(bench.size(100_000, 1000)):
                connection.execute(_UPSERT, _values(replace(row, id=str(i), created=now - timedelta(seconds=i))))
        with LocalRuntime(store=store) as runtime:
            service = QiskitRuntimeService(runtime=runtime)
            filters: tuple[dict[str, Any], ...] = (
                {},
                {"backend_name": "aer"},
                {"pending": False},
                {"pending": True},
                {"job_tags": ["x"]},
            )
            taken = [Timing(tuple(seconds(partial(service.jobs, limit=20, **asked)) for _ in range(5))) for asked in filters]
    slowest = max(taken, key=lambda timing: timing.median)
    return Row(label="`service.jobs(limit=20)` of 100 000, slowest filter", ours=slowest, limit=50e-3)


def _volume(seed: int) -> QuantumCircuit:
    circuit = quantum_volume(10, 10, seed=seed)
    circuit.measure_all()
    return circuit


def batch_of_five(bench: Bench) -> Row:
    """Five jobs of ten circuits that the runtime transpiles: in a batch, and in job mode."""
    backend = GenericBackendV2(20, noise_info=False, seed=1)
    many = bench.size(10, 1)
    parts = [[_volume(10 * part + number) for number in range(many)] for part in range(5)]
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

        return bench.race("five transpiled jobs in a batch", batch, [Peer("the same in job mode", OWN, single)], goal=0.8)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


MODES = (overhead_memory, overhead_sqlite, scheduler_events, jobs_of_many, batch_of_five)
