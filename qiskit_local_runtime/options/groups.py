"""The groups of options that sampler and estimator share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from ..results.given_models import kept
from .base import AutoOrPositive, Flag, Int, Natural, Number, OptionsModel, Positive

Method = Literal[
    "automatic",
    "statevector",
    "density_matrix",
    "trajectories",
    "stabilizer",
    "matrix_product_state",
    "extended_stabilizer",
    "pauli_propagation",
]


class EnvironmentOptions(OptionsModel):
    """What surrounds a job."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "WARNING", description="Level of the job's log."
    )
    job_tags: list[str] = Field([], description="Tags of the job.")
    private: Flag = Field(False, description="Mark the job private.")
    max_execution_time: Positive | None = Field(None, description="Another place for the limit of the same name.")
    image: str | None = Field(None, description="Container image; there are none here, so only None is taken.")
    engine: str | None = Field(
        None,
        description="Where the job's long work runs: 'inline', 'threads:2', 'processes:4', 'dask', 'dask:tcp://host:8786'; "
        "None: on the runtime's engine (not one of IBM's options).",
    )

    @field_validator("job_tags", mode="before")
    @classmethod
    def _none_means_no_tags(cls, value: Any) -> Any:
        return [] if value is None else value


class ExecutionOptions(OptionsModel):
    """How circuits are executed."""

    init_qubits: Flag = Field(True, description="Reset qubits to |0> before each shot.")
    rep_delay: Annotated[Number, Field(ge=0)] | None = Field(None, description="Seconds between shots.")
    scheduler_timing: Flag = Field(False, description="Return the compiled schedule's timing.")
    stretch_values: Flag | Literal["auto"] = Field(False, description="Return the values stretches resolved to.")


class SamplerExecutionOptions(ExecutionOptions):
    """How a sampler's circuits are executed."""

    meas_type: Literal["classified", "kerneled", "avg_kerneled"] = Field(
        "classified", description="What a measurement returns."
    )


class SimulatorOptions(OptionsModel):
    """How the backend is simulated."""

    seed_simulator: Natural | None = Field(None, description="Root of all randomness; 0 is a seed. None: a fresh one.")
    noise_model: Any = Field(None, description="A qiskit_aer NoiseModel in place of the backend's noise.")
    coupling_map: Any = Field(None, description="Pairs in place of those the backend couples.")
    basis_gates: list[str] | None = Field(None, description="Gates in place of those the backend accepts.")
    layer_noise_model: Any = Field(None, description="Noise by layer, in place of that of two-qubit gates and idle times.")
    angle_decimals: Natural = Field(5, description="Decimals to which angles are compared when layers are.")
    warn_absent: Flag = Field(True, description="Warn about layers without noise.")
    method: Method | None = Field(None, description="Simulation method; None: chosen by size, noise and gates.")
    device: Literal["CPU", "GPU"] | None = Field(None, description="Where Aer simulates.")
    max_memory_mb: Annotated[Int, Field(ge=1)] | None = Field(None, description="Memory a simulation may take, in MB.")

    @field_validator("layer_noise_model")
    @classmethod
    def _kept(cls, value: Any) -> Any:
        return kept(value)

    @field_validator("noise_model")
    @classmethod
    def _noise_model(cls, value: Any) -> Any:
        if value is None or type(value).__name__ == "NoiseModel":
            return value
        if isinstance(value, dict):
            from qiskit_aer.noise import NoiseModel

            return NoiseModel.from_dict(value)
        raise ValueError("expected a qiskit_aer.noise.NoiseModel")

    @field_validator("coupling_map")
    @classmethod
    def _coupling_map(cls, value: Any) -> Any:
        if value is None:
            return None
        edges = value.get_edges() if hasattr(value, "get_edges") else value
        try:
            pairs = [tuple(int(q) for q in pair) for pair in edges]
        except (TypeError, ValueError):
            pairs = [()]
        if not all(len(pair) == 2 and min(pair) >= 0 for pair in pairs):
            raise ValueError("expected a CouplingMap or a list of pairs of qubits")
        return pairs


class DynamicalDecouplingOptions(OptionsModel):
    """Pulses that protect idle qubits."""

    enable: Flag = Field(False, description="Whether to insert them.")
    sequence_type: Literal["XX", "XpXm", "XY4"] = Field("XX", description="Which sequence.")
    extra_slack_distribution: Literal["middle", "edges"] = Field("middle", description="Where spare time goes.")
    scheduling_method: Literal["alap", "asap"] = Field("alap", description="As late or as soon as possible.")
    skip_reset_qubits: Flag = Field(False, description="Leave qubits alone until their first gate.")
    staggered: Flag = Field(
        False, description="Shift the pulses of every other qubit, against ZZ between neighbours (not one of IBM's options)."
    )


class TwirlingOptions(OptionsModel):
    """Random Paulis around gates and before measurements."""

    enable_gates: Flag | None = Field(None, description="Twirl two-qubit gates.")
    enable_measure: Flag | None = Field(None, description="Twirl measurements. None: where readout mitigation needs it.")
    num_randomizations: AutoOrPositive = Field("auto", description="Random instances of each circuit.")
    shots_per_randomization: AutoOrPositive = Field("auto", description="Shots of each instance.")
    strategy: Literal["active", "active-accum", "active-circuit", "all"] = Field(
        "active-accum", description="Which qubits of a layer are twirled."
    )
    group: Literal["pauli", "balanced_pauli", "local_c1", "local_pauli"] = Field(
        "pauli",
        description="What is drawn from: all Paulis that the gate carries to Paulis (pauli, local_pauli), or these equally "
        "often on each qubit (balanced_pauli).",
    )


class TranspilationOptions(OptionsModel):
    """Let the runtime transpile circuits that are not in the backend's instruction set."""

    optimization_level: Annotated[Int, Field(ge=0, le=3)] | None = Field(None, description="0 to 3; None: do not transpile.")
    initial_layout: list[Natural] | None = Field(None, description="Physical qubit of each qubit.")
    seed_transpiler: Natural | None = Field(None, description="Seed of the transpiler. None: from the job's seed.")
