"""Which simulator runs a sweep: explicit rules, and the memory checked before anything runs."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..devices.device import ActiveDevice
from ..errors import IBMBackendError, IBMInputValueError, SimulationTooLargeError
from ..sweeps import Sweep
from .aer import AerSimulatorMethod, bond_bits
from .base import Estimate, Simulator
from .density import DensitySimulator
from .foreign import BackendSimulator
from .frames import FrameSimulator
from .propagation import PropagationSimulator
from .state import StateSimulator
from .trajectories import TrajectorySimulator

SIMULATORS: dict[str, Simulator] = {
    "statevector": StateSimulator(),
    "density_matrix": DensitySimulator(),
    "stabilizer": FrameSimulator(),
    "trajectories": TrajectorySimulator(),
    "aer_trajectories": AerSimulatorMethod("trajectories", "statevector", exact=False),
    "matrix_product_state": AerSimulatorMethod("matrix_product_state", "matrix_product_state", exact=True),
    "extended_stabilizer": AerSimulatorMethod("extended_stabilizer", "extended_stabilizer", exact=False),
    "aer_statevector": AerSimulatorMethod("statevector", "statevector", exact=True),
    "aer_density_matrix": AerSimulatorMethod("density_matrix", "density_matrix", exact=True),
    "pauli_propagation": PropagationSimulator(),
    "backend": BackendSimulator(),
}
"""Every simulator there is."""

_METHODS: dict[str, tuple[str, ...]] = {
    "statevector": ("statevector", "aer_statevector", "trajectories", "aer_trajectories"),
    "density_matrix": ("density_matrix", "aer_density_matrix"),
    "stabilizer": ("stabilizer",),
    "trajectories": ("trajectories", "aer_trajectories"),
    "matrix_product_state": ("matrix_product_state",),
    "extended_stabilizer": ("extended_stabilizer",),
    "pauli_propagation": ("pauli_propagation",),
}
"""What a method asked for by name may mean, the first that can run the circuit wins."""

_FREE: tuple[str, ...] = (
    "statevector",
    "density_matrix",
    "stabilizer",
    "trajectories",
    "aer_statevector",
    "aer_density_matrix",
    "aer_trajectories",
)
"""What is considered, by estimated time, where no method was asked for."""
_LITTLE_ENTANGLED: tuple[str, ...] = ("matrix_product_state",)
"""What is considered besides, where nothing else fits and a noiseless circuit entangles little."""
_FEW_PAULIS: tuple[str, ...] = ("pauli_propagation",)
"""What is considered besides for exact values, where nothing else fits: exact for few non-Clifford gates, else with a note."""
_MOST_BOND_BITS = 10
_QUICK_SECONDS = 0.02
_ALWAYS_THERE = 1 << 26
"""Bytes that are not worth asking the system for."""
_NO_EXACT_VALUES = frozenset({"trajectories", "aer_trajectories", "extended_stabilizer"})
_NO_SHOTS = frozenset({"pauli_propagation"})
_SHARE = 0.8
"""Share of the free memory a simulation may take."""


@dataclass(frozen=True)
class _Candidate:
    simulator: Simulator
    estimate: Estimate


def choose(
    sweep: Sweep,
    device: ActiveDevice,
    *,
    exact: bool,
    method: str | None = None,
    max_memory_mb: int | None = None,
    also: Sweep | None = None,
    sized: Sweep | None = None,
) -> tuple[Simulator, Estimate]:
    """The simulator for a sweep, and what it will cost.

    A backend that runs circuits itself gets them. A method asked for (by the options, else by the user's own
    ``AerSimulator``) is used or refused. Otherwise the fastest of the exact methods that fit in memory is taken; approximations
    (they have a note) last. Matrix product states are taken where a noiseless circuit entangles little and nothing else fits.

    Args:
        sweep: what to run.
        device: on what.
        exact: exact expectation values are wanted rather than shots.
        method: Aer's name of a method, or ``None``.
        max_memory_mb: limit in MB; ``None``: most of what is free.
        also: another sweep that the method must be able to run.
        sized: what costs are estimated of; ``None``: ``sweep``.

    Raises:
        IBMInputValueError: no method can run the circuit, or the one asked for cannot.
        SimulationTooLargeError: it does not fit in memory.
        IBMBackendError: a GPU is asked for and there is none.
    """
    whole = sweep if sized is None else sized
    if device.backend is not None:
        backend = SIMULATORS["backend"]
        return backend, backend.estimate(whole, device)
    asked = method or device.method
    names = _METHODS.get(asked, ()) if asked else _FREE
    if asked and not names:
        raise IBMInputValueError(f"No simulation method is named {asked!r}. Expected one of {', '.join(_METHODS)}.")
    if device.aer_options.get("device") == "GPU":
        _check_gpu()
        names = tuple(name for name in names if isinstance(SIMULATORS[name], AerSimulatorMethod))
    limit = max_memory_mb * 10**6 if max_memory_mb is not None else None
    reasons, candidates = _sorted_out(names, (sweep, also), whole, device, limit, exact=exact)
    fitting = [c for c in candidates if _fits(c.estimate, limit)]
    last = () if asked or fitting else _last_resorts(sweep, device, exact=exact)
    if last:
        more, others = _sorted_out(last, (sweep, also), whole, device, limit, exact=exact)
        reasons, candidates = {**reasons, **more}, [*candidates, *others]
        fitting = [c for c in candidates if _fits(c.estimate, limit)]
    if not candidates:
        raise IBMInputValueError(_refusal(asked, reasons))
    if not fitting:
        raise SimulationTooLargeError(_too_large(min(candidates, key=lambda c: c.estimate.bytes), device, limit))
    best = fitting[0] if asked else min(fitting, key=lambda c: (bool(c.estimate.note), c.estimate.seconds))
    return best.simulator, best.estimate


def _last_resorts(sweep: Sweep, device: ActiveDevice, *, exact: bool) -> tuple[str, ...]:
    few = device.noise is None and bond_bits(sweep) <= _MOST_BOND_BITS
    return (*(_LITTLE_ENTANGLED if few else ()), *(_FEW_PAULIS if exact else ()))


def _check_gpu() -> None:
    from qiskit_aer import AerSimulator

    available = AerSimulator().available_devices()
    if "GPU" not in available:
        raise IBMBackendError(
            f"The device 'GPU' was asked for, but this installation of Qiskit Aer offers {', '.join(available)} only. Install "
            "qiskit-aer-gpu in place of qiskit-aer on a machine with an NVIDIA GPU, or leave the device at 'CPU'."
        )


def _fits(estimate: Estimate, limit: float | None) -> bool:
    if limit is None:
        return estimate.bytes <= _ALWAYS_THERE or estimate.bytes <= _free_memory() * _SHARE
    return estimate.bytes <= limit


def _sorted_out(
    names: tuple[str, ...],
    asked: tuple[Sweep, Sweep | None],
    whole: Sweep,
    device: ActiveDevice,
    limit: float | None,
    *,
    exact: bool,
) -> tuple[dict[str, str], list[_Candidate]]:
    """Why some cannot, and what the others cost; the search ends with the first that is exact and quick."""
    reasons: dict[str, str] = {}
    candidates = []
    for name in names:
        simulator = SIMULATORS[name]
        reason = _unfit(name, device, exact=exact)
        for sweep in asked:
            if reason is None and sweep is not None:
                reason = simulator.refuses(sweep, device)
        if reason is None:
            estimate = simulator.estimate(whole, device)
            candidates.append(_Candidate(simulator, estimate))
            if not estimate.note and estimate.seconds < _QUICK_SECONDS and _fits(estimate, limit):
                break
        else:
            reasons.setdefault(simulator.name, reason)
    return reasons, candidates


def _unfit(name: str, device: ActiveDevice, *, exact: bool) -> str | None:
    if not exact:
        return "it has no shots, only exact expectation values" if name in _NO_SHOTS else None
    return "it has no exact expectation values" if _inexact(name, device) else None


def _inexact(name: str, device: ActiveDevice) -> bool:
    return name in _NO_EXACT_VALUES or (name == "matrix_product_state" and device.noise is not None)


def _refusal(asked: str | None, reasons: dict[str, str]) -> str:
    why = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    if asked:
        return f"The simulation method {asked!r} cannot run this circuit ({why}). Choose another, or leave it to the runtime."
    return f"No simulation method can run this circuit ({why})."


def _too_large(smallest: _Candidate, device: ActiveDevice, limit: float | None) -> str:
    most = _free_memory() * _SHARE if limit is None else limit
    return (
        f"Simulating {device.num_qubits} qubits with the method {smallest.simulator.name} needs "
        f"{_size(smallest.estimate.bytes)} of memory, more than the {_size(most)} it may take. Use fewer qubits, a Clifford "
        "circuit, or options.simulator.method = 'matrix_product_state' if the circuit entangles little."
    )


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} EB"


def memory_limit() -> float:
    """Bytes that simulations may take together where no limit is asked for."""
    return max(_ALWAYS_THERE, _free_memory() * _SHARE)


def _free_memory() -> float:
    """Bytes of memory that can be had, as far as the system tells; 4 GB where it does not."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) / 2
    return 4e9
