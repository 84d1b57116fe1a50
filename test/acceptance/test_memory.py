"""Peak memory of a large result."""

from __future__ import annotations

import subprocess
import sys
import unittest

_SCRIPT = """
import resource
import numpy as np
from qiskit.circuit.library import real_amplitudes
from qiskit_aer import AerSimulator
from qiskit_local_runtime import SamplerV2

circuit = real_amplitudes(10, reps=1)
circuit.measure_all()
values = np.random.default_rng(0).random((100, circuit.num_parameters))
sampler = SamplerV2(AerSimulator(), options={"simulator": {"seed_simulator": 0}})
sampler.run([(circuit, values[:1])], shots=10).result()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
bits = sampler.run([(circuit, values)], shots=10**6).result()[0].data.meas
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(bits.array.nbytes, (after - before) * 1024)
"""


class TestMemory(unittest.TestCase):
    """A million shots of a hundred parameter sets."""

    def test_the_peak_is_at_most_twice_the_packed_result_and_200_megabytes(self) -> None:
        done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, timeout=300)
        packed, peak = (int(word) for word in done.stdout.split())
        self.assertEqual(packed, 100 * 10**6 * 2)
        self.assertLess(peak, 2 * packed + 200 * 10**6)
