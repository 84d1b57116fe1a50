"""How the noise of layers is learned, settled."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import OptionError


@dataclass(frozen=True, kw_only=True)
class LearningSettings:
    """How the noise of layers is learned; IBM's defaults.

    Raises:
        OptionError: a number is out of range, or all depths are the same.
    """

    max_layers_to_learn: int | None = 4
    """Of the layers found, the most frequent; ``None``: all."""
    shots_per_randomization: int = 128
    num_randomizations: int = 32
    """Of each basis at each depth."""
    layer_pair_depths: tuple[int, ...] = (0, 1, 2, 4, 16, 32)
    """How often pairs of layers are repeated."""

    def __post_init__(self) -> None:
        problems = {}
        for name, least in (("max_layers_to_learn", 0), ("shots_per_randomization", 1), ("num_randomizations", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                problems[name] = f"expected a number of at least {least}, found {value}. Raise it."
        depths = self.layer_pair_depths
        if min(depths, default=-1) < 0 or len(set(depths)) < 2:
            problems["layer_pair_depths"] = (
                f"expected two or more different depths of at least 0, to see how fast noise grows, found {list(depths)}. "
                "Add depths such as 0, 1, 2, 4, 16, 32."
            )
        if problems:
            raise OptionError(problems)
