"""Pictures of what techniques did to a result, and of noise that was learned; they need the extra ``plot``."""

from .comparison import draw_comparison
from .layer_map import draw_layer_map
from .layer_rates import draw_layer_rates
from .scan import draw_scan
from .zne import draw_zne

__all__ = ["draw_comparison", "draw_layer_map", "draw_layer_rates", "draw_scan", "draw_zne"]
