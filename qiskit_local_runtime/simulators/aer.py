"""Qiskit Aer's methods, for what our own simulators do not do: feed-forward, tensor networks, GPUs."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.equivalence_library import SessionEquivalenceLibrary
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import SparseObservable, SparsePauliOp
from qiskit.transpiler import PassManager
from qiskit.transpiler.passes import BasisTranslator

from ..devices.device import ActiveDevice
from ..devices.layered_noise import REFUSAL
from ..errors import IBMInputValueError
from ..sweeps import Shots, Sweep, Terms, pack_bools, unpack_bools
from . import aer_call
from .base import Estimate, Tools
from .recording import record_bits

_PORTION = 16
"""Circuits a call: a matter of the request alone, since each call has one seed."""
_INLINE_SECONDS = 0.03
"""Longer calls hold the GIL for too long and go to a child process."""
_OVERHEAD = 0.2
"""Seconds of any call: circuits and noise go to a child process."""
_PER_SHOT_GATE = {"statevector": 1.5e-6, "density_matrix": 1e-6, "stabilizer": 2e-6, "matrix_product_state": 2e-5}


class AerSimulatorMethod:
    """One of Aer's methods.

    Args:
        name: what result metadata calls it.
        aer_method: Aer's name of the method.
        exact: whether it can give exact expectation values.
        clifford: whether it takes Clifford circuits with Pauli noise only.
    """

    def __init__(self, name: str, aer_method: str, *, exact: bool, clifford: bool = False) -> None:
        self.name = name
        self._method = aer_method
        self._exact = exact
        self._clifford = clifford

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        if device.layers is not None:
            return REFUSAL
        if sweep.flips is not None and any(tape.mid_circuit and not tape.final_measurements for tape in sweep.tapes):
            return "measurement twirling needs final measurements"
        if self._method == "statevector" and self.name == "statevector" and _noisy(device):
            return "the device is noisy"
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        rows, endings, randomizations, shots = sweep.shape
        gates = len(sweep.tapes[0]) + 1
        size = self._size(sweep, device)
        again = shots * randomizations if self._repeats(sweep, device) else 1
        each = again * gates * (_PER_SHOT_GATE.get(self._method, 1e-4) + 2e-9 * size)
        return Estimate(int(16 * size * 2), _OVERHEAD + rows * endings * (5e-3 + each + shots * randomizations * 4e-6))

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        inside = any(tape.mid_circuit for tape in sweep.tapes)
        rows, endings, randomizations, each = sweep.shape
        repeats = randomizations if inside and sweep.flips is not None else 1
        jobs = [(row, ending, r) for row in range(rows) for ending in range(endings) for r in range(repeats)]
        count = each if repeats == randomizations else each * randomizations
        for portion in range(0, len(jobs), _PORTION):
            part = jobs[portion : portion + _PORTION]
            circuits = [self._circuit(sweep, *job, flipped=repeats > 1 or inside) for job in part]
            bits = self._run(circuits, sweep, device, tools, count, portion, readout=inside)
            for job, found in zip(part, bits, strict=True):
                self._store(found, job, sweep, device, tools, shots, inside=inside)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if not self._exact or (_noisy(device) and self._method != "density_matrix"):
            raise IBMInputValueError(
                f"The method {self.name} has no exact expectation values here. Set a precision larger than 0, or another "
                "options.simulator.method."
            )
        labels = [f"t{i}" for i in range(len(terms))]
        operators = [_operator(letters) for letters in terms.letters]
        out = np.empty((len(sweep.values), len(terms)))
        for row in range(len(sweep.values)):
            circuit = _bound(sweep, row, 0)
            for label, operator in zip(labels, operators, strict=True):
                circuit.save_expectation_value(operator, range(circuit.num_qubits), label=label)
            options, model = self._options(sweep, device), self._model(device, readout=False)
            tools.cancel.check()
            out[row] = aer_call.expect(circuit, labels, options, model)
        return out

    def _circuit(self, sweep: Sweep, row: int, ending: int, randomization: int, *, flipped: bool) -> QuantumCircuit:
        circuit = _bound(sweep, row, ending)
        if not flipped or sweep.flips is None:
            return circuit
        flips = sweep.flips[row, ending, randomization]
        return _with_flips(circuit, sweep.tapes[ending].final_measurements, flips)

    def _run(
        self,
        circuits: list[QuantumCircuit],
        sweep: Sweep,
        device: ActiveDevice,
        tools: Tools,
        shots: int,
        portion: int,
        *,
        readout: bool,
    ) -> NDArray[np.uint8]:
        seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, portion))
        number = int(seed.generate_state(1, np.uint32)[0]) >> 1
        model = self._model(device, readout=readout)
        arguments = (aer_call.to_bytes(circuits), sweep.num_clbits, self._options(sweep, device), model, shots, number)
        if self.estimate(sweep, device).seconds < _INLINE_SECONDS:
            tools.cancel.check()
            return aer_call.sample(*arguments)
        return tools.engine.call(aer_call.sample, *arguments, cancel=tools.cancel)

    def _store(
        self,
        found: NDArray[np.uint8],
        job: tuple[int, int, int],
        sweep: Sweep,
        device: ActiveDevice,
        tools: Tools,
        shots: Shots,
        *,
        inside: bool,
    ) -> None:
        row, ending, randomization = job
        _, _, randomizations, each = sweep.shape
        if inside and sweep.flips is not None:
            bits = unpack_bools(found, sweep.num_clbits) ^ sweep.flips[row, ending, randomization]
            shots.packed[row, ending, randomization] = pack_bools(bits)
            return
        parts = found.reshape(randomizations, each, -1)
        if inside or device.noise is None or not device.noise.readout:
            shots.packed[row, ending] = parts
            return
        final = sweep.tapes[ending].final_measurements
        bits = unpack_bools(parts, sweep.num_clbits)
        seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, row, ending, 1))
        flips = None if sweep.flips is None else sweep.flips[row, ending]
        clbits = [clbit for _, clbit in final]
        shots.packed[row, ending] = record_bits(
            bits[..., clbits], final, sweep.num_clbits, device, flips, np.random.default_rng(seed)
        )

    def _options(self, sweep: Sweep, device: ActiveDevice) -> dict[str, Any]:
        options = {"max_parallel_threads": 1 if device.num_qubits < 16 else 0, **device.aer_options}
        return {**options, "method": self._method}

    def _model(self, device: ActiveDevice, *, readout: bool) -> Any:
        """The device's noise for Aer; readout errors of final measurements are ours to apply."""
        if device.noise is None:
            return None
        model = device.noise.aer_model()
        if readout:
            return model
        model = copy.copy(model)
        model._local_readout_errors, model._default_readout_error = {}, None
        return model

    def _size(self, sweep: Sweep, device: ActiveDevice) -> float:
        count = device.num_qubits
        if self._method == "statevector":
            return 2.0**count
        if self._method == "density_matrix":
            return 4.0**count
        if self._method == "matrix_product_state":
            return count * 4.0 ** bond_bits(sweep)
        return 16.0 * count * count

    def _repeats(self, sweep: Sweep, device: ActiveDevice) -> bool:
        """Whether every shot is simulated anew."""
        return sweep.tapes[0].mid_circuit or (_noisy(device) and self._method != "density_matrix")


