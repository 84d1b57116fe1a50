"""The result of the third noise learner's job: Pauli–Lindblad maps, one for each instruction that was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import BoxOp, CircuitInstruction
from qiskit.quantum_info import PauliLindbladMap, QubitSparsePauliList

from ..errors import IBMInputValueError

_INJECT = "samplomatic.inject_noise"


class NoiseLearnerV3Result:
    """The noise of one instruction's layer: generators, their rates and errors; made by :meth:`from_generators`."""

    def __init__(self) -> None:
        self._generators: list[QubitSparsePauliList] = []
        self._rates: NDArray[np.float64] = np.array([])
        self._rates_std: NDArray[np.float64] = np.array([])
        self.metadata: dict[str, Any] = {}
        """What else is known: errors, fits, readout."""

    @classmethod
    def from_generators(
        cls,
        generators: Iterable[QubitSparsePauliList],
        rates: Iterable[float],
        rates_std: Iterable[float] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> NoiseLearnerV3Result:
        """A result from its parts.

        Args:
            generators: lists of Paulis; all those of one list have the same rate.
            rates: a rate for each list.
            rates_std: their standard errors; ``None``: 0.
            metadata: what else is known.

        Raises:
            IBMInputValueError: there are not as many of each, or Paulis are not on as many qubits.
        """
        made = cls()
        made._generators = list(generators)
        made._rates = np.array(list(rates), dtype=np.float64)
        made._rates_std = np.zeros_like(made._rates) if rates_std is None else np.array(list(rates_std), dtype=np.float64)
        made.metadata = metadata or {}
        sizes = len(made._generators), len(made._rates), len(made._rates_std)
        if len(set(sizes)) != 1:
            raise IBMInputValueError(
                f"Expected as many generators, rates and rates_std, found {sizes[0]}, {sizes[1]} and {sizes[2]}. Give one each."
            )
        if len({generator.num_qubits for generator in made._generators}) > 1:
            raise IBMInputValueError("Expected generators on the same number of qubits, found several. Pad them with I.")
        return made

    @property
    def generators(self) -> list[QubitSparsePauliList]:
        """Lists of Paulis that share a rate."""
        return self._generators

    @property
    def rates(self) -> NDArray[np.float64]:
        """Rate of each of :attr:`generators`."""
        return self._rates

    @property
    def rates_std(self) -> NDArray[np.float64]:
        """Standard errors of :attr:`rates`."""
        return self._rates_std

    def to_pauli_lindblad_map(self) -> PauliLindbladMap:
        """The noise as Qiskit's map; its qubits are the layer's physical qubits, ascending.

        Raises:
            IBMInputValueError: there are no generators, so that the number of qubits is not known.
        """
        if not self._generators:
            raise IBMInputValueError("Expected a result with generators, found none. Make it with from_generators().")
        rows = [
            (text, qubits, rate)
            for generator, rate in zip(self._generators, self._rates.tolist(), strict=True)
            for text, qubits in generator.to_sparse_list()
        ]
        return PauliLindbladMap.from_sparse_list(rows, num_qubits=self._generators[0].num_qubits)

    def __len__(self) -> int:
        return len(self._generators)

    def __repr__(self) -> str:
        return f"NoiseLearnerV3Result(<{len(self)}> generators)"


class NoiseLearnerV3Results:
    """One result for each instruction, in their order.

    Args:
        data: the results.
        metadata: what is known of all of them.
    """

    def __init__(self, data: Iterable[NoiseLearnerV3Result], metadata: dict[str, Any] | None = None) -> None:
        self.data = list(data)
        self.metadata = metadata or None

    def to_pauli_lindblad_maps(self) -> list[PauliLindbladMap]:
        """The noise of each instruction; ``zip(instructions, …)`` is what ``resilience.layer_noise_model`` takes."""
        return [each.to_pauli_lindblad_map() for each in self.data]

    def to_dict(self, instructions: Sequence[CircuitInstruction], require_refs: bool = True) -> dict[str, PauliLindbladMap]:
        """The maps by the ``ref`` of their instructions' ``InjectNoise`` annotations.

        Args:
            instructions: those that were given to the learner, in their order.
            require_refs: whether an instruction without one is an error, else it is left out.

        Raises:
            IBMInputValueError: there are more or fewer instructions than results, one is no box or has no ``ref``, or two
                have the same.
        """
        if len(instructions) != len(self.data):
            raise IBMInputValueError(
                f"Expected the {len(self.data)} instructions that were given to the learner, found {len(instructions)}."
            )
        found: dict[str, PauliLindbladMap] = {}
        for place, (instruction, made) in enumerate(zip(instructions, self.to_pauli_lindblad_maps(), strict=True)):
            ref = _ref(instruction, place)
            if ref is None and require_refs:
                raise IBMInputValueError(
                    f"Instruction {place}: expected an InjectNoise annotation, found none. Set require_refs = False to leave "
                    "such instructions out."
                )
            if ref in found:
                raise IBMInputValueError(f"Instruction {place}: expected a ref of its own, found {ref!r} again.")
            if ref is not None:
                found[ref] = made
        return found

    def __getitem__(self, index: int) -> NoiseLearnerV3Result:
        return self.data[index]

    def __iter__(self) -> Iterator[NoiseLearnerV3Result]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"NoiseLearnerV3Results(<{len(self)}> data)"


def _ref(instruction: CircuitInstruction, place: int) -> str | None:
    if not isinstance(instruction.operation, BoxOp):
        raise IBMInputValueError(f"Instruction {place}: expected a box, found {instruction.operation.name}.")
    for note in instruction.operation.annotations:
        if note.namespace == _INJECT:
            return str(note.ref)
    return None
