"""What if it had been a session? The same workload in each execution mode, on the real scheduler and no real time."""

from .compare import Comparison, compare_modes
from .load import OtherLoad
from .outcome import JobTimes, Outcome
from .recording import recorded
from .workload import Step, chain

__all__ = ["Comparison", "JobTimes", "OtherLoad", "Outcome", "Step", "chain", "compare_modes", "recorded"]
