"""What the noise learner returns, by IBM's names and with IBM's members, and layer noise as users give it.

All of it speaks of the noise that acts before a layer, unless a box says that it comes after.
"""

from .layer_boxes import layer_instruction, layer_of, noise_comes_after
from .layer_error import LayerError
from .lindblad_error import PauliLindbladError
from .noise_learner_result import NoiseLearnerResult
from .v3 import NoiseLearnerV3Result, NoiseLearnerV3Results

__all__ = [
    "LayerError",
    "NoiseLearnerResult",
    "NoiseLearnerV3Result",
    "NoiseLearnerV3Results",
    "PauliLindbladError",
    "layer_instruction",
    "layer_of",
    "noise_comes_after",
]
