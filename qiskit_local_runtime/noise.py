"""Noise presets: ``with_noise(backend, Calibration(), Drift(hertz=10e3))`` is the backend with noise of one's choice."""

from .devices import (
    Calibration,
    Coherent,
    Crosstalk,
    Drift,
    LayerNoise,
    LayerTruth,
    Spread,
    layer_truth,
    true_layer_noise,
    with_noise,
)
from .devices.noisy_backend import NoisyBackend

__all__ = [
    "Calibration",
    "Coherent",
    "Crosstalk",
    "Drift",
    "LayerNoise",
    "LayerTruth",
    "NoisyBackend",
    "Spread",
    "layer_truth",
    "true_layer_noise",
    "with_noise",
]
