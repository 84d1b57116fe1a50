"""What tests of simulators share: tools, devices, circuits, exact references and a chi-square test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ClassicalRegister, QuantumCircuit
from qiskit.quantum_info import DensityMatrix, Statevector
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error, pauli_error
from scipy.stats import chisquare

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.simulators.base import Tools
from qiskit_local_runtime.sweeps import Shots, Sweep, unpack_bools

LEAST_P = 1e-4
"""Chi-square tests fail below this: one in ten thousand for a right distribution, and the seeds are fixed."""


def tools(seed: int = 0, cancel: CancelToken | None = None) -> Tools:
    """Tools that run everything in this thread."""
    return Tools(np.random.SeedSequence(seed), cancel or CancelToken(), InlineEngine())


def noiseless(num_qubits: int) -> ActiveDevice:
    """A device without noise."""
    return ActiveDevice("noiseless", tuple(range(num_qubits)))


def noisy(num_qubits: int, model: NoiseModel) -> ActiveDevice:
    """A device with an Aer noise model."""
    return device_of(AerSimulator(noise_model=model)).restrict(tuple(range(num_qubits)))


def pauli_noise(readout: bool = True) -> NoiseModel:
    """Pauli errors on a few gates, asymmetric readout errors."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.08, 2), ["cx", "cz", "ecr"])
    model.add_all_qubit_quantum_error(pauli_error([("X", 0.03), ("Y", 0.02), ("I", 0.95)]), ["h", "s", "sx", "x"])
    if readout:
        model.add_all_qubit_readout_error(ReadoutError([[0.97, 0.03], [0.08, 0.92]]))
    return model


def damping_noise(readout: bool = True) -> NoiseModel:
    """Noise that is not Pauli noise."""
    model = pauli_noise(readout)
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["ry", "rx", "sdg"])
    return model


def random_clifford(num_qubits: int, gates: int, seed: int, *, resets: bool = False) -> QuantumCircuit:
    """A random Clifford circuit without measurements, with ``num_qubits`` classical bits."""
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(num_qubits, num_qubits)
    for _ in range(gates):
        if rng.random() < 0.5:
            getattr(circuit, str(rng.choice(["h", "s", "sx", "x", "sdg", "y"])))(int(rng.integers(num_qubits)))
        else:
            pair = [int(q) for q in rng.choice(num_qubits, 2, replace=False)]
            getattr(circuit, str(rng.choice(["cx", "cz", "ecr"])))(*pair)
        if resets and rng.random() < 0.08:
            circuit.reset(int(rng.integers(num_qubits)))
    return circuit


def measured(circuit: QuantumCircuit) -> QuantumCircuit:
    """A copy with every qubit measured into the classical bit of its number."""
    out = circuit.copy()
    if out.num_clbits < out.num_qubits:
        out.add_register(ClassicalRegister(out.num_qubits - out.num_clbits, "more"))
    out.measure(range(out.num_qubits), range(out.num_qubits))
    return out


def counts(shots: Shots, row: int = 0, ending: int = 0) -> NDArray[np.int64]:
    """How often each outcome occurs, over all randomizations."""
    bits = unpack_bools(shots.packed[row, ending].reshape(-1, shots.packed.shape[-1]), shots.num_clbits)
    index = bits.astype(np.int64) @ (1 << np.arange(shots.num_clbits))
    return np.bincount(index, minlength=1 << shots.num_clbits)


def exact_probabilities(sweep: Sweep, model: NoiseModel | None, row: int = 0) -> NDArray[np.float64]:
    """Outcome probabilities of a unitary-then-measure circuit that measures qubit ``i`` into bit ``i``."""
    circuit = sweep.circuit.assign_parameters(dict(zip(sweep.parameters, sweep.values[row], strict=True)))
    circuit = circuit.remove_final_measurements(inplace=False)
    if model is None:
        return np.asarray(Statevector(circuit).probabilities())
    state = exact_state(circuit, model)
    probabilities = np.asarray(state.probabilities())
    readout = model._default_readout_error
    if readout is not None:
        cube = probabilities.reshape((2,) * circuit.num_qubits)
        for axis in range(circuit.num_qubits):
            cube = np.moveaxis(np.tensordot(cube, readout.probabilities, axes=(axis, 0)), -1, axis)
        probabilities = cube.reshape(-1)
    return probabilities


def exact_state(circuit: QuantumCircuit, model: NoiseModel | None) -> DensityMatrix:
    """The density matrix Aer finds for a bound circuit."""
    circuit = circuit.copy()
    circuit.save_density_matrix()
    result = AerSimulator(method="density_matrix", noise_model=model).run(circuit).result()
    return DensityMatrix(result.data()["density_matrix"])


def chi_square(found: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    """p-value of counts under exact probabilities; outcomes expected fewer than five times are pooled."""
    expected = probabilities / probabilities.sum() * found.sum()
    rare = expected < 5
    observed = np.append(found[~rare], found[rare].sum())
    wanted = np.append(expected[~rare], expected[rare].sum())
    if wanted[-1] < 1e-9:
        assert observed[-1] == 0, f"{observed[-1]} shots of outcomes that cannot occur"
        observed, wanted = observed[:-1], wanted[:-1]
    if len(wanted) < 2:
        return 1.0
    return float(chisquare(observed, wanted * observed.sum() / wanted.sum()).pvalue)
