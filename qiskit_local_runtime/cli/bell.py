"""The first half of the demo: how often a Bell pair gives each outcome."""

from __future__ import annotations

from dataclasses import dataclass

from qiskit import QuantumCircuit
from qiskit.providers import BackendV2

from ..primitives import SamplerV2
from .device import fitted

OUTCOMES = ("00", "01", "10", "11")
_WIDTH = 40


@dataclass(frozen=True)
class BellPair:
    """What was measured."""

    counts: dict[str, int]
    """Shots per outcome; all four outcomes are there."""

    @property
    def shots(self) -> int:
        """Number of shots."""
        return sum(self.counts.values())


def measure(backend: BackendV2, seed: int, shots: int = 4096) -> BellPair:
    """Prepare a Bell pair on the backend and measure it."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    sampler = SamplerV2(mode=backend, options={"simulator": {"seed_simulator": seed}})
    found = sampler.run([fitted(circuit, backend)], shots=shots).result()[0].data.meas.get_counts()
    return BellPair({outcome: found.get(outcome, 0) for outcome in OUTCOMES})


def table(pair: BellPair) -> str:
    """Outcome, share of the shots and a bar, one line each."""
    shares = ((outcome, count / pair.shots) for outcome, count in pair.counts.items())
    return "\n".join(f"  {outcome}  {share:.3f}  {'█' * round(share * _WIDTH)}" for outcome, share in shares)
