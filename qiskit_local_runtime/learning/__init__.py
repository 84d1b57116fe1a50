"""Learning the noise of layers of gates from measured Paulis: what to run, and what the outcomes say.

Source: van den Berg, Minev, Kandala, Temme, "Probabilistic error cancellation with sparse Pauli–Lindblad models on noisy
quantum processors", Nature Physics 19, 1116 (2023).
"""

from .bases import measurement_bases
from .circuits import LearningCircuit, learning_circuit
from .conjugation import carried, check_learnable
from .decays import Decays
from .generators import generators_of, pairs_within
from .learn import learned
from .learned import LearnedLayer
from .means import pauli_means

__all__ = [
    "Decays",
    "LearnedLayer",
    "LearningCircuit",
    "carried",
    "check_learnable",
    "generators_of",
    "learned",
    "learning_circuit",
    "measurement_bases",
    "pairs_within",
    "pauli_means",
]
