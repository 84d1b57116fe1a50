"""What is paid once: imports, and the first run on a large device."""

from __future__ import annotations

import subprocess
import sys

from .bench import Bench, Peer
from .row import Row

_FIRST = """
import time
from qiskit import QuantumCircuit
from qiskit_ibm_runtime.fake_provider import FakeFez
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2 as AerSampler
from qiskit_local_runtime import SamplerV2
backend = FakeFez()
backend.target
circuit = QuantumCircuit(156, 6)
for q in range(5):
    circuit.sx(q); circuit.cz(q, q + 1)
circuit.measure(range(6), range(6))
start = time.perf_counter()
{call}
print(time.perf_counter() - start)
"""


def first_noisy_run(bench: Bench) -> Row:
    """The first noisy run on a 156-qubit fake in a new process, after imports: at most 2 s."""
    return bench.told(
        "first noisy run, 156-qubit fake, new process",
        lambda: _first("SamplerV2(backend).run([circuit]).result()"),
        [Peer("Aer SamplerV2", "aer", lambda: _first("AerSampler.from_backend(backend).run([circuit]).result()"))],
        limit=2.0,
    )


def _first(call: str) -> float:
    """Seconds of the call, as the new process measured them."""
    done = subprocess.run([sys.executable, "-c", _FIRST.format(call=call)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _import(bench: Bench, statement: str, label: str) -> Row:
    def once(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    peer = Peer("qiskit + qiskit-aer", "aer", lambda: once("import qiskit, qiskit_aer"))
    return bench.race(label, lambda: once(statement), [peer], goal=1.1, repeats=7)


def import_package(bench: Bench) -> Row:
    """Importing the package, which loads its names when they are first asked for, against what it stands on."""
    return _import(bench, "import qiskit_local_runtime", "import of the package")


def import_primitives(bench: Bench) -> Row:
    """Importing the primitives (routines and options are loaded with the first primitive that is made)."""
    return _import(bench, "from qiskit_local_runtime import SamplerV2, EstimatorV2", "import of the primitives")


STARTING = (first_noisy_run, import_package, import_primitives)
