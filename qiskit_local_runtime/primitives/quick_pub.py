"""Estimator PUBs validated without writing every observable out as text, which costs more than a small simulation."""

from __future__ import annotations

from functools import lru_cache
from numbers import Real

from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers import EstimatorPubLike
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import SparsePauliOp


class QuickEstimatorPub(EstimatorPub):
    """An ``EstimatorPub`` that checks the same things faster."""

    @classmethod
    def coerce(cls, pub: EstimatorPubLike, precision: float | None = None) -> EstimatorPub:
        """As ``EstimatorPub.coerce``; an operator that comes again, in a variational algorithm say, is not converted again."""
        if isinstance(pub, (tuple, list)) and len(pub) > 1 and type(pub[1]) is SparsePauliOp and pub[1].coeffs.dtype == complex:
            pub = (pub[0], _observables(_Operator(pub[1])), *pub[2:])
        coerced: EstimatorPub = super().coerce(pub, precision)
        return coerced

    def validate(self) -> None:
        """Check circuit, widths, number of parameter values and precision.

        Raises:
            TypeError: a part has the wrong type.
            ValueError: parts do not fit together.
        """
        if not isinstance(self.circuit, QuantumCircuit):
            raise TypeError(f"expected a QuantumCircuit, found {type(self.circuit).__name__}.")
        self.parameter_values.validate()
        if self.precision is not None and not isinstance(self.precision, Real):
            raise TypeError(f"precision must be a real number, found {self.precision!r}.")
        if self.precision is not None and self.precision < 0:
            raise ValueError(f"precision must be non-negative, found {self.precision}.")
        if self.observables.size and self.observables.num_qubits != self.circuit.num_qubits:
            raise ValueError(
                f"the observables act on {self.observables.num_qubits} qubits and the circuit has {self.circuit.num_qubits} "
                "qubits; expected the same number (use apply_layout for a transpiled circuit)."
            )
        given, wanted = self.parameter_values.num_parameters, self.circuit.num_parameters
        if given != wanted:
            raise ValueError(f"there are values for {given} parameters and the circuit has {wanted} parameters.")


class _Operator:
    """An operator as a key, by what it is now."""

    __slots__ = ("_hash", "_key", "operator")

    def __init__(self, operator: SparsePauliOp) -> None:
        self.operator = operator
        paulis, coeffs = operator.paulis, operator.coeffs
        self._key = (
            paulis.num_qubits,
            paulis.z.tobytes(),
            paulis.x.tobytes(),
            paulis.phase.tobytes(),
            coeffs.tobytes(),
        )
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Operator) and self._key == other._key


@lru_cache(maxsize=16)
def _observables(asked: _Operator) -> ObservablesArray:
    return ObservablesArray(asked.operator)
