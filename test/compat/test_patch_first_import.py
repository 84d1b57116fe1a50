"""IBM's client when it is first imported inside ``with local_runtime()``, in a Python of its own."""

from __future__ import annotations

import subprocess
import sys
import unittest

_CODE = """
import sys
from qiskit_local_runtime.testing import local_runtime

with local_runtime():
    assert "qiskit_ibm_runtime" not in sys.modules, "it is loaded when it is asked for"
    from qiskit_ibm_runtime import SamplerV2
    from qiskit_ibm_runtime.executor_sampler import Sampler
    import qiskit_ibm_runtime.executor_estimator.estimator as deep
    from qiskit_ibm_runtime.fake_provider import FakeManilaV2
    print(SamplerV2.__module__, Sampler is SamplerV2, deep.EstimatorOptions.__module__, FakeManilaV2.__module__.split(".")[0])

def ours(value):
    kinds = value.__mro__ if isinstance(value, type) else ()
    return any(str(getattr(each, "__module__", "")).startswith("qiskit_local_runtime") for each in (value, *kinds))

left = [
    (name, each)
    for name, module in list(sys.modules.items())
    if name.startswith("qiskit_ibm_runtime")
    for each, value in vars(module).items()
    if ours(value)
]
import qiskit_ibm_runtime
print(left, SamplerV2 is qiskit_ibm_runtime.SamplerV2)
"""


class TestFirstImport(unittest.TestCase):
    """It is loaded as it is, and shows our names."""

    def test_it_shows_ours_inside_and_holds_nothing_of_ours_afterwards(self) -> None:
        done = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        inside, after = done.stdout.splitlines()
        self.assertEqual(
            inside,
            "qiskit_local_runtime.primitives.sampler True qiskit_ibm_runtime.options_models.estimator qiskit_ibm_runtime",
        )
        # a script given by -c has no source to look at: its own name stays
        self.assertEqual(after, "[] False")
