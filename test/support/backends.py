"""Backends of other people's making."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import CXGate, CZGate, HGate, Measure, RZGate, SXGate, XGate
from qiskit.circuit.parameter import Parameter
from qiskit.providers import BackendV2, Options
from qiskit.result import Counts
from qiskit.transpiler import InstructionProperties, QubitProperties, Target
from qiskit_aer import AerSimulator


def line_target(num_qubits: int, **errors: float) -> Target:
    """A line of qubits with cz, sx, x, rz; ``errors`` by gate name."""
    target = Target(num_qubits=num_qubits, dt=1e-9, qubit_properties=[QubitProperties(t1=50e-6, t2=60e-6)] * num_qubits)
    for gate, seconds in ((SXGate(), 35e-9), (XGate(), 35e-9), (RZGate(Parameter("t")), 0.0), (Measure(), 1e-6)):
        known = {(q,): InstructionProperties(duration=seconds, error=errors.get(gate.name, 0.0)) for q in range(num_qubits)}
        target.add_instruction(gate, known)
    pairs = [(q, q + 1) for q in range(num_qubits - 1)] + [(q + 1, q) for q in range(num_qubits - 1)]
    target.add_instruction(
        CZGate(), {pair: InstructionProperties(duration=80e-9, error=errors.get("cz", 0.0)) for pair in pairs}
    )
    return target


class DescribedBackend(BackendV2):
    """Only a target: its ``run`` does not exist."""

    def __init__(self, target: Target) -> None:
        super().__init__(name="described")
        self._target = target

    @property
    def target(self) -> Target:
        return self._target

    @property
    def max_circuits(self) -> int | None:
        return None

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, **options: Any) -> Any:
        raise NotImplementedError


class _Result:
    def __init__(self, counts: list[Any]) -> None:
        self._counts = counts
        self.success = True

    def get_counts(self, index: int) -> Any:
        return self._counts[index]


class _Job:
    def __init__(self, counts: list[Any]) -> None:
        self._counts = counts

    def result(self) -> _Result:
        return _Result(self._counts)


class CountsBackend(BackendV2):
    """Runs circuits itself and gives counts only, within limits.

    Args:
        words: how outcomes are written: ``spaced``, ``plain`` or ``hex``.
        max_circuits: circuits a call.
        max_shots: shots a call.
    """

    def __init__(self, words: str = "spaced", max_circuits: int | None = None, max_shots: int | None = None) -> None:
        super().__init__(name="counts_only")
        self._words, self._most = words, max_circuits
        if max_shots is not None:
            self.max_shots = max_shots
        self.calls: list[tuple[int, int]] = []
        self._target = Target(num_qubits=5)
        for gate in (HGate(), XGate(), Measure()):
            self._target.add_instruction(gate, {(q,): None for q in range(5)})
        self._target.add_instruction(CXGate(), {(q, q + 1): None for q in range(4)})

    @property
    def target(self) -> Target:
        return self._target

    @property
    def max_circuits(self) -> int | None:
        return self._most

    @classmethod
    def _default_options(cls) -> Options:
        return Options(shots=1024)

    def run(self, run_input: list[QuantumCircuit], **options: Any) -> _Job:
        shots = options["shots"]
        self.calls.append((len(run_input), shots))
        result = AerSimulator(seed_simulator=7 + len(self.calls)).run(run_input, shots=shots).result()
        return _Job([self._written(result.get_counts(i)) for i in range(len(run_input))])

    def _written(self, counts: Counts) -> dict[str, int]:
        if self._words == "spaced":
            return dict(counts)
        plain = {word.replace(" ", ""): count for word, count in counts.items()}
        return plain if self._words == "plain" else {hex(int(word, 2)): count for word, count in plain.items()}


class SilentBackend(CountsBackend):
    """Gives nothing at all."""

    def _written(self, counts: Counts) -> dict[str, int]:
        return {}
