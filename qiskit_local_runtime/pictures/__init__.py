"""Pictures of what techniques did to a result; they need the extra ``plot``."""

from .comparison import draw_comparison
from .scan import draw_scan
from .zne import draw_zne

__all__ = ["draw_comparison", "draw_scan", "draw_zne"]
