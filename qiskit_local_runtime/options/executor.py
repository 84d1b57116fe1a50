"""The options of the executor, and what they settle to."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from .base import OptionsModel, Positive
from .groups import EnvironmentOptions, ExecutionOptions, SimulatorOptions
from .primitives import SamplerOptions
from .settings import SamplerSettings
from .settle import Policy, settle_sampler


class ExecutorOptions(OptionsModel):
    """Options of :class:`~qiskit_local_runtime.primitives.executor.Executor`."""

    max_execution_time: Positive | None = Field(None, description="Seconds of quantum time after which a job is stopped.")
    max_usage: Positive | None = Field(None, description="The newer name of max_execution_time.")
    environment: EnvironmentOptions = Field(default_factory=EnvironmentOptions)
    execution: ExecutionOptions = Field(default_factory=ExecutionOptions)
    simulator: SimulatorOptions = Field(default_factory=SimulatorOptions)
    experimental: dict[str, Any] = Field({}, description="Nothing experimental is offered.")


def settle_executor(options: ExecutorOptions, unimplemented: Policy = "raise") -> SamplerSettings:
    """Settle an executor's options: those of a sampler, which twirls and decouples nothing.

    Raises:
        OptionNotImplementedError: an option that is not applied yet is switched on (a warning under ``"warn"``).
        OptionError: options contradict each other.
    """
    same = {name: getattr(options, name) for name in type(options).model_fields if name != "execution"}
    same["execution"] = options.execution.set_values()
    return settle_sampler(SamplerOptions(**same), unimplemented)
