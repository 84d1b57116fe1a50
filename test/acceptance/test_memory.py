"""Peak memory of a large result."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[2])
_SCRIPT = """
import sys
import numpy as np
from qiskit.circuit.library import real_amplitudes
from qiskit_aer import AerSimulator
from qiskit_local_runtime import LocalRuntime, SamplerV2

def peak():
    # not ru_maxrss, which begins with that of the process that started this one
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

circuit = real_amplitudes(10, reps=1)
circuit.measure_all()
values = np.random.default_rng(0).random((100, circuit.num_parameters))
with LocalRuntime(store=sys.argv[1] or None) as runtime:
    sampler = SamplerV2(AerSimulator(), options={"simulator": {"seed_simulator": 0}}, runtime=runtime)
    sampler.run([(circuit, values[:1])], shots=10).result()
    before = peak()
    job = sampler.run([(circuit, values)], shots=10**6)
    job.wait_for_final_state()
    computed = peak()
    bits = job.result()[0].data.meas
    print(bits.array.nbytes, int(bits.array[0].sum()), computed - before, peak() - before)
"""


@unittest.skipUnless(Path("/proc/self/status").exists(), "what a process took at most is read from /proc")
class TestMemory(unittest.TestCase):
    """A million shots of a hundred parameter sets of ten qubits."""

    def _check(self, store: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, store],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": _ROOT},
        )
        packed, bits, computed, read = (int(word) for word in done.stdout.split())
        self.assertEqual(packed, 100 * 10**6 * 2)
        self.assertGreaterEqual(computed, packed // 2, "the peak is not that of this job")
        self.assertLess(computed, 2 * packed, "while the result was computed and kept")
        self.assertLess(read, 2 * packed, "while the result was read")
        return bits

    def test_the_peak_is_at_most_twice_the_packed_result_in_memory_and_on_disk(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self._check(""), self._check(str(Path(folder) / "jobs.db")))


if __name__ == "__main__":
    unittest.main()
