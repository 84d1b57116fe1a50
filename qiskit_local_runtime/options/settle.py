"""From options as a user set them to frozen settings: levels, dependencies, refusals."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Literal, NamedTuple

from ..errors import OptionError, OptionNotImplementedError
from ..techniques.zne_extrapolation import check_factors
from .layer_learning import LearningSettings
from .primitives import EstimatorOptions, PrimitiveOptions, SamplerOptions
from .resilience import LayerNoiseLearningOptions, PecOptions
from .settings import (
    DecouplingSettings,
    EstimatorSettings,
    PecSettings,
    SamplerSettings,
    SimulatorSettings,
    TranspilationSettings,
    TrexSettings,
    TwirlingSettings,
    ZneSettings,
)

Policy = Literal["raise", "warn"]

_MOST_SECONDS = 3 * 60 * 60
"""Cap on a job's quantum time, as IBM's."""

_FACTORS = (1.0, 3.0, 5.0)
"""Noise factors of ``auto``, as IBM's for gate folding."""
_PEA_FACTORS = (1.0, 1.5, 2.0, 2.5, 3.0)
"""The same for PEA."""


class Level(NamedTuple):
    """What a resilience level switches on."""

    trex: bool
    gates: bool
    zne: bool


LEVELS: dict[int, Level] = {
    0: Level(trex=False, gates=False, zne=False),
    1: Level(trex=True, gates=False, zne=False),
    2: Level(trex=True, gates=True, zne=True),
}
"""The resilience levels; TREX brings measurement twirling with it."""

_BOTH: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("twirling.group", lambda value: value == "local_c1"),
    ("execution.init_qubits", lambda value: not value),
    ("execution.rep_delay", lambda value: value is not None),
    ("execution.scheduler_timing", bool),
    ("execution.stretch_values", bool),
    ("environment.image", lambda value: value is not None),
    ("experimental", bool),
)
_SAMPLER: tuple[tuple[str, Callable[[Any], bool]], ...] = (("execution.meas_type", lambda value: value != "classified"),)
"""Options that are known but not applied yet, each with the values at which that matters."""


def settle_sampler(options: SamplerOptions, unimplemented: Policy = "raise") -> SamplerSettings:
    """Settle a sampler's options.

    Raises:
        OptionNotImplementedError: an option that is not applied yet is switched on (a warning under ``"warn"``).
        OptionError: options contradict each other.
    """
    _refuse(options, _BOTH + _SAMPLER, unimplemented)
    return SamplerSettings(default_shots=options.default_shots, twirling=_twirling(options), **_shared(options))


def settle_estimator(options: EstimatorOptions, unimplemented: Policy = "raise") -> EstimatorSettings:
    """Settle an estimator's options; errors as :func:`settle_sampler`.

    What is set explicitly wins over :data:`LEVELS`.
    """
    _refuse(options, _BOTH, unimplemented)
    level = LEVELS[options.resilience_level]
    resilience = options.resilience
    trex = level.trex if resilience.measure_mitigation is None else resilience.measure_mitigation
    pec = bool(resilience.pec_mitigation)
    # cancelling noise takes the place of what a level would extrapolate away
    zne = level.zne and not pec if resilience.zne_mitigation is None else resilience.zne_mitigation
    injects = pec or (zne and resilience.zne.amplifier == "pea")
    gates = level.gates or injects if options.twirling.enable_gates is None else options.twirling.enable_gates
    twirled = options.twirling.enable_measure
    _check_dependencies(options, pec=pec, zne=zne, injects=injects)
    if twirled is False:
        trex = False
    learning = resilience.measure_noise_learning
    if trex and learning.num_randomizations == 1:
        raise OptionError(
            {
                "resilience.measure_noise_learning.num_randomizations": "expected 'auto' or at least 2, found 1: error bars "
                "come from how much randomizations differ. Set it to 'auto'."
            }
        )
    return EstimatorSettings(
        default_precision=options.default_precision,
        default_shots=options.default_shots,
        resilience_level=options.resilience_level,
        twirling=_twirling(options, gates=gates, measure=bool(twirled) or trex or (injects and twirled is None)),
        trex=TrexSettings(
            enable=trex,
            num_randomizations=_number(learning.num_randomizations) or 32,
            shots_per_randomization=_number(learning.shots_per_randomization),
        ),
        zne=_zne(options, enable=zne),
        pec=_pec(resilience.pec, enable=pec),
        learning=_learning(resilience.layer_noise_learning)
        if injects and resilience.layer_noise_model is None
        else LearningSettings(),
        layer_models=_given(resilience.layer_noise_model, "resilience.layer_noise_model"),
        **_shared(options, options.seed_estimator),
    )


