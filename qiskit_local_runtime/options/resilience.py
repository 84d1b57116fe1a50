"""Options of error mitigation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from ..results.given_models import kept
from .base import AutoOrFactors, AutoOrGain, AutoOrPoints, AutoOrPositive, Flag, Natural, Number, OptionsModel, Positive

EXTRAPOLATORS = (
    "linear",
    "exponential",
    "double_exponential",
    *(f"polynomial_degree_{degree}" for degree in range(1, 8)),
    "fallback",
)
AMPLIFIERS = ("gate_folding", "gate_folding_front", "gate_folding_back", "pea")


class MeasureNoiseLearningOptions(OptionsModel):
    """How readout noise is learned for TREX."""

    num_randomizations: AutoOrPositive = Field("auto", description="Random instances of the calibration; auto: 32.")
    shots_per_randomization: AutoOrPositive = Field("auto", description="Shots of each; auto: as many in all as the data's.")


class ZneOptions(OptionsModel):
    """Zero-noise extrapolation."""

    amplifier: Literal["gate_folding", "gate_folding_front", "gate_folding_back", "pea"] = Field(
        "gate_folding", description="How noise is amplified."
    )
    noise_factors: AutoOrFactors = Field(
        "auto", description="Factors of at least 1; auto: 1, 3, 5 (gate folding) or 1, 1.5, 2, 2.5, 3 (pea)."
    )
    extrapolator: str | list[str] = Field(["exponential", "linear"], description="One, or several to try in order.")
    extrapolated_noise_factors: AutoOrPoints = Field(
        "auto", description="Where the fit is evaluated; auto: 0 and the noise factors."
    )

    @field_validator("extrapolator")
    @classmethod
    def _known(cls, value: str | Sequence[str]) -> str | Sequence[str]:
        unknown = [name for name in ([value] if isinstance(value, str) else value) if name not in EXTRAPOLATORS]
        if unknown:
            raise ValueError(f"no extrapolator is named {unknown[0]!r}; expected {', '.join(EXTRAPOLATORS)}")
        return value


class PecOptions(OptionsModel):
    """Probabilistic error cancellation."""

    max_overhead: Annotated[Number, Field(gt=0)] | None = Field(100, description="Largest sampling overhead; None: any.")
    noise_gain: AutoOrGain = Field("auto", description="Noise left: 0 none, 1 all.")


class LayerNoiseLearningOptions(OptionsModel):
    """How layer noise is learned for PEC and PEA."""

    max_layers_to_learn: Natural | None = Field(4, description="The most frequent layers that are learned.")
    shots_per_randomization: Positive = Field(128, description="Shots of each random circuit.")
    num_randomizations: Positive = Field(32, description="Random circuits per depth and basis.")
    layer_pair_depths: list[Natural] = Field([0, 1, 2, 4, 16, 32], description="Depths, in pairs of layers.")


class ResilienceOptions(OptionsModel):
    """Error mitigation."""

    measure_mitigation: Flag | None = Field(None, description="TREX; None: by resilience_level.")
    measure_noise_learning: MeasureNoiseLearningOptions = Field(default_factory=MeasureNoiseLearningOptions)
    zne_mitigation: Flag | None = Field(None, description="Zero-noise extrapolation; None: by resilience_level.")
    zne: ZneOptions = Field(default_factory=ZneOptions)
    pec_mitigation: Flag | None = Field(False, description="Probabilistic error cancellation.")
    pec: PecOptions = Field(default_factory=PecOptions)
    layer_noise_learning: LayerNoiseLearningOptions = Field(default_factory=LayerNoiseLearningOptions)
    layer_noise_model: Any = Field(None, description="Learned noise to use instead of learning it.")

    @field_validator("layer_noise_model")
    @classmethod
    def _kept(cls, value: Any) -> Any:
        return kept(value)
