"""The server: what HTTP costs beside the job itself, and how many polls one core answers."""

from __future__ import annotations

import os
import socket
import statistics
from collections.abc import Callable
from pathlib import Path

from qiskit import qasm3
from qiskit_aer import AerSimulator

from qiskit_local_runtime import LocalRuntime, SamplerV2
from qiskit_local_runtime.testing import LocalServer
from test.support.rest import COIN, SLOW, Rest

from .bench import Bench, cores
from .measure import Timing, seconds
from .modes import folder
from .row import Row

_CONNECTIONS = 8


def http_round_trip(bench: Bench) -> Row:
    """A trivial job by HTTP (sent, polled, read over one connection) beyond the same in process: at most 15 ms."""
    repeats = bench.size(100, 5)
    with folder() as place, LocalRuntime(store=place / "jobs.sqlite") as runtime:
        circuit, sampler = qasm3.loads(COIN), SamplerV2(AerSimulator(), runtime=runtime)
        in_process = statistics.median(seconds(lambda: sampler.run([circuit], shots=1).result()) for _ in range(repeats))
    with LocalServer() as server, Rest(server.url) as rest:

        def trip() -> None:
            job = rest.submit(shots=1)
            while rest.status(job) != "Completed":
                pass
            rest.samples(job)

        trip()
        taken = Timing(tuple(seconds(trip) - in_process for _ in range(repeats)))
    return Row(label="trivial job by HTTP, beyond the same in process", ours=taken, limit=15e-3, unit="job")


def status_polls(bench: Bench) -> Row:
    """Polls of a job's status, the server on one core: at least 1 500 a second."""
    rounds = bench.size(1000, 10)
    with LocalServer() as server, Rest(server.url) as rest:
        job = rest.submit()
        rest.until(job)
        _pin(server.pid)
        work = _poller(server.url, job, rounds)
        taken = Timing(tuple(seconds(work) / (rounds * _CONNECTIONS) for _ in range(bench.size(5, 1))))
    return Row(label="status poll, server on one core", ours=taken, limit=1 / 1500, unit="poll")


def polls_beside_a_simulation(bench: Bench) -> Row:
    """The slowest of a hundred polls while a job simulates in the server: at most 50 ms."""
    with LocalServer() as server, Rest(server.url) as rest:
        job = rest.submit(circuit=SLOW, shots=1000)
        rest.until(job, "Running")
        taken = []
        while rest.status(job) == "Running" and len(taken) < bench.size(20_000, 100):
            taken.append(seconds(lambda: rest.status(job)))
    slow = statistics.quantiles(taken, n=100)[-1]
    return Row(label="slowest of 100 polls beside a simulation", ours=Timing((slow,)), limit=50e-3, unit="poll")


def _poller(url: str, job: str, rounds: int) -> Callable[[], None]:
    """Polls over several connections, a call on each at a time."""
    host, port = url.removeprefix("http://").split(":")
    call = f"GET /api/v1/jobs/{job}?exclude_params=true HTTP/1.1\r\nhost: {host}\r\n\r\n".encode()

    def work() -> None:
        connections = [socket.create_connection((host, int(port))) for _ in range(_CONNECTIONS)]
        for _ in range(rounds):
            for each in connections:
                each.sendall(call)
            for each in connections:
                _read(each)
        for each in connections:
            each.close()

    return work


def _read(connection: socket.socket) -> None:
    got = b""
    while not got.endswith(b"}"):
        got += connection.recv(1 << 16)
    if not got.startswith(b"HTTP/1.1 200"):
        raise AssertionError(f"expected 200, found {got[:80]!r}")


def _pin(pid: int) -> None:
    """Keep all threads of a process on the last core, where the system lets us."""
    tasks = Path(f"/proc/{pid}/task")
    if cores() > 1 and tasks.exists():
        last = max(os.sched_getaffinity(0))
        for each in tasks.iterdir():
            os.sched_setaffinity(int(each.name), {last})


SERVER = (http_round_trip, status_polls, polls_beside_a_simulation)
