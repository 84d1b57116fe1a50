"""The kicked Ising experiment on 127 qubits of a heavy-hex lattice, on a laptop.

Kim et al., "Evidence for the utility of quantum computing before fault tolerance", Nature 618, 500 (2023): Trotter steps of
R_X(θ_h) on every qubit and R_ZZ(−π/2) on every edge. At θ_h = 0 and π/2 the circuit is Clifford: shots come from Pauli frames,
exact noisy values from observables carried backwards. Between, Pauli propagation finds exact values as long as it can.

Run it with ``python examples/kicked_ising_127.py``; ``--qubits`` and ``--steps`` make it smaller.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit.providers import BackendV2
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Clifford, Pauli, SparsePauliOp
from qiskit_ibm_runtime.fake_provider import FakeSherbrooke
from rustworkx import PyGraph, graph_bipartite_edge_color

from qiskit_local_runtime import EstimatorV2
from qiskit_local_runtime.noise import LayerNoise, with_noise
from qiskit_local_runtime.sweeps.layers import layers_of
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer, unique_layer

QUBITS = 127
STEPS = 20
STABILIZER_STEPS = 3
FACTORS = (1.0, 1.2, 1.6)
MEAN_RATE = 1e-4
"""Of each generator, on average: 1 677 of them a layer of 127 qubits."""

Edge = tuple[int, int]
Models = dict[UniqueLayer, PauliLindblad]


def lattice(qubits: int = QUBITS) -> list[Edge]:
    """Edges of the heavy-hex lattice of an Eagle processor, between its first qubits."""
    return sorted({(min(a, b), max(a, b)) for a, b in FakeSherbrooke().coupling_map if max(a, b) < qubits})


def size(groups: list[list[Edge]]) -> int:
    """Number of qubits; a lattice has no qubit without an edge."""
    return 1 + max(max(edge) for group in groups for edge in group)


def side_by_side(edges: list[Edge]) -> list[list[Edge]]:
    """The edges in three groups that share no qubit, largest first."""
    graph = PyGraph()
    graph.add_nodes_from(range(size([edges])))
    graph.add_edges_from([(*edge, None) for edge in edges])
    colours = graph_bipartite_edge_color(graph)
    groups = [[edges[number] for number in sorted(colours) if colours[number] == colour] for colour in set(colours.values())]
    return sorted(groups, key=len, reverse=True)


def kicked_ising(angle: float, steps: int, groups: list[list[Edge]]) -> QuantumCircuit:
    """The circuit; R_ZZ(−π/2) is written as CZ and S† on both qubits."""
    circuit = QuantumCircuit(size(groups))
    for _ in range(steps):
        circuit.rx(angle, circuit.qubits)
        for group in groups:
            for edge in group:
                circuit.cz(*edge)
            circuit.rz(-np.pi / 2, [qubit for edge in group for qubit in edge])
            circuit.barrier()
    return circuit


def noise(edges: list[Edge], groups: list[list[Edge]], seed: int = 7) -> Models:
    """A model of each layer: all Paulis of one qubit and of neighbouring pairs, at random rates."""
    everywhere = tuple(range(size(groups)))
    letters = []
    for where in [(qubit,) for qubit in everywhere] + edges:
        for number in range(3 ** len(where)):
            row = np.zeros(len(everywhere), dtype=np.uint8)
            row[list(where)] = [1 + number // 3**place % 3 for place in range(len(where))]
            letters.append(row)
    rng = np.random.default_rng(seed)
    found: Models = {}
    for layer in layers_of(kicked_ising(0.0, 1, groups)).layers:
        if layer.gates:
            rates = rng.exponential(MEAN_RATE, len(letters))
            found[unique_layer(layer.gates, everywhere, everywhere)] = PauliLindblad(np.array(letters), rates)
    return found


def each_z(qubits: int) -> list[SparsePauliOp]:
    """Z of every qubit."""
    return [SparsePauliOp.from_sparse_list([("Z", [qubit], 1)], qubits) for qubit in range(qubits)]


def stabilizers(circuit: QuantumCircuit) -> list[SparsePauliOp]:
    """What the Z of every qubit becomes in a Clifford circuit: observables whose ideal value is 1."""
    count = circuit.num_qubits
    plain = QuantumCircuit(count)
    for item in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.name == "rx" and item.params[0]:
            plain.sx(qubits)
        elif item.name == "rz":
            plain.sdg(qubits)
        elif item.name == "cz":
            plain.cz(*qubits)
    clifford = Clifford(plain)
    labels = [Pauli("I" * (count - 1 - qubit) + "Z" + "I" * qubit).evolve(clifford, frame="s") for qubit in range(count)]
    return [SparsePauliOp(label) for label in labels]


def deviation(found: np.ndarray, wanted: np.ndarray | float, stds: np.ndarray) -> str:
    """The largest deviation in standard errors."""
    return f"{np.max(np.abs(found - wanted) / stds):.2f} σ"


def rows(backend: BackendV2, models: Models, groups: list[list[Edge]], many: int = STEPS) -> Iterator[tuple[str, str, str]]:
    """The experiments one after another: what, result, how far from what it should be."""
    z = each_z(size(groups))
    raw = EstimatorV2(mode=backend, options={"resilience_level": 0, "seed_estimator": 1})
    pea = EstimatorV2(mode=backend, options={"resilience_level": 0, "seed_estimator": 2})
    pea.options.resilience.layer_noise_model = models
    pea.options.twirling.strategy = "all"  # the models are of all qubits
    # an injected Pauli near a given qubit is rare: a few dozen randomizations would not show how much they differ
    pea.options.twirling.num_randomizations = 400
    pea.options.twirling.shots_per_randomization = 32
    pea.options.resilience.zne_mitigation = True
    pea.options.resilience.zne.amplifier = "pea"
    pea.options.resilience.zne.noise_factors = list(FACTORS)
    pea.options.resilience.zne.extrapolator = "exponential"
    for name, angle, steps in (("0", 0.0, many), ("π/2", np.pi / 2, min(many, STABILIZER_STEPS))):
        circuit = kicked_ising(angle, steps, groups)
        observables = z if angle == 0 else stabilizers(circuit)
        what = f"θ_h = {name}, {steps} steps, {'Z' if angle == 0 else 'stabilizers'}"
        exact = raw.run([(circuit, observables)], precision=0).result()[0].data.evs
        yield f"{what}: exact, with noise", f"{exact.mean():.4f}", ""
        found = raw.run([(circuit, observables)], precision=0.02).result()[0].data
        yield f"{what}: raw", f"{found.evs.mean():.4f}", f"{deviation(found.evs, exact, found.stds)} from exact"
        if angle == 0:
            found = pea.run([(circuit, observables)]).result()[0].data
            yield f"{what}: PEA", f"{found.evs.mean():.4f}", f"{deviation(found.evs, 1.0, found.stds)} from 1"
    for angle in (0.05, 0.1):
        circuit = kicked_ising(angle, many, groups)
        found = raw.run([(circuit, z)], precision=0).result()[0]
        method = found.metadata["simulation"]["method"]
        yield f"θ_h = {angle}, {many} steps, Z: exact, with noise", f"{found.data.evs.mean():.4f}", method


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="The kicked Ising experiment on a heavy-hex lattice.")
    parser.add_argument("--qubits", type=int, default=QUBITS, help="the first so many of the 127 (default: all; at least 2)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"Trotter steps (default: {STEPS})")
    asked = parser.parse_args()
    edges = lattice(asked.qubits)
    groups = side_by_side(edges)
    models = noise(edges, groups)
    both_ways = [pair for a, b in edges for pair in ((a, b), (b, a))]
    bare = GenericBackendV2(size(groups), basis_gates=["cz", "rz", "rx", "sx", "x"], coupling_map=both_ways, seed=1)
    backend = with_noise(bare, LayerNoise(models))
    print(f"{size(groups)} qubits, {len(edges)} edges, {asked.steps * len(edges)} two-qubit gates in {asked.steps} steps")
    print(f"{'experiment':58} {'mean':>7}  {'largest deviation':18} {'s':>6}")
    start = time.perf_counter()
    for what, mean, remark in rows(backend, models, groups, asked.steps):
        print(f"{what:58} {mean:>7}  {remark:18} {time.perf_counter() - start:6.1f}", flush=True)
        start = time.perf_counter()


if __name__ == "__main__":
    main()