def _check_dependencies(options: EstimatorOptions, *, pec: bool, zne: bool, injects: bool) -> None:
    asked, twirling = options.resilience, options.twirling
    if asked.measure_mitigation and twirling.enable_measure is False:
        raise OptionError(
            "options.resilience.measure_mitigation = True needs measurement twirling, but options.twirling.enable_measure = "
            "False. Set one of the two to None."
        )
    if pec and zne:
        raise OptionError(
            "options.resilience.pec_mitigation = True cancels the noise that options.resilience.zne_mitigation = True would "
            "extrapolate away. Set one of the two to False."
        )
    if injects and twirling.enable_gates is False:
        name = "pec_mitigation = True" if pec else "zne.amplifier = 'pea'"
        raise OptionError(
            f"options.resilience.{name} needs gate twirling, but options.twirling.enable_gates = False. Set one of the two to "
            "None."
        )


def _pec(asked: PecOptions, *, enable: bool) -> PecSettings:
    if enable and asked.max_overhead is not None and asked.max_overhead < 1:
        raise OptionError(
            {
                "resilience.pec.max_overhead": f"expected at least 1, found {asked.max_overhead:g}: a sampling overhead is 1 "
                "where no noise is cancelled, and more where some is. Raise it, or set pec_mitigation = False."
            }
        )
    gain = None if asked.noise_gain == "auto" else float(asked.noise_gain)
    return PecSettings(enable=enable, max_overhead=asked.max_overhead, noise_gain=gain)


def _learning(asked: LayerNoiseLearningOptions) -> LearningSettings:
    if asked.max_layers_to_learn == 0:
        raise OptionError(
            {
                "resilience.layer_noise_learning.max_layers_to_learn": "expected at least 1 where noise is to be cancelled or "
                "amplified, found 0. Raise it, or give resilience.layer_noise_model."
            }
        )
    return LearningSettings(
        max_layers_to_learn=asked.max_layers_to_learn,
        shots_per_randomization=asked.shots_per_randomization,
        num_randomizations=asked.num_randomizations,
        layer_pair_depths=tuple(asked.layer_pair_depths),
    )


def _given(value: Any, option: str) -> Any:
    if value is None:
        return None
    from ..results.given_models import given_models

    return given_models(value, option)


def _twirling(options: PrimitiveOptions, *, gates: bool | None = None, measure: bool | None = None) -> TwirlingSettings:
    asked = options.twirling
    return TwirlingSettings(
        gates=bool(asked.enable_gates if gates is None else gates),
        gates_by_name=bool(asked.enable_gates),
        measure=bool(asked.enable_measure if measure is None else measure),
        strategy=asked.strategy,
        group="pauli" if asked.group == "local_c1" else asked.group,
        num_randomizations=_number(asked.num_randomizations),
        shots_per_randomization=_number(asked.shots_per_randomization),
    )


