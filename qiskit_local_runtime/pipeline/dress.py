"""Circuits as they really run: two-qubit gates twirled, idle times written out and decoupled, noise of idle times woven in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.transpiler import Target

from ..devices.cache import IdentityCache
from ..devices.device import ActiveDevice
from ..devices.durations import durations_for_decoupling, durations_of
from ..devices.idle import IdleNoise, detunings
from ..errors import IBMInputValueError
from ..sweeps import Sweep, Tape, tape_of
from ..sweeps.durations import Durations
from ..sweeps.euler import basis_for
from ..sweeps.layer_noise import with_layer_noise
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.schedule import scheduled, without_duration
from ..sweeps.weave import woven
from ..techniques.decoupling import Decoupling, Report, decoupled
from ..techniques.gate_twirling import Strategy, TwirledCircuit, twirled
from ..techniques.injection import Injection, injection
from ..techniques.midway_twirling import draw_midway, midway

_DEFAULT_BASIS = "rz-sx"
"""What twirled one-qubit gates are written in where the device takes anything."""
_MICROSECOND = 1e-6
_INJECTION = 3
_NOT_SENT = QuantumCircuit()


@dataclass(frozen=True)
class Wanted:
    """What is to be done to a circuit."""

    gates: bool = False
    """Twirl two-qubit gates."""
    required: bool = True
    """Refuse a circuit in which no gate can be twirled."""
    measure: bool = False
    """Whether measurements are twirled as well, which counts in some strategies."""
    strategy: Strategy = "active-accum"
    balanced: bool = False
    """Every Pauli comes equally often on each qubit."""
    method: Any = "alap"
    """How it is scheduled."""
    decoupling: Decoupling | None = None
    staggered: bool = False
    """Shift the pulses of every other qubit."""


class Drawn(NamedTuple):
    """What is random in some value sets and randomizations of a dressed circuit."""

    paulis: NDArray[np.uint8] | None
    """Of twirled gates, injected ones included: ``(rows, randomizations, merged gates)``; ``None``: none are twirled."""
    flips: NDArray[np.bool_]
    """Of the bits :attr:`Dressed.flipped`: ``(rows, randomizations, bits)``."""
    hertz: NDArray[np.float64] | None
    """Detunings: ``(rows, randomizations, draws, columns)``; ``None``: nothing is detuned."""

    def part(self, rows: slice, randomizations: slice) -> Drawn:
        """Some value sets and randomizations of it."""
        return Drawn(
            None if self.paulis is None else self.paulis[rows, randomizations],
            self.flips[rows, randomizations],
            None if self.hertz is None else self.hertz[rows, randomizations],
        )


@dataclass(frozen=True, eq=False)
class Dressed:
    """A circuit as it really runs, for any number of value sets and randomizations."""

    circuit: QuantumCircuit
    """On the same qubits and classical bits as the original."""
    tape: Tape
    parameters: tuple[Parameter, ...]
    originals: tuple[Parameter, ...]
    """The original circuit's parameters, in the order of the columns of value sets."""
    twirl: TwirledCircuit | None
    idle: IdleNoise | None
    columns: tuple[int, ...]
    """Active qubits whose detunings are the last parameters."""
    report: Report | None
    """What decoupling did."""
    scheduled: bool
    flipped: tuple[int, ...] = ()
    """Classical bits whose measurements in the middle are twirled; their angles follow those of the twirled gates."""
    exact: bool = False
    """Whether exact values are wanted: draws cost no shots then."""
    injection: Injection | None = None
    """Paulis before the layers that cancel or amplify their noise."""
    warning: str = ""
    """What the user is told when the circuit is accepted."""
    randomizations: int = 1
    seed: np.random.SeedSequence = np.random.SeedSequence(0)  # noqa: RUF009 - never changed

    @property
    def light(self) -> Dressed:
        """The same without what is only told about it: what is sent to other processes."""
        twirl = None if self.twirl is None else replace(self.twirl, circuit=_NOT_SENT, layers=(), starts=None, skipped=())
        return replace(self, circuit=_NOT_SENT, twirl=twirl, report=None, warning="")

    def as_run(self, sweep: Sweep) -> Sweep:
        """A sweep of the original circuit as one of this circuit, with the original's values."""
        return replace(sweep, circuit=self.circuit, parameters=self.originals, known_tape=self.tape)

    @property
    def draws(self) -> int:
        """Values of the detunings in each randomization: at least :attr:`IdleNoise.draws` in all."""
        if not self.columns or self.idle is None:
            return 1
        return self.idle.draws if self.exact else -(-self.idle.draws // self.randomizations)

    @property
    def varied(self) -> bool:
        """Whether randomizations differ in more than the flips before their measurements."""
        return self.twirl is not None or bool(self.columns) or bool(self.flipped)

    def draw(self, rows: int, start: int = 0) -> Drawn:
        """Draw anew for every value set and randomization.

        Args:
            rows: how many value sets.
            start: number of the first of them among all; each has seeds of its own, so that rows drawn in portions are those
                drawn at once.
        """
        count = self.randomizations if self.varied else 1
        hertz = None
        if self.columns and self.idle is not None:
            drawn = detunings(replace(self.idle, draws=self.draws), rows, count, self._child(1), start=start)
            hertz = drawn[..., list(self.columns)]
        paulis = None if self.twirl is None else self._paulis(self.twirl, rows, start)
        return Drawn(paulis, draw_midway((rows, count), len(self.flipped), self._child(2), start=start), hertz)

    def values(self, values: NDArray[np.float64], drawn: Drawn) -> NDArray[np.float64]:
        """Values of :attr:`parameters`.

        Args:
            values: shape ``(rows, original parameters)``.
            drawn: for the same rows, all or some randomizations.

        Returns:
            Shape ``(rows, randomizations, draws, parameters)``, with one randomization where they are not :attr:`varied`.
        """
        count = drawn.flips.shape[1]
        angles = np.broadcast_to(values[:, None], (len(values), count, values.shape[1]))
        if self.twirl is not None:
            angles = self.twirl.values(values, drawn.paulis)
        angles = np.concatenate([angles, np.pi * drawn.flips], axis=-1) if self.flipped else angles
        draws = 1 if drawn.hertz is None else drawn.hertz.shape[2]
        wide = np.broadcast_to(angles[:, :, None], (len(values), count, draws, angles.shape[-1]))
        return np.asarray(wide if drawn.hertz is None else np.concatenate([wide, drawn.hertz], axis=-1))

    def signs(self, rows: int, start: int = 0) -> NDArray[np.int8] | None:
        """Signs that outcomes count with, ``(rows, randomizations)``, :attr:`Injection.gamma` times each; ``None``: none."""
        if self.injection is None or (self.injection.rates >= 0).all():
            return None
        return self.injection.signs(rows, start=start)

    def facts(self) -> dict[str, Any]:
        """What result metadata says: layers twirled and left alone, idle windows, whether idle time was written out."""
        out: dict[str, Any] = {"scheduled": self.scheduled}
        if self.twirl is not None:
            out["twirled_layers"] = len(self.twirl.twirled_qubits)
            out["not_twirled"] = list(self.twirl.skipped)
        if self.flipped:
            out["twirled_midway"] = len(self.flipped)
        if self.report is not None:
            out["idle_windows"] = len(self.report.windows)
            out["decoupled_windows"] = self.report.decoupled
            out["not_decoupled"] = list(self.report.notes)
        if self.columns:
            out["detuning_draws"] = self.draws
        return out

    def _paulis(self, twirl: TwirledCircuit, rows: int, start: int) -> NDArray[np.uint8]:
        paulis = replace(twirl, num_randomizations=self.randomizations, seed=self._child(0)).draw(rows, start=start)
        if self.injection is not None:
            paulis ^= replace(self.injection, num_randomizations=self.randomizations).draw(rows, start=start).paulis
        return paulis

    def injecting(self, models: Sequence[PauliLindblad | None], noise_factor: float, physical: tuple[int, ...]) -> Dressed:
        """The same with the noise of every layer brought to ``noise_factor`` times what its model says.

        Args:
            models: of each twirled layer in turn.
            noise_factor: 0 cancels, more than 1 amplifies.
            physical: physical qubit of each active one.
        """
        assert self.twirl is not None
        fronts = self.twirl.fronts(physical)
        gates = len(self.twirl.sources)
        return replace(
            self, injection=injection(fronts, models, noise_factor, gates, self.randomizations, self._child(_INJECTION))
        )

    def _child(self, number: int) -> np.random.SeedSequence:
        return np.random.SeedSequence(self.seed.entropy, spawn_key=(*self.seed.spawn_key, number))


def dress(
    circuit: QuantumCircuit, parameters: tuple[Parameter, ...], device: ActiveDevice, target: Target | None, wanted: Wanted
) -> Dressed | None:
    """What really runs when a circuit is asked for; the same object for the same circuit, device and wish.

    Idle times are written out wherever they cost something, so that a circuit suffers the same in them whether it is
    decoupled or not.

    Args:
        circuit: on active qubits.
        parameters: its parameters, in the order of the columns of its value sets.
        device: the active device.
        target: of the whole device, for durations and gates.
        wanted: by the options.

    Returns:
        ``None`` where the circuit runs as it is.

    Raises:
        IBMInputValueError: nothing can be twirled, or there are no durations to decouple by.
    """
    key = (device, parameters, wanted, id(target))
    found = _MADE.get(circuit, key, lambda: _Made(_dress(circuit, parameters, device, target, wanted), target))
    return found.dressed


@dataclass(frozen=True, eq=False)
class _Made:
    dressed: Dressed | None
    target: Target | None
    """Kept, so that its number stays its own."""


_MADE: IdentityCache[_Made] = IdentityCache(8)


def _dress(
    circuit: QuantumCircuit, parameters: tuple[Parameter, ...], device: ActiveDevice, target: Target | None, wanted: Wanted
) -> Dressed | None:
    twirl = _twirled(circuit, target, wanted) if wanted.gates else None
    out = circuit if twirl is None else twirl.circuit
    angles = parameters if twirl is None else twirl.parameters
    # a backend that runs circuits itself need not know such flips
    between = midway(out) if wanted.measure and device.backend is None else None
    if between is not None:
        out, angles = between.circuit, (*angles, *between.parameters)
    warning = ""
    if device.layers is not None:
        starts = twirl.starts if twirl is not None and between is None else None
        marked = with_layer_noise(out, device.layers, device.qubits, starts)
        out, warning = marked.circuit, marked.warning
    durations = _durations(device, target, wanted)
    report: Report | None = None
    columns: tuple[int, ...] = ()
    timed = None if durations is None else _scheduled(out, durations, wanted, device)
    if timed is not None and durations is not None:
        out = timed
        if wanted.decoupling is not None:
            late = _every_other(device, target) if wanted.staggered else frozenset[int]()
            out, report = decoupled(out, durations, replace(wanted.decoupling, staggered=late))
        if device.idle is not None:
            woven_in = woven(out, durations, device.idle.zz, device.idle.detuned)
            out, angles, columns = woven_in.circuit, (*angles, *woven_in.parameters), woven_in.columns
    if out is circuit:
        return None
    flipped = () if between is None else between.clbits
    return Dressed(
        out, tape_of(out), angles, parameters, twirl, device.idle, columns, report, timed is not None, flipped, warning=warning
    )


def _twirled(circuit: QuantumCircuit, target: Target | None, wanted: Wanted) -> TwirledCircuit | None:
    basis = _DEFAULT_BASIS if target is None else basis_for(target.operation_names)
    seed = np.random.SeedSequence(0)
    found = twirled(circuit, 1, wanted.strategy, seed, basis=basis, measures=wanted.measure, balanced=wanted.balanced)
    if found.twirled_qubits:
        return found
    if found.skipped and wanted.required:
        raise IBMInputValueError(
            f"twirling.enable_gates is on, but nothing in the circuit can be twirled ({'; '.join(found.skipped)}). Switch "
            "twirling.enable_gates off for this circuit, or write it in Clifford two-qubit gates outside control flow."
        )
    return None


def _every_other(device: ActiveDevice, target: Target | None) -> frozenset[int]:
    """Active qubits such that neighbours are on different sides, as far as the device's couplings allow."""
    pairs = target.build_coupling_map() if target is not None else None
    place = {physical: i for i, physical in enumerate(device.qubits)}
    neighbours: dict[int, set[int]] = {i: set() for i in place.values()}
    for a, b in pairs.get_edges() if pairs is not None else ():
        if a in place and b in place:
            neighbours[place[a]].add(place[b])
            neighbours[place[b]].add(place[a])
    side: dict[int, int] = {}
    for start in neighbours:
        # qubit after qubit along the couplings, on the side that fewer of its neighbours are on
        waiting = [start]
        while waiting:
            qubit = waiting.pop()
            if qubit not in side:
                taken = [side[other] for other in neighbours[qubit] if other in side]
                side[qubit] = int(2 * sum(taken) < len(taken))
                waiting.extend(sorted(neighbours[qubit] - side.keys()))
    return frozenset(qubit for qubit, late in side.items() if late)


def _durations(device: ActiveDevice, target: Target | None, wanted: Wanted) -> Durations | None:
    """By which the circuit is scheduled; ``None``: it need not be."""
    if wanted.decoupling is not None:
        return durations_for_decoupling(device.name, target, device.qubits)
    if device.backend is not None:
        return None
    if device.idle is not None:
        found = durations_of(target, device.qubits)
        if found is None:
            raise IBMInputValueError(
                f"The noise of {device.name} grows with idle time, but its target has no durations. Use a backend with "
                "durations (a fake device, AerSimulator.from_backend(backend) or GenericBackendV2)."
            )
        return found
    return durations_of(target, device.qubits) if _idle_costs(device) else None


def _scheduled(circuit: QuantumCircuit, durations: Durations, wanted: Wanted, device: ActiveDevice) -> QuantumCircuit | None:
    """The circuit with its idle times; ``None`` where they cannot be known and nothing depends on them that was asked for."""
    needed = wanted.decoupling is not None or device.idle is not None
    if not needed and without_duration(circuit, durations):
        return None
    return scheduled(circuit, durations, wanted.method)


def _idle_costs(device: ActiveDevice) -> bool:
    """Whether waiting does something to the device's qubits."""
    return device.noise is not None and _COSTS.get(device, None, lambda: _delays_are_noisy(device))


def _delays_are_noisy(device: ActiveDevice) -> bool:
    wait = QuantumCircuit(device.num_qubits)
    for qubit in range(device.num_qubits):
        wait.delay(_MICROSECOND, qubit, unit="s")
    assert device.noise is not None
    return any(device.noise.after(step) for step in tape_of(wait).steps)


_COSTS: IdentityCache[bool] = IdentityCache(1)


def wanted_by(twirling: Any, decoupling: Any) -> Wanted:
    """What settled options want; see :class:`~qiskit_local_runtime.options.settings.Settings`."""
    pulses = None
    if decoupling.enable:
        pulses = Decoupling(decoupling.sequence_type, decoupling.extra_slack_distribution, decoupling.skip_reset_qubits)
    return Wanted(
        gates=twirling.gates,
        required=twirling.gates_by_name,
        measure=twirling.measure,
        strategy=twirling.strategy,
        balanced=twirling.group == "balanced_pauli",
        method=decoupling.scheduling_method,
        decoupling=pulses,
        staggered=decoupling.staggered,
    )


def portions(shots: int, draws: int) -> tuple[int, int]:
    """Into how many equal portions shots are divided, and how large they are: at most ``draws``, the last may be cut short."""
    each = -(-shots // draws)
    return -(-shots // each), each


def facts_of(dressed: Dressed | None) -> Mapping[str, Any]:
    """:meth:`Dressed.facts`, and nothing of a circuit that runs as it is."""
    return {} if dressed is None else dressed.facts()
