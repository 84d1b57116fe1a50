"""A backend's own ``run()``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit, QuantumRegister
from qiskit.circuit.library import XGate

from ..devices.device import ActiveDevice
from ..errors import IBMBackendError, IBMInputValueError
from ..sweeps import Shots, Sweep, Tape, Terms, num_bytes, pack_bools, unpack_bools
from .base import Estimate, Tools


class BackendSimulator:
    """Circuits go through the backend's own ``run()``: shot by shot where it has a memory, else from its counts.

    A list of counts has no order, so the shots made of it are put in a random one, by the job's seed.
    """

    name = "backend"

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        return None if device.backend is not None else "the backend does not run circuits itself"

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """Unknown; the backend's own affair."""
        return Estimate(0, 0.0)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        rows, endings, randomizations, each = sweep.shape
        jobs = [(i, e, r) for i in range(rows) for e in range(endings) for r in range(randomizations)]
        step = max(1, device.max_circuits or len(jobs))
        for start in range(0, len(jobs), step):
            part = jobs[start : start + step]
            circuits = [_physical(_flipped(sweep, device, *job), device) for job in part]
            for first, count in _portions(each, device.max_shots):
                tools.cancel.check()
                found = _run(device.backend, circuits, count)
                for job, circuit, result in zip(part, circuits, found, strict=True):
                    seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, *job, first))
                    bits = _bits(result, circuit, count, np.random.default_rng(seed), device.name)
                    if sweep.flips is not None:
                        bits = bits ^ sweep.flips[job]
                    shots.packed[job][first : first + count] = pack_bools(bits)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """Always refuses: a backend gives counts, not exact values."""
        raise IBMInputValueError(
            f"Precision 0 asks for exact expectation values, but {device.name} returns counts. Set a precision larger than 0."
        )


def _portions(shots: int, most: int | None) -> Iterator[tuple[int, int]]:
    step = shots if most is None else min(shots, most)
    for first in range(0, shots, step):
        yield first, min(step, shots - first)


def _flipped(sweep: Sweep, device: ActiveDevice, row: int, ending: int, randomization: int) -> QuantumCircuit:
    circuit = sweep.whole(ending)
    circuit = circuit.assign_parameters(dict(zip(sweep.parameters, sweep.values[row], strict=True)), inplace=False)
    if sweep.flips is None:
        return circuit
    flips = sweep.flips[row, ending, randomization]
    _check_flips(sweep.tapes[ending], device)
    final = {(circuit.qubits[q], circuit.clbits[c]) for q, c in sweep.tapes[ending].final_measurements if flips[c]}
    out = circuit.copy_empty_like()
    for item in circuit.data:
        if item.name == "measure" and (item.qubits[0], item.clbits[0]) in final:
            out.append(XGate(), [item.qubits[0]])
        out._append(item)
    return out


def _check_flips(tape: Tape, device: ActiveDevice) -> None:
    target = device.backend.target if device.backend is not None else None
    if target is None or not target.operation_names:
        return
    for qubit, _ in tape.final_measurements:
        if not target.instruction_supported("x", (device.qubits[qubit],)):
            raise IBMBackendError(
                f"Measurement twirling (and with it readout mitigation) needs an x gate, which {device.name} does not have on "
                f"qubit {device.qubits[qubit]}. Set twirling.enable_measure = False and resilience.measure_mitigation = False."
            )


def _physical(circuit: QuantumCircuit, device: ActiveDevice) -> QuantumCircuit:
    """The circuit on the backend's own qubits."""
    width = device.backend.target.num_qubits if device.backend is not None else None
    if width is None or (width == circuit.num_qubits and device.qubits == tuple(range(width))):
        return circuit
    out = QuantumCircuit(QuantumRegister(width, "q"), global_phase=circuit.global_phase, name=circuit.name)
    out.add_bits(circuit.clbits)
    for register in circuit.cregs:
        out.add_register(register)
    return out.compose(circuit, list(device.qubits), circuit.clbits)


def _run(backend: Any, circuits: list[QuantumCircuit], shots: int) -> list[dict[str, Any]]:
    """Per circuit the data of its result."""
    options: dict[str, Any] = {"shots": shots}
    if "memory" in getattr(backend.options, "__dict__", {}) or hasattr(backend.options, "memory"):
        options["memory"] = True
    job = backend.run(circuits, **options)
    result = job.result() if hasattr(job, "result") else job
    if not getattr(result, "success", True):
        raise IBMBackendError(f"{backend.name} failed: {getattr(result, 'status', 'no reason given')}.")
    return [_data(result, i, circuit) for i, circuit in enumerate(circuits)]


def _data(result: Any, index: int, circuit: QuantumCircuit) -> dict[str, Any]:
    data = dict(result.data(index)) if callable(getattr(result, "data", None)) else {}
    if "memory" not in data and "counts" not in data and hasattr(result, "get_counts"):
        data["counts"] = result.get_counts(index)
    if not data.get("memory") and not data.get("counts"):
        raise IBMBackendError(
            f"The backend's result for circuit {circuit.name!r} has neither memory nor counts, so there are no shots to "
            "return. Check the backend's run()."
        )
    return data


def _bits(
    data: Mapping[str, Any], circuit: QuantumCircuit, shots: int, rng: np.random.Generator, name: str
) -> NDArray[np.bool_]:
    width = circuit.num_clbits
    if data.get("memory"):
        values = [_word(word, circuit) for word in data["memory"]]
    else:
        counts = {_word(word, circuit): int(count) for word, count in dict(data["counts"]).items()}
        values = [word for word, count in sorted(counts.items()) for _ in range(count)]
        values = [values[i] for i in rng.permutation(len(values))]
    if len(values) != shots:
        raise IBMBackendError(f"{name} returned {len(values)} shots of circuit {circuit.name!r}, expected {shots}.")
    size = num_bytes(width)
    joined = b"".join(value.to_bytes(size, "big") for value in values)
    return unpack_bools(np.frombuffer(joined, dtype=np.uint8).reshape(shots, size), width)


def _word(word: Any, circuit: QuantumCircuit) -> int:
    """An outcome as an integer over all classical bits: hexadecimal, binary with spaces between registers, or an integer."""
    if isinstance(word, (int, np.integer)):
        return int(word)
    text = str(word).strip()
    if text.startswith(("0x", "0X")):
        return int(text, 16)
    digits = text.replace(" ", "")
    if not re.fullmatch("[01]+", digits) or len(digits) > circuit.num_clbits:
        raise IBMBackendError(
            f"The backend returned the outcome {word!r} for a circuit of {circuit.num_clbits} classical bits; expected "
            "hexadecimal (0x3) or binary (11) outcomes."
        )
    return int(digits, 2)
