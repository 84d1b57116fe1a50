"""What ``options.simulator`` changes about a device: its noise, its gates, its coupling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qiskit.circuit import BreakLoopOp, ContinueLoopOp, ForLoopOp, IfElseOp, SwitchCaseOp, WhileLoopOp
from qiskit.circuit.library import DiagonalGate, Initialize, UnitaryGate, get_standard_gate_name_mapping
from qiskit.transpiler import CouplingMap, Target

from ..errors import IBMBackendError, IBMInputValueError
from ..sweeps.layer_noise import LayerModels
from .described import DescribedDevice
from .model_noise import ModelNoise, model_key
from .noisy_source import layered

_ALWAYS = ("measure", "reset", "delay")
_ANY_WIDTH: dict[str, Any] = {
    "if_else": IfElseOp,
    "for_loop": ForLoopOp,
    "while_loop": WhileLoopOp,
    "switch_case": SwitchCaseOp,
    "break_loop": BreakLoopOp,
    "continue_loop": ContinueLoopOp,
    "unitary": UnitaryGate,
    "diagonal": DiagonalGate,
    "initialize": Initialize,
}
"""Operations that a target knows by their class."""
_NOT_GATES = frozenset({"barrier", "store", "measure", "reset", "delay"})
"""Names that may stand in a list of gates and need no entry."""


@dataclass(frozen=True)
class Overrides:
    """The simulator options that were set; ``None``: as the backend has it."""

    noise_model: Any = None
    basis_gates: tuple[str, ...] | None = None
    coupling_map: tuple[tuple[int, ...], ...] | None = None
    layers: LayerModels | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for the same changes, as long as the noise model's errors live."""
        noise = None if self.noise_model is None else model_key(self.noise_model)
        return (noise, self.basis_gates, self.coupling_map, None if self.layers is None else self.layers.key)


def overrides(
    noise_model: Any, basis_gates: Sequence[str] | None, coupling_map: Any, layers: LayerModels | None = None
) -> Overrides | None:
    """The changes, checked; ``None`` if there are none.

    Raises:
        IBMInputValueError: what was given as a noise model is none.
    """
    if noise_model is None and basis_gates is None and coupling_map is None and layers is None:
        return None
    if noise_model is not None and not _is_noise_model(noise_model):
        raise IBMInputValueError(
            f"options.simulator.noise_model must be a qiskit_aer.noise.NoiseModel, found {type(noise_model).__name__}."
        )
    pairs = coupling_map.get_edges() if isinstance(coupling_map, CouplingMap) else coupling_map
    return Overrides(
        noise_model,
        None if basis_gates is None else tuple(basis_gates),
        None if pairs is None else tuple(tuple(pair) for pair in pairs),
        layers,
    )


def changed(device: DescribedDevice, asked: Overrides) -> DescribedDevice:
    """The device with the changes.

    Raises:
        IBMBackendError: the backend runs circuits itself.
        IBMInputValueError: a gate is not known, or a layer names qubits that there are not.
    """
    if not device.simulated:
        raise IBMBackendError(
            f"options.simulator.noise_model, layer_noise_model, basis_gates and coupling_map change a simulation, but "
            f"{device.name} runs circuits itself. Leave them unset, or use a fake device or AerSimulator.from_backend(backend)."
        )
    noise, timed, target, width = device.whole_noise, device.timed, device.target, device.num_qubits
    if asked.noise_model is not None:
        timed = None
        noise = ModelNoise(asked.noise_model, None if target is None else target.dt)
    if asked.basis_gates is not None or asked.coupling_map is not None:
        target = _target(device, asked)
        width = width if asked.coupling_map is None else target.num_qubits
    done = DescribedDevice(
        name=device.name,
        num_qubits=width,
        target=target,
        whole_noise=noise,
        method=device.method,
        aer_options=device.aer_options,
        timed=timed,
        layers=None if asked.noise_model is not None else device.layers,
    )
    return done if asked.layers is None else layered(done, asked.layers)


def _target(device: DescribedDevice, asked: Overrides) -> Target:
    standard = get_standard_gate_name_mapping()
    coupling = None if asked.coupling_map is None else CouplingMap([list(pair) for pair in asked.coupling_map])
    if coupling is None and device.target is not None:
        coupling = device.target.build_coupling_map()
    names = _names(device, asked)
    widest = 2 if coupling is not None else max(gate.num_qubits for gate in standard.values())
    target: Target = Target.from_configuration(
        basis_gates=[name for name in names if name in standard and standard[name].num_qubits <= widest],
        num_qubits=device.num_qubits if coupling is None else None,
        coupling_map=coupling,
        dt=None if device.target is None else device.target.dt,
    )
    for name in _ALWAYS:
        if name not in target.operation_names:
            target.add_instruction(standard[name])
    for name in names:
        if name in _ANY_WIDTH:
            target.add_instruction(_ANY_WIDTH[name], name=name)
    return target


def _names(device: DescribedDevice, asked: Overrides) -> list[str]:
    """The gates of the changed device; those that no target of ours can describe are left out unless asked for."""
    known = {*get_standard_gate_name_mapping(), *_ANY_WIDTH, *_NOT_GATES}
    if asked.basis_gates is None:
        return [name for name in known if device.target is None or name in device.target.operation_names]
    unknown = [name for name in asked.basis_gates if name not in known]
    if unknown:
        raise IBMInputValueError(
            f"options.simulator.basis_gates: expected names of standard gates or control flow, found {', '.join(unknown)}. "
            "Leave basis_gates unset to use the backend's own gates."
        )
    return list(dict.fromkeys(asked.basis_gates))


def _is_noise_model(value: Any) -> bool:
    from qiskit_aer.noise import NoiseModel

    return isinstance(value, NoiseModel)
