"""One job on three Dask workers, one of which is killed in the middle: the bits are those of a job run here.

Run it with ``python examples/three_workers.py``: it starts a scheduler and three workers on this machine, as one would start
them on three others (``docs/many-machines.md``). With ``--scheduler tcp://host:8786`` it uses workers that are there already,
and kills none.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from distributed import Client
from qiskit.circuit.library import real_amplitudes
from qiskit.primitives import BitArray
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, amplitude_damping_error

from qiskit_local_runtime import LocalRuntime, SamplerV2
from qiskit_local_runtime.engines import DaskEngine, Engine, InlineEngine

WORKERS = 3
LOOPBACK = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")


def backend() -> AerSimulator:
    """A device that loses energy in every gate."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.002), ["ry"])
    return AerSimulator(noise_model=model, method="density_matrix")


def job(engine: Engine, qubits: int, sets: int) -> tuple[BitArray, float]:
    """Bits of a circuit for many parameter values, and the seconds it took."""
    circuit = real_amplitudes(qubits, reps=1).decompose()
    circuit.measure_all()
    values = np.random.default_rng(7).uniform(-np.pi, np.pi, (sets, circuit.num_parameters))
    start = time.perf_counter()
    with LocalRuntime(engine=engine) as runtime:
        sampler = SamplerV2(backend(), options={"simulator": {"seed_simulator": 1}}, runtime=runtime)
        bits: BitArray = sampler.run([(circuit, values)], shots=1000).result()[0].data.meas
    return bits, time.perf_counter() - start


@contextmanager
def three_workers() -> Iterator[str]:
    """The address of a scheduler with three workers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        processes = [_dask(folder, "scheduler", "--port", "0", "--scheduler-file", str(file))]
        try:
            while not (file.exists() and file.read_text()):
                time.sleep(0.05)
            address: str = json.loads(file.read_text())["address"]
            processes += [_dask(folder, "worker", address, "--nthreads", "1") for _ in range(WORKERS)]
            yield address
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait()


def _dask(folder: str, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *words, *LOOPBACK]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_a_busy_worker(client: Client) -> None:
    """Kill the process of the first worker that is seen to run a part of the job."""
    processes = client.run(os.getpid)
    while True:
        busy = [worker for worker, parts in client.processing().items() if any("run_part" in str(part) for part in parts)]
        if busy:
            os.kill(processes[busy[0]], signal.SIGKILL)
            print(f"killed the worker {processes[busy[0]]}")
            return
        time.sleep(0.01)


def main(words: Sequence[str] | None = None) -> None:
    """Run the job here and there, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use this scheduler and its workers")
    parser.add_argument("--qubits", type=int, default=7)
    parser.add_argument("--sets", type=int, default=4000)
    chosen = parser.parse_args(words)
    size = (chosen.qubits, chosen.sets)

    expected, seconds = job(InlineEngine(), *size)
    print(f"here:                      {seconds:5.1f} s")
    if chosen.scheduler:
        _compare("on its workers:      ", DaskEngine(chosen.scheduler), size, expected)
        return
    with three_workers() as address, Client(address, set_as_default=False) as client:
        client.wait_for_workers(WORKERS)
        _compare("on three workers:    ", DaskEngine(client), size, expected)
        killer = threading.Thread(target=kill_a_busy_worker, args=[client])
        killer.start()
        _compare("one of them killed:  ", DaskEngine(client), size, expected)
        killer.join()


def _compare(what: str, engine: Engine, size: tuple[int, int], expected: BitArray) -> None:
    found, seconds = job(engine, *size)
    print(f"{what}      {seconds:5.1f} s, {'the same bits' if found == expected else 'OTHER BITS'}")


if __name__ == "__main__":
    main()
