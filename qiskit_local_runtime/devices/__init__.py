"""What is known about backends: targets, durations, noise, limits."""

from .sources import SOURCES, device_of

__all__ = ["SOURCES", "device_of"]
