"""What happens in one case of an error of Aer's: operations after one another."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from qiskit.circuit import Instruction, QuantumCircuit, Reset
from qiskit.circuit.library import PauliGate, UnitaryGate, get_standard_gate_name_mapping

Steps = list[dict[str, Any]]
"""Operations as Aer's ``to_dict()`` has them."""


class StepTable:
    """Numbers cases, the same ones alike."""

    def __init__(self) -> None:
        self.steps: Steps = []
        self.cases: list[list[int]] = []
        self._step_numbers: dict[Any, int] = {}
        self._case_numbers: dict[tuple[int, ...], int] = {}

    def number(self, steps: Steps) -> int:
        """The number of a case.

        Raises:
            TypeError: it holds an operation that cannot be written.
        """
        case = tuple(map(self._step, steps))
        if case not in self._case_numbers:
            self._case_numbers[case] = len(self.cases)
            self.cases.append(list(case))
        return self._case_numbers[case]

    def _step(self, step: dict[str, Any]) -> int:
        key = (step["name"], *step["qubits"], step.get("label"), *map(_bits, step.get("params", ())))
        if key not in self._step_numbers:
            self._step_numbers[key] = len(self.steps)
            self.steps.append(_operation_to(step))
        return self._step_numbers[key]


def _bits(parameter: Any) -> Any:
    return parameter.tobytes() if isinstance(parameter, np.ndarray) else parameter


def write_steps(steps: Steps) -> Steps:
    """A case as plain values.

    Raises:
        TypeError: it holds an operation that cannot be written.
    """
    return [_operation_to(step) for step in steps]


def _operation_to(step: dict[str, Any]) -> dict[str, Any]:
    params = step.get("params", [])
    if step["name"] in ("kraus", "unitary"):
        params = [np.asarray(matrix, dtype=complex) for matrix in params]
    elif step["name"] not in ("pauli", "reset") and (params or step["name"] not in _gates()):
        raise TypeError(f"it holds the operation {step['name']!r}; use Pauli, Kraus, unitary or reset errors")
    label = {"label": step["label"]} if "label" in step else {}
    return {"name": step["name"], "qubits": list(step["qubits"]), "params": list(params)} | label


@cache
def _gates() -> dict[str, Instruction]:
    """Standard gates by name; Qiskit makes them all again at each call."""
    found: dict[str, Instruction] = get_standard_gate_name_mapping()
    return found


def used_qubits(cases: list[Steps]) -> int:
    """Number of qubits that the cases of an error act on; 1 if on none."""
    return max((qubit + 1 for steps in cases for step in steps for qubit in step["qubits"]), default=1)


def read_steps(steps: Steps, size: int) -> QuantumCircuit:
    """The circuit of one case of an error, of so many qubits."""
    made = QuantumCircuit(size)
    for step in steps:
        made.append(_operation(step), step["qubits"])
    return made


def _operation(step: dict[str, Any]) -> Instruction:
    made = _unlabelled(step["name"], step.get("params", []), len(step["qubits"]))
    if step.get("label") is not None:
        made = made.to_mutable()
        made.label = step["label"]
    return made


def _unlabelled(name: str, params: list[Any], size: int) -> Instruction:
    if name == "kraus":
        return Instruction("kraus", size, 0, list(params))
    if name == "unitary":
        return UnitaryGate(params[0])
    if name == "pauli":
        return PauliGate(params[0])
    return Reset() if name == "reset" else _gates()[name]
