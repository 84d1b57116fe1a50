"""The routines jobs run: the table :data:`ROUTINES`."""

from .base import Routine, RoutineTools
from .estimator import Estimator
from .sampler import Sampler

ROUTINES: dict[str, Routine] = {routine.name: routine for routine in (Sampler(), Estimator())}

__all__ = ["ROUTINES", "Routine", "RoutineTools"]
