"""Layer noise that users gave, in a form that every store takes."""

from __future__ import annotations

from typing import Any


def with_settled_noise(options: dict[str, Any], settings: Any) -> dict[str, Any]:
    """Options whose layer noise, given as other libraries' objects say, is the models by layer that were read from it.

    Args:
        options: of a request.
        settings: those settled from them; ``None``: there are none.
    """
    simulator = getattr(settings, "simulator", None)
    found = {
        "resilience": getattr(settings, "layer_models", None),
        "simulator": getattr(simulator, "layer_models", None),
    }
    out = dict(options)
    for group, models in found.items():
        if models is not None:
            out[group] = {**options[group], "layer_noise_model": dict(models)}
    return out
