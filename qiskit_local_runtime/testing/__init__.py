"""For tests, ours and users': a clock, an engine and a simulator that do what they are told."""

from .clock import FakeClock
from .engine import HandEngine
from .simulator import ScriptedSimulator

__all__ = ["FakeClock", "HandEngine", "ScriptedSimulator"]
