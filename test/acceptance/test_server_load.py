"""Many clients at once, and a server that is killed while they are at work."""

from __future__ import annotations

import http.client
import os
import threading
import time
import unittest
from dataclasses import dataclass, field
from pathlib import Path

from qiskit import qasm3

from qiskit_local_runtime import LocalRuntime, QiskitRuntimeService, SamplerV2
from qiskit_local_runtime.testing import LocalServer
from test.support.rest import Rest

_CLIENTS, _JOBS = map(int, os.environ.get("QISKIT_LOCAL_RUNTIME_CLIENTS", "4,10").split(","))
"""How many clients, and how many jobs each of them sends."""
_CIRCUIT = 'OPENQASM 3.0; include "stdgates.inc"; bit[2] c; qubit[2] q; sx q[0]; cx q[0], q[1]; c = measure q;'
_BACKENDS = ("aer_simulator", "fake_manila")
_PAUSE = 0.05


@dataclass
class _Client(threading.Thread):
    """Sends its jobs one after the other; one that no answer came for is sent again."""

    server: LocalServer
    seeds: range
    acknowledged: dict[str, int] = field(default_factory=dict)
    """Seeds by job."""
    read: dict[str, list[str]] = field(default_factory=dict)
    """Results that were there at once."""
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        with Rest(self.server.url) as rest:
            for seed in self.seeds:
                self._insist(rest, seed)

    def _insist(self, rest: Rest, seed: int) -> None:
        for _ in range(600):
            try:
                job = rest.submit(circuit=_CIRCUIT, backend=_backend(seed), seed=seed)
                self.acknowledged[job] = seed
                if rest.status(job) == "Completed":
                    self.read[job] = rest.samples(job)
                return
            except (OSError, http.client.HTTPException):
                time.sleep(_PAUSE)
            except AssertionError as err:
                self.refused.append(str(err))
                return


def _backend(seed: int) -> str:
    return _BACKENDS[seed % len(_BACKENDS)]


def _in_process(seeds: range) -> dict[int, list[str]]:
    """What the primitives say for the same seeds."""
    circuit = qasm3.loads(_CIRCUIT)
    with LocalRuntime() as runtime:
        service = QiskitRuntimeService(runtime=runtime)
        backends = [service.backend(name) for name in _BACKENDS]
        jobs = []
        for seed in seeds:
            sampler = SamplerV2(backends[seed % len(_BACKENDS)], options={"simulator": {"seed_simulator": seed}})
            jobs.append(sampler.run([circuit], shots=100))
        found = [job.result()[0].data.c for job in jobs]
    return {seed: [hex(int(text, 2)) for text in bits.get_bitstrings()] for seed, bits in zip(seeds, found, strict=True)}


class TestKilledServer(unittest.TestCase):
    """Clients that go on through a ``kill -9`` and a restart."""

    def test_what_was_acknowledged_ends_with_the_bits_of_its_seed(self) -> None:
        with LocalServer() as server:
            clients = [_Client(server, range(i * _JOBS, (i + 1) * _JOBS)) for i in range(_CLIENTS)]
            self._run(server, clients)
            self.assertEqual([text for client in clients for text in client.refused], [])
            acknowledged = {job: seed for client in clients for job, seed in client.acknowledged.items()}
            self.assertEqual(set(acknowledged.values()), set(range(_CLIENTS * _JOBS)))
            with Rest(server.url) as rest:
                self.assertEqual({rest.until(job) for job in acknowledged}, {"Completed"})
                after = {job: rest.samples(job) for job in acknowledged}
                unheard = rest.ask("GET", "/jobs?limit=10000").json["count"] - len(acknowledged)
        # a job that was taken in while nobody heard of it was sent again by its client: there are as many as clients at most
        self.assertIn(unheard, range(_CLIENTS + 1))
        expected = _in_process(range(_CLIENTS * _JOBS))
        for job, seed in acknowledged.items():
            self.assertEqual(after[job], expected[seed], f"seed {seed}")
        for client in clients:
            for job, samples in client.read.items():
                self.assertEqual(samples, after[job])

    def _run(self, server: LocalServer, clients: list[_Client]) -> None:
        for client in clients:
            client.start()
        while sum(len(client.acknowledged) for client in clients) < _CLIENTS * _JOBS // 2:
            if any(client.refused for client in clients):
                return
            time.sleep(0.002)
        server.kill()
        server.start()
        for client in clients:
            client.join(300)


class TestLargeResults(unittest.TestCase):
    """A result leaves in pieces."""

    def test_a_result_is_not_in_memory_twice(self) -> None:
        with LocalServer() as server, Rest(server.url) as rest:
            job = rest.submit(shots=3_000_000)
            rest.until(job)
            rest.ask("GET", f"/jobs/{job}/results")
            if not _forget_the_peak(server.pid):
                self.skipTest("this system does not tell what a process has taken")
            before = _kilobytes(server.pid, "VmRSS")
            size = len(rest.ask("GET", f"/jobs/{job}/results").body)
            taken = 1024 * (_kilobytes(server.pid, "VmHWM") - before)
        self.assertGreater(size, 10_000_000)
        self.assertLess(taken, 2 * size, f"{taken} bytes for a result of {size}")


def _forget_the_peak(pid: int) -> bool:
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _kilobytes(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


if __name__ == "__main__":
    unittest.main()
