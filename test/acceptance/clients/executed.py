"""The primitives that run on the client's side and send programs for the executor, and both noise learners."""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit_ibm_runtime import Executor, NoiseLearner, NoiseLearnerV3, QiskitRuntimeService
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.quantum_program import QuantumProgram
from samplomatic import InjectNoise, Twirl

from .shared import NAME, bell, tell

service = QiskitRuntimeService()
backend = service.backend(NAME)
pair, measured, observable = bell(backend)


def sampled() -> dict[str, int]:
    """Counts of the pair."""
    sampler = Sampler(backend)
    sampler.options.default_shots = 400
    counts: dict[str, int] = sampler.run([measured]).result()[0].data.meas.get_counts()
    return counts


def estimated(level: int) -> tuple[float, float]:
    """ZZ of the pair, and its standard error."""
    estimator = Estimator(backend)
    estimator.options.resilience_level = level
    estimator.options.default_precision = 0.05
    data = estimator.run([(pair, observable)]).result()[0].data
    return float(data.evs), float(data.stds)


def executed() -> Any:
    """Bits of a program with one circuit."""
    program = QuantumProgram(shots=64)
    program.append_circuit_item(measured)
    bits = Executor(backend).run(program).result()[0]["meas"]
    return bits.shape, float((bits[..., 0] == bits[..., 1]).mean())


def learned() -> dict[str, Any]:
    """Layers of the pair, by the older learner and the newer one."""
    older, newer = NoiseLearner(backend), NoiseLearnerV3(backend)
    for learner in (older, newer):
        learner.options.shots_per_randomization = 16
        learner.options.num_randomizations = 4
        learner.options.layer_pair_depths = [0, 2]
    box = QuantumCircuit(backend.num_qubits)
    gate = next(each for each in pair.data if each.operation.num_qubits == 2)
    with box.box([Twirl(dressing="left"), InjectNoise("layer")]):
        box.append(gate.operation, [pair.find_bit(qubit).index for qubit in gate.qubits])
    found, rates = older.run([pair]).result().data, newer.run(box.data).result()
    return {
        "layers": len(found),
        "qubits": [len(layer.qubits) for layer in found],
        "boxes": len(rates),
        "terms": rates[0].to_pauli_lindblad_map().num_terms,
    }


if __name__ == "__main__":
    tell(
        sampled=sampled(),
        estimated=[estimated(level) for level in (0, 1, 2)],
        executed=executed(),
        learned=learned(),
    )
