"""The options of the noise learners, and what they settle to."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Literal

from pydantic import Field

from ..errors import OptionNotImplementedError
from .base import Flag, Natural, OptionsModel, Positive
from .groups import EnvironmentOptions, ExecutionOptions, SimulatorOptions, TranspilationOptions
from .layer_learning import LearningSettings
from .learning_settings import NoiseLearnerSettings
from .primitives import EstimatorOptions, SamplerOptions
from .settings import Settings
from .settle import Policy, settle_sampler

_DEPTHS = [0, 1, 2, 4, 16, 32]
_SHARED = ("max_execution_time", "max_usage", "environment", "simulator", "transpilation", "experimental", "execution")


class _LearnerOptions(OptionsModel):
    """What both noise learners have."""

    shots_per_randomization: Positive = Field(128, description="Shots of each random circuit.")
    num_randomizations: Positive = Field(32, description="Random circuits per depth and basis.")
    layer_pair_depths: list[Natural] = Field(_DEPTHS, description="Depths, in pairs of layers.")
    max_execution_time: Positive | None = Field(None, description="Seconds of quantum time after which a job is stopped.")
    max_usage: Positive | None = Field(None, description="The newer name of max_execution_time.")
    environment: EnvironmentOptions = Field(default_factory=EnvironmentOptions)
    simulator: SimulatorOptions = Field(default_factory=SimulatorOptions)
    experimental: dict[str, Any] = Field({}, description="Nothing experimental is offered.")


class NoiseLearnerOptions(_LearnerOptions):
    """Options of :class:`~qiskit_local_runtime.NoiseLearner`."""

    max_layers_to_learn: Natural | None = Field(4, description="The most frequent layers that are learned; None: all.")
    twirling_strategy: Literal["active", "active-accum", "active-circuit", "all"] = Field(
        "active-accum", description="Which qubits are twirled with a layer, and so belong to it."
    )
    transpilation: TranspilationOptions = Field(default_factory=TranspilationOptions)


class BitFlipCheckOptions(OptionsModel):
    """Shots put aside where a bit did not flip; not applied here."""

    enable: Flag = Field(False, description="Whether to put them aside.")
    x_pulse_type: Literal["xslow", "rx"] = Field("xslow", description="The pulse that should flip bits.")
    strategy: Literal["node", "edge"] = Field("node", description="Whether one bit counts, or two neighbouring ones.")


class BitFlipChecksOptions(OptionsModel):
    """Checks before and after circuits."""

    pre_circuit: BitFlipCheckOptions = Field(default_factory=BitFlipCheckOptions)
    post_circuit: BitFlipCheckOptions = Field(default_factory=BitFlipCheckOptions)


class NoiseLearnerV3Options(_LearnerOptions):
    """Options of :class:`~qiskit_local_runtime.NoiseLearnerV3`."""

    bit_flip_checks: BitFlipChecksOptions = Field(default_factory=BitFlipChecksOptions)
    execution: ExecutionOptions = Field(default_factory=ExecutionOptions)


def learner_options(estimator: EstimatorOptions) -> NoiseLearnerOptions:
    """The noise learner's options that an estimator's imply: those of its own learning."""
    learning = estimator.resilience.layer_noise_learning
    names = ("max_execution_time", "max_usage", "environment", "simulator", "transpilation", "experimental")
    return NoiseLearnerOptions(
        **learning.set_values(),
        twirling_strategy=estimator.twirling.strategy,
        **{name: getattr(estimator, name) for name in names},
    )


def settle_noise_learner(options: NoiseLearnerOptions, unimplemented: Policy = "raise") -> NoiseLearnerSettings:
    """Settle a noise learner's options.

    Raises:
        OptionNotImplementedError: an option that is not applied yet is switched on (a warning under ``"warn"``).
        OptionError: options contradict each other, or depths are all the same.
    """
    return _settled(options, options.max_layers_to_learn, options.twirling_strategy, unimplemented)


def settle_noise_learner_v3(options: NoiseLearnerV3Options, unimplemented: Policy = "raise") -> NoiseLearnerSettings:
    """Settle the third noise learner's options; errors as :func:`settle_noise_learner`, checks of bit flips always raise."""
    for name in ("pre_circuit", "post_circuit"):
        if getattr(options.bit_flip_checks, name).enable:
            raise OptionNotImplementedError(
                f"options.bit_flip_checks.{name}.enable = True is not implemented: simulated qubits do not fail to flip. Leave "
                "it False."
            )
    return _settled(options, None, "active-circuit", unimplemented)


def _settled(options: _LearnerOptions, most: int | None, strategy: Any, unimplemented: Policy) -> NoiseLearnerSettings:
    common = SamplerOptions(**{name: getattr(options, name) for name in _SHARED if name in type(options).model_fields})
    settings = settle_sampler(common, unimplemented)
    return NoiseLearnerSettings(
        learning=LearningSettings(
            max_layers_to_learn=most,
            shots_per_randomization=options.shots_per_randomization,
            num_randomizations=options.num_randomizations,
            layer_pair_depths=tuple(options.layer_pair_depths),
        ),
        twirling_strategy=strategy,
        **{each.name: getattr(settings, each.name) for each in fields(Settings)},
    )