def bond_bits(sweep: Sweep) -> int:
    """A bound on the entanglement across any cut of the line of qubits, in bits: gates that cross it, or qubits beside it."""
    tape = sweep.tape
    crossing = np.zeros(max(1, tape.num_qubits), dtype=int)
    for step in tape.body:
        if len(step.qubits) > 1:
            crossing[min(step.qubits) : max(step.qubits)] += 1
    index = np.arange(1, len(crossing) + 1)
    return int(np.minimum(crossing, np.minimum(index, len(crossing) - index)).max(initial=0))


def _noisy(device: ActiveDevice) -> bool:
    return device.noise is not None


def _bound(sweep: Sweep, row: int, ending: int) -> QuantumCircuit:
    circuit = sweep.whole(ending)
    bound = circuit.assign_parameters(dict(zip(sweep.parameters, sweep.values[row], strict=True)), inplace=False)
    return _in_aers_gates(bound)


def _in_aers_gates(circuit: QuantumCircuit) -> QuantumCircuit:
    """Standard gates that Aer does not know (``iswap``, ``cs``, …) by their equivalents."""
    known = _aers_gates()
    if all(item.name in known for item in circuit.data):
        return circuit
    translate = PassManager([BasisTranslator(SessionEquivalenceLibrary, sorted(known))])
    done: QuantumCircuit = translate.run(circuit)
    return done


@cache
def _aers_gates() -> frozenset[str]:
    from qiskit_aer import AerSimulator

    plain = AerSimulator().target.operation_names
    return frozenset(plain) | {"barrier", "measure", "reset", "delay", "unitary"}


def _with_flips(circuit: QuantumCircuit, final: tuple[tuple[int, int], ...], flips: NDArray[np.bool_]) -> QuantumCircuit:
    """X before each final measurement whose bit is flipped: a ``unitary``, which no noise model knows."""
    out = circuit.copy_empty_like()
    wanted = {(circuit.qubits[q], circuit.clbits[c]) for q, c in final if flips[c]}
    last = {
        pair: i for i, item in enumerate(circuit.data) if item.name == "measure" for pair in [(item.qubits[0], item.clbits[0])]
    }
    before = {i for pair, i in last.items() if pair in wanted}
    for i, item in enumerate(circuit.data):
        if i in before:
            out.append(UnitaryGate([[0, 1], [1, 0]]), [item.qubits[0]])
        out._append(item)
    return out


def _operator(letters: NDArray[np.uint8]) -> SparsePauliOp:
    label = "".join(Terms.LETTERS[letter] for letter in letters[::-1])
    return SparsePauliOp.from_sparse_observable(SparseObservable.from_label(label).as_paulis())
