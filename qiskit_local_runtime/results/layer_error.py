"""A layer and its noise as IBM's noise learner returns them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qiskit.circuit import QuantumCircuit

from ..errors import IBMInputValueError
from .lindblad_error import PauliLindbladError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class LayerError:
    """The noise before a layer of gates.

    Args:
        circuit: the layer.
        qubits: physical qubit of each qubit of the circuit.
        error: its noise, on the circuit's qubits; ``None``: not known, or none.

    Raises:
        IBMInputValueError: circuit, qubits and noise are not of one size.
    """

    def __init__(self, circuit: QuantumCircuit, qubits: Sequence[int], error: PauliLindbladError | None = None) -> None:
        self._circuit, self._qubits, self._error = circuit, [int(qubit) for qubit in qubits], error
        sizes = {len(self._qubits), circuit.num_qubits, len(self._qubits) if error is None else error.num_qubits}
        if len(sizes) != 1:
            found = "no noise" if error is None else f"noise on {error.num_qubits}"
            raise IBMInputValueError(
                f"Expected a circuit, qubits and noise of one size, found a circuit of {circuit.num_qubits} qubits, "
                f"{len(self._qubits)} qubits and {found}. Name the physical qubit of each qubit of the circuit."
            )

    @property
    def circuit(self) -> QuantumCircuit:
        """The layer, on its own qubits."""
        return self._circuit

    @property
    def qubits(self) -> list[int]:
        """Physical qubit of each of the circuit's."""
        return self._qubits

    @property
    def error(self) -> PauliLindbladError | None:
        """The noise; ``None``: not known, or none."""
        return self._error

    @property
    def num_qubits(self) -> int:
        """Number of the layer's qubits."""
        return len(self._qubits)

    def draw_map(self, embedding: Any = None, *, highest_rate: float | None = None, **options: Any) -> Figure:
        """The rates on a map of the device; see :func:`~qiskit_local_runtime.pictures.draw_layer_map`.

        Args:
            embedding: a backend, or an object with ``coordinates``; ``None``: the layer's qubits alone.
            highest_rate: where the colours end; ``None``: the highest rate.
            options: further ones of that function.
        """
        from ..pictures.layer_map import draw_layer_map

        return draw_layer_map(self, embedding, highest_rate=highest_rate, **options)

    def __repr__(self) -> str:
        return f"LayerError(circuit={self._circuit!r}, qubits={self._qubits}, error={self._error})"
