"""How large circuits of strangers may be."""

from __future__ import annotations

MOST_QUBITS = 10_000
"""Of a circuit, those of its registers that are not in it included."""
MOST_BITS = 1_000_000
"""The same for classical bits."""
MOST_QASM2 = 10_000_000
"""Characters of a circuit; a megabyte is read in half a second."""
MOST_QASM3 = 1_000_000
"""Characters of a circuit; the reference parser reads as many in 20 s."""
MOST_CONTROLS = 20
"""Of a gate that a modifier makes; the gates that it is made of double with each one."""
MOST_POWER = 1000
"""Of a gate that a modifier makes, and of repetitions of a synthesis."""
DEEPEST = 16
"""Definitions in definitions and blocks in blocks."""
