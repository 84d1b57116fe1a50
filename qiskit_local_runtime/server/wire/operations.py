"""Names of the operations that circuits of strangers may hold.

Qiskit's reader makes whatever class, or calls whatever function, of its library has the name in the file.
"""

from __future__ import annotations

from qiskit.circuit import Instruction, Operation, controlflow, library
from qiskit.circuit.library import BlueprintCircuit


def _operations() -> frozenset[str]:
    found = set()
    for module in (library, controlflow):
        for name in dir(module):
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, (Instruction, Operation)) and not issubclass(kind, BlueprintCircuit):
                found.add(name)
    return frozenset(found)


_OTHERS = frozenset({"Measure", "Reset", "Barrier", "Delay", "Store", "Clifford", "pauli_product_measurement"})
KNOWN: frozenset[str] = _operations() | _OTHERS
"""Classes of Qiskit's library, as files name them."""
