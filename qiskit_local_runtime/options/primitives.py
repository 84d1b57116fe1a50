"""The options of the two primitives."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from .base import Int, Natural, Number, OptionsModel, Positive
from .groups import (
    DynamicalDecouplingOptions,
    EnvironmentOptions,
    ExecutionOptions,
    SamplerExecutionOptions,
    SimulatorOptions,
    TranspilationOptions,
    TwirlingOptions,
)
from .resilience import ResilienceOptions


class PrimitiveOptions(OptionsModel):
    """What both primitives have."""

    max_execution_time: Positive | None = Field(None, description="Seconds of quantum time after which a job is stopped.")
    max_usage: Positive | None = Field(None, description="The newer name of max_execution_time.")
    environment: EnvironmentOptions = Field(default_factory=EnvironmentOptions)
    simulator: SimulatorOptions = Field(default_factory=SimulatorOptions)
    dynamical_decoupling: DynamicalDecouplingOptions = Field(default_factory=DynamicalDecouplingOptions)
    twirling: TwirlingOptions = Field(default_factory=TwirlingOptions)
    transpilation: TranspilationOptions = Field(default_factory=TranspilationOptions)
    experimental: dict[str, Any] = Field({}, description="Nothing experimental is offered.")


class SamplerOptions(PrimitiveOptions):
    """Options of :class:`~qiskit_local_runtime.SamplerV2`."""

    default_shots: Positive = Field(4096, description="Shots where neither PUB nor run() says how many.")
    execution: SamplerExecutionOptions = Field(default_factory=SamplerExecutionOptions)


class EstimatorOptions(PrimitiveOptions):
    """Options of :class:`~qiskit_local_runtime.EstimatorV2`."""

    default_precision: Annotated[Number, Field(ge=0)] = Field(
        0.015625, description="Standard error aimed at where neither PUB nor run() gives one; 0: exact values."
    )
    default_shots: Positive | None = Field(None, description="Shots per basis; wins over default_precision.")
    seed_estimator: Natural | None = Field(None, description="Seed; simulator.seed_simulator wins over it.")
    resilience_level: Annotated[Int, Field(ge=0, le=2)] = Field(1, description="0: no mitigation; 1: TREX; 2: also ZNE.")
    resilience: ResilienceOptions = Field(default_factory=ResilienceOptions)
    execution: ExecutionOptions = Field(default_factory=ExecutionOptions)
