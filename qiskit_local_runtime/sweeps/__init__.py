"""Arrays with named axes: what is run (Sweep, Terms) and what comes back (Shots)."""

from .shots import Shots, num_bytes, pack_bools, pack_integers, unpack_bools
from .sweep import Sweep
from .tape import Step, Tape, tape_of
from .terms import Terms

__all__ = [
    "Shots",
    "Step",
    "Sweep",
    "Tape",
    "Terms",
    "num_bytes",
    "pack_bools",
    "pack_integers",
    "tape_of",
    "unpack_bools",
]
