"""What is known about backends: targets, durations, noise, limits."""

from .preset_values import Spread
from .presets import Calibration, Coherent, Crosstalk, Drift
from .sources import SOURCES, device_of
from .with_noise import with_noise

__all__ = ["SOURCES", "Calibration", "Coherent", "Crosstalk", "Drift", "Spread", "device_of", "with_noise"]
