"""Which simulator runs a sweep: explicit rules, and the memory checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..devices.device import ActiveDevice
from ..errors import IBMBackendError, IBMInputValueError, SimulationTooLargeError
from ..sweeps import Sweep
from .aer import AerSimulatorMethod, bond_bits
from .base import Estimate, Simulator
from .candidates import QUICK_SECONDS, Candidate, sorted_out
from .density import DensitySimulator
from .foreign import BackendSimulator
from .frames import FrameSimulator
from .memory import fits, memory_limit, size_of
from .parts import may_separate
from .propagation import PropagationSimulator
from .separate import NAME, SeparateSimulator
from .state import StateSimulator
from .trajectories import TrajectorySimulator

__all__ = ["SIMULATORS", "choose", "memory_limit"]

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
_OWN: tuple[str, ...] = ("statevector", "density_matrix", "stabilizer", "trajectories")
"""What parts are run by where all of them can be: these travel to other processes without circuits."""
_FASTER = 4.0
"""How much faster parts must be than a whole that fits."""


def _table(names: tuple[str, ...]) -> dict[str, Simulator]:
    return {name: SIMULATORS[name] for name in names}


_IN_PARTS = SeparateSimulator(_table(_OWN), _table(_FEW_PAULIS))
SIMULATORS[NAME] = _IN_PARTS
_SEPARATE: dict[str | None, tuple[SeparateSimulator, ...]] = {
    None: (_IN_PARTS, SeparateSimulator(_table(_FREE), circuits=True)),
    **{name: (SeparateSimulator(_table(names), circuits=True),) for name, names in _METHODS.items()},
}
"""What runs circuits in parts, by the method asked for, the first that can."""


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
    (they have a note) last. A circuit whose qubits do not all meet is run in parts where the whole does not fit, is
    approximated or takes four times as long. Matrix product states are taken where a noiseless circuit entangles little and
    nothing else fits.

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
    sweeps = tuple(each for each in (sweep, also) if each is not None)
    search = partial(sorted_out, asked=sweeps, sized=whole, device=device, limit=limit, exact=exact)
    reasons, candidates = search(_table(names))
    best = _best(candidates, limit, asked)
    if _worth_cutting(best, asked, device) and all(may_separate(each, device) for each in sweeps):
        more, apart = _in_parts(asked, search)
        candidates, reasons = [*candidates, *apart], {**reasons, **more}
        best = _better(best, _best(apart, limit, asked))
    if best is None and not asked:
        more, others = search(_table(_last_resorts(sweep, device, exact=exact)))
        candidates, reasons = [*candidates, *others], {**reasons, **more}
        best = _best(others, limit, asked)
    if not candidates:
        raise IBMInputValueError(_refusal(asked, reasons))
    if best is None:
        raise SimulationTooLargeError(_too_large(min(candidates, key=lambda c: c.estimate.bytes), whole, device, limit))
    return best.simulator, best.estimate


def _best(candidates: list[Candidate], limit: float | None, asked: str | None) -> Candidate | None:
    """The first that fits, where a method is asked for; else the fastest, approximations last."""
    fitting = [candidate for candidate in candidates if fits(candidate.estimate.bytes, limit)]
    if asked or not fitting:
        return fitting[0] if fitting else None
    return min(fitting, key=lambda candidate: candidate.rank)


def _worth_cutting(best: Candidate | None, asked: str | None, device: ActiveDevice) -> bool:
    """Whether parts are asked about: they may be faster, exact where the whole is not, or small enough."""
    if device.aer_options.get("device") == "GPU":
        return False
    return best is None or (not asked and (bool(best.estimate.note) or best.estimate.seconds >= QUICK_SECONDS))


def _in_parts(
    asked: str | None, search: Callable[[dict[str, Simulator]], tuple[dict[str, str], list[Candidate]]]
) -> tuple[dict[str, str], list[Candidate]]:
    """The first that can run all parts; those with Aer's methods are asked where ours cannot."""
    reasons: dict[str, str] = {}
    for simulator in _SEPARATE[asked]:
        reasons, found = search({NAME: simulator})
        if found:
            return {}, found
    return reasons, []


def _better(whole: Candidate | None, parts: Candidate | None) -> Candidate | None:
    if whole is None or parts is None:
        return whole or parts
    if bool(whole.estimate.note) != bool(parts.estimate.note):
        return parts if whole.estimate.note else whole
    return parts if parts.estimate.seconds * _FASTER <= whole.estimate.seconds else whole


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


def _refusal(asked: str | None, reasons: dict[str, str]) -> str:
    why = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    if asked:
        return f"The simulation method {asked!r} cannot run this circuit ({why}). Choose another, or leave it to the runtime."
    return f"No simulation method can run this circuit ({why})."


def _too_large(smallest: Candidate, sweep: Sweep, device: ActiveDevice, limit: float | None) -> str:
    simulator, what = smallest.simulator, f"{device.num_qubits} qubits"
    if isinstance(simulator, SeparateSimulator):
        part, simulator, _ = simulator.largest(sweep, device)
        if len(part.qubits) < device.num_qubits:
            what = f"the circuit's part of {len(part.qubits)} qubits, {list(part.device.qubits)},"
    return (
        f"Simulating {what} with the method {simulator.name} needs {size_of(smallest.estimate.bytes)} of memory, more than the "
        f"{size_of(memory_limit() if limit is None else limit)} it may take. Use fewer qubits, a Clifford circuit, or "
        "options.simulator.method = 'matrix_product_state' if the circuit entangles little."
    )
