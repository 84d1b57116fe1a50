"""The primitives that ours are compared with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator

from .bench import Bench, Peer

Work = Callable[[Any], object]
"""Uses a primitive."""


def _aer(backend: BackendV2) -> AerSimulator:
    return backend if isinstance(backend, AerSimulator) else AerSimulator.from_backend(backend)


def _aer_sampler(backend: BackendV2) -> Any:
    from qiskit_aer.primitives import SamplerV2

    return SamplerV2.from_backend(backend)


def _aer_sampler_one_thread(backend: BackendV2) -> Any:
    from qiskit_aer.primitives import SamplerV2

    made = _aer(backend)
    made.set_options(max_parallel_threads=1)
    return SamplerV2.from_backend(made)


def _backend_sampler(backend: BackendV2) -> Any:
    from qiskit.primitives import BackendSamplerV2

    return BackendSamplerV2(backend=_aer(backend))


def _ibm_sampler(backend: BackendV2) -> Any:
    from qiskit_ibm_runtime import SamplerV2

    return SamplerV2(mode=backend)


def _aer_estimator() -> Any:
    from qiskit_aer.primitives import EstimatorV2

    return EstimatorV2(options={"default_precision": 0.0})


def _statevector_estimator() -> Any:
    from qiskit.primitives import StatevectorEstimator

    return StatevectorEstimator()


def _ibm_estimator() -> Any:
    from qiskit_ibm_runtime import EstimatorV2

    return EstimatorV2(mode=AerSimulator(), options={"resilience_level": 0})


_SAMPLERS: tuple[tuple[str, str, Callable[[BackendV2], Any]], ...] = (
    ("Aer SamplerV2", "aer", _aer_sampler),
    ("Aer SamplerV2, 1 thread", "aer", _aer_sampler_one_thread),
    ("BackendSamplerV2", "qiskit", _backend_sampler),
    ("IBM local mode", "ibm", _ibm_sampler),
)
_ESTIMATORS: tuple[tuple[str, str, Callable[[], Any]], ...] = (
    ("Aer EstimatorV2", "aer", _aer_estimator),
    ("StatevectorEstimator", "qiskit", _statevector_estimator),
    ("IBM local mode (samples)", "ibm", _ibm_estimator),
)


def samplers(bench: Bench, backend: Callable[[], BackendV2], work: Work, units: float = 1) -> list[Peer]:
    """The samplers of the families wanted, each on a backend of its own."""
    return [
        Peer(name, family, partial(work, make(backend())), units)
        for name, family, make in _SAMPLERS
        if family in bench.families
    ]


def estimators(bench: Bench, work: Work, units: float = 1) -> list[Peer]:
    """The estimators of the families wanted; all but IBM's give exact values."""
    return [Peer(name, family, partial(work, make()), units) for name, family, make in _ESTIMATORS if family in bench.families]
