"""Arrays with named axes: what is run (Sweep, Terms) and what comes back (Shots)."""

from .frozen import frozen, read
from .shots import Shots, num_bytes, pack_bools, pack_integers, unpack_bools
from .step import Step
from .sweep import Sweep
from .tape import Tape, tape_of
from .terms import Terms

__all__ = [
    "Shots",
    "Step",
    "Sweep",
    "Tape",
    "Terms",
    "frozen",
    "num_bytes",
    "pack_bools",
    "pack_integers",
    "read",
    "tape_of",
    "unpack_bools",
]
