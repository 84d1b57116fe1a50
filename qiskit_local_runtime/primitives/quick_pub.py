"""Estimator PUBs validated without writing every observable out as text, which costs more than a small simulation."""

from __future__ import annotations

from numbers import Real

from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub


class QuickEstimatorPub(EstimatorPub):
    """An ``EstimatorPub`` that checks the same things faster."""

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