def _zne(options: EstimatorOptions, *, enable: bool) -> ZneSettings:
    asked = options.resilience.zne
    auto = _PEA_FACTORS if asked.amplifier == "pea" else _FACTORS
    factors = auto if asked.noise_factors == "auto" else tuple(float(factor) for factor in asked.noise_factors)
    names = (asked.extrapolator,) if isinstance(asked.extrapolator, str) else tuple(asked.extrapolator)
    points = asked.extrapolated_noise_factors
    settings = ZneSettings(
        enable=enable,
        amplifier=asked.amplifier,
        noise_factors=factors,
        extrapolators=names,
        extrapolated_noise_factors=(0.0, *factors) if points == "auto" else tuple(float(point) for point in points),
    )
    if enable:
        check_factors(settings.extrapolators, settings.noise_factors)
    return settings


def _shared(options: PrimitiveOptions, seed: int | None = None) -> dict[str, Any]:
    simulator = options.simulator
    coupling = simulator.coupling_map
    return {
        "simulator": SimulatorSettings(
            seed=simulator.seed_simulator if simulator.seed_simulator is not None else seed,
            method=None if simulator.method == "automatic" else simulator.method,
            noise_model=simulator.noise_model,
            basis_gates=None if simulator.basis_gates is None else tuple(simulator.basis_gates),
            coupling_map=None if coupling is None else tuple((a, b) for a, b in coupling),
            layer_models=_given(simulator.layer_noise_model, "simulator.layer_noise_model"),
            angle_decimals=simulator.angle_decimals,
            warn_absent=simulator.warn_absent,
            device=simulator.device,
            max_memory_mb=simulator.max_memory_mb,
        ),
        "transpilation": _transpilation(options),
        "decoupling": DecouplingSettings(
            **{field.name: getattr(options.dynamical_decoupling, field.name) for field in fields(DecouplingSettings)}
        ),
        "max_execution_time": _time_limit(options),
        "job_tags": tuple(options.environment.job_tags),
        "private": options.environment.private,
        "log_level": options.environment.log_level,
        "engine": options.environment.engine,
    }


def _transpilation(options: PrimitiveOptions) -> TranspilationSettings | None:
    asked = options.transpilation
    if asked.optimization_level is None:
        for name in ("initial_layout", "seed_transpiler"):
            if getattr(asked, name) is not None:
                raise OptionError(
                    f"options.transpilation.{name} = {getattr(asked, name)} has no effect without "
                    "options.transpilation.optimization_level. Set that too (0 to 3)."
                )
        return None
    layout = asked.initial_layout
    return TranspilationSettings(
        optimization_level=asked.optimization_level,
        initial_layout=None if layout is None else tuple(layout),
        seed_transpiler=asked.seed_transpiler,
    )


def _time_limit(options: PrimitiveOptions) -> float | None:
    places = {
        "max_execution_time": options.max_execution_time,
        "max_usage": options.max_usage,
        "environment.max_execution_time": options.environment.max_execution_time,
    }
    given = {name: value for name, value in places.items() if value is not None}
    if len(set(given.values())) > 1:
        found = " and ".join(f"options.{name} = {value}" for name, value in given.items())
        raise OptionError(f"{found} are names of one limit. Set one of them.")
    limit = next(iter(given.values()), None)
    if limit is not None and limit > _MOST_SECONDS:
        raise OptionError(
            f"options.max_execution_time = {limit} s is more than the largest limit, {_MOST_SECONDS} s (3 hours)."
        )
    return None if limit is None else float(limit)


def _refuse(options: PrimitiveOptions, table: tuple[tuple[str, Callable[[Any], bool]], ...], policy: Policy) -> None:
    for path, matters in table:
        value: Any = options
        for name in path.split("."):
            value = getattr(value, name)
        if not matters(value):
            continue
        message = (
            f"options.{path} = {value!r} is not implemented in this version, and ignoring it would change what your result "
            "means. Leave it at its default."
        )
        if policy == "raise":
            raise OptionNotImplementedError(message)
        warnings.warn(f"{message} It is ignored, as the runtime was told to.", UserWarning, stacklevel=3)


def _number(value: int | Literal["auto"]) -> int | None:
    return None if value == "auto" else value
