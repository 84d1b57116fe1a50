"""Which job runs when: a pure state machine and the loop that drives it."""

from . import commands, events
from .errors import IllegalEvent, Refused
from .rules import RULES, Rule
from .state import State

__all__ = ["RULES", "IllegalEvent", "Refused", "Rule", "State", "commands", "events"]
