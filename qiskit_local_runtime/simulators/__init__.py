"""Numerical methods: sweeps and devices in, shots and expectation values out."""

from .choose import SIMULATORS, choose

__all__ = ["SIMULATORS", "choose"]
