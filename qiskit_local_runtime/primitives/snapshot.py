"""PUBs as they were when ``run()`` was called: the job may start later than the user's next line."""

from __future__ import annotations

from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from ..sweeps import frozen


def sampler_snapshot(pub: SamplerPub) -> SamplerPub:
    """A PUB that the user's later changes of circuit and values do not reach."""
    return SamplerPub(frozen(pub.circuit), _copied(pub.parameter_values), pub.shots, validate=False)


def estimator_snapshot(pub: EstimatorPub) -> EstimatorPub:
    """A PUB that the user's later changes of circuit and values do not reach (observables cannot be changed)."""
    return EstimatorPub(frozen(pub.circuit), pub.observables, _copied(pub.parameter_values), pub.precision, validate=False)


def _copied(values: BindingsArray) -> BindingsArray:
    if not values.num_parameters:
        return values
    return BindingsArray({names: array.copy() for names, array in values.data.items()}, shape=values.shape)
