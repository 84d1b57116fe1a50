"""What the programs share: a Bell pair for ibm_fez, and how an error is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.quantum_info import SparsePauliOp

NAME = "ibm_fez"
SEED = 11


def bell(backend: Any) -> tuple[QuantumCircuit, QuantumCircuit, SparsePauliOp]:
    """The pair, the pair measured, and ZZ, transpiled."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    transpile = generate_preset_pass_manager(1, backend, seed_transpiler=SEED)
    pair = transpile.run(circuit)
    return pair, transpile.run(circuit.measure_all(inplace=False)), SparsePauliOp("ZZ").apply_layout(pair.layout)


def refusal(of: Callable[[], Any]) -> tuple[str, str]:
    """Name and text of the error that a call must end with."""
    try:
        value = of()
    except Exception as err:  # whatever it is is what the test looks at
        return type(err).__name__, str(err)
    raise AssertionError(f"It was not refused but gave {value!r}.")


def tell(**seen: Any) -> None:
    """Print what was seen."""
    print(json.dumps(seen, default=str))
