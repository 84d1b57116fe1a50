"""Delays in seconds on their way through QPY, which keeps their numbers and loses their units (Qiskit's issue 8293)."""

from __future__ import annotations

from collections.abc import Callable

from qiskit.circuit import CircuitInstruction, ControlFlowOp, Delay, Instruction, QuantumCircuit

_UNITS = {f"delay in {unit}": unit for unit in ("s", "ms", "us", "ns", "ps")}
"""By the name of what stands for such a delay."""
_NAMES = {unit: name for name, unit in _UNITS.items()}


def without_units(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with an instruction that says its unit in place of each delay that is not in ``dt``."""
    return _changed(circuit, _carrier)


def with_units(circuit: QuantumCircuit) -> QuantumCircuit:
    """The reverse of :func:`without_units`."""
    return _changed(circuit, _delay)


def _carrier(item: CircuitInstruction) -> Instruction | None:
    if item.name != "delay" or item.operation.unit not in _NAMES:
        return None
    return Instruction(_NAMES[item.operation.unit], 1, 0, list(item.params), label=item.label)


def _delay(item: CircuitInstruction) -> Instruction | None:
    if item.name not in _UNITS:
        return None
    made = Delay(item.params[0], _UNITS[item.name])
    made.label = item.label
    return made


def _changed(circuit: QuantumCircuit, change: Callable[[CircuitInstruction], Instruction | None]) -> QuantumCircuit:
    """The circuit with some instructions replaced, in blocks of control flow too; itself where there are none."""
    found: dict[int, Instruction] = {}
    for place, item in enumerate(circuit.data):
        made = _in_blocks(item.operation, change) if item.is_control_flow() else change(item)
        if made is not None:
            found[place] = made
    if not found:
        return circuit
    out = circuit.copy_empty_like()
    for place, item in enumerate(circuit.data):
        out._append(item.replace(operation=found[place]) if place in found else item)
    return out


def _in_blocks(operation: ControlFlowOp, change: Callable[[CircuitInstruction], Instruction | None]) -> ControlFlowOp | None:
    blocks = [_changed(block, change) for block in operation.blocks]
    same = all(new is old for new, old in zip(blocks, operation.blocks, strict=True))
    return None if same else operation.replace_blocks(blocks)
