"""What is known about backends: targets, durations, noise, limits."""

from .preset_values import Spread
from .presets import Calibration, Coherent, Crosstalk, Drift, LayerNoise
from .sources import SOURCES, device_of
from .truth import LayerTruth, layer_truth, true_layer_noise
from .with_noise import with_noise

__all__ = [
    "SOURCES",
    "Calibration",
    "Coherent",
    "Crosstalk",
    "Drift",
    "LayerNoise",
    "LayerTruth",
    "Spread",
    "device_of",
    "layer_truth",
    "true_layer_noise",
    "with_noise",
]
