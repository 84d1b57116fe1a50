"""The kicked Ising experiment on 127 qubits of a heavy-hex lattice, on a laptop.

Kim et al., "Evidence for the utility of quantum computing before fault tolerance", Nature 618, 500 (2023): Trotter steps of
R_X(θ_h) on every qubit and R_ZZ(−π/2) on every edge. At θ_h = 0 and π/2 the circuit is Clifford: shots come from Pauli frames,
exact noisy values from observables carried backwards. Between, Pauli propagation finds exact values as long as it can.

At θ_h = 0 every Z stays 1. At π/2 it spreads: after 20 steps it is a Pauli on 64 to 102 qubits, of which noise leaves 0.002 to
0.04, too little to extrapolate. The product of Z on every other qubit of a ring of twelve comes back to itself, up to its sign:
noise leaves a third of it, and probabilistic error amplification (PEA) finds 1 again.

Run it with ``python examples/kicked_ising_127.py``; ``--qubits`` and ``--steps`` make it smaller.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import DataBin
from qiskit.providers import BackendV2
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Clifford, Pauli, SparsePauliOp
from qiskit_ibm_runtime.fake_provider import FakeSherbrooke
from rustworkx import PyGraph, all_shortest_paths, graph_bipartite_edge_color

from qiskit_local_runtime import EstimatorV2
from qiskit_local_runtime.noise import LayerNoise, with_noise
from qiskit_local_runtime.sweeps.layers import layers_of
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer, unique_layer

QUBITS = 127
STEPS = 20
STABILIZER_STEPS = 3
FACTORS = (1.0, 1.2, 1.6)
RANDOMIZATIONS = {"Z": (1500, 16), "rings": (360, 64)}
"""Of amplified circuits, and shots of each: an error is known if injected Paulis are met often, and weak noise injects few."""
MEAN_RATE = 1e-4
"""Of each generator, on average: 1 677 of them a layer of 127 qubits."""

Edge = tuple[int, int]
Row = tuple[str, str, str]
"""What, result, how far from what it should be."""
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


def rings(edges: list[Edge]) -> list[list[int]]:
    """Every other qubit of each ring of twelve: those without a neighbour outside."""
    found = set()
    for edge in edges:
        graph = PyGraph()
        graph.add_nodes_from(range(size([edges])))
        graph.add_edges_from([(*other, None) for other in edges if other != edge])
        paths = all_shortest_paths(graph, *edge)
        found |= {frozenset(half) for path in paths if len(path) == 12 for half in (path[::2], path[1::2])}
    neighbours = Counter(qubit for edge in edges for qubit in edge)
    return sorted(sorted(half) for half in found if all(neighbours[qubit] == 2 for qubit in half))


def stabilizers(circuit: QuantumCircuit, beginnings: list[list[int]]) -> list[SparsePauliOp]:
    """What products of Z become in a Clifford circuit: observables whose ideal value is 1.

    Args:
        circuit: of :func:`kicked_ising`, at 0 or π/2.
        beginnings: the qubits of each product.
    """
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
    labels = ["".join("Z" if qubit in qubits else "I" for qubit in reversed(range(count))) for qubits in beginnings]
    return [SparsePauliOp(Pauli(label).evolve(clifford, frame="s")) for label in labels]


def deviation(found: np.ndarray, wanted: np.ndarray | float, stds: np.ndarray) -> str:
    """The largest deviation in standard errors."""
    return f"{np.max(np.abs(found - wanted) / stds):.2f} σ"


def raw_of(backend: BackendV2) -> EstimatorV2:
    """Without mitigation."""
    return EstimatorV2(mode=backend, options={"resilience_level": 0, "seed_estimator": 1})


def pea_of(backend: BackendV2, models: Models, randomizations: int, shots: int, seed: int = 2) -> EstimatorV2:
    """Noise amplified as the models say, and extrapolated to none."""
    pea = EstimatorV2(mode=backend, options={"resilience_level": 0, "seed_estimator": seed})
    pea.options.resilience.layer_noise_model = models
    pea.options.twirling.strategy = "all"  # the models are of all qubits
    pea.options.twirling.num_randomizations = randomizations
    pea.options.twirling.shots_per_randomization = shots
    pea.options.resilience.zne_mitigation = True
    pea.options.resilience.zne.amplifier = "pea"
    pea.options.resilience.zne.noise_factors = list(FACTORS)
    pea.options.resilience.zne.extrapolator = "exponential"
    return pea


def values(
    estimator: EstimatorV2, circuit: QuantumCircuit, observables: list[SparsePauliOp], precision: float | None
) -> DataBin:
    """Values and their errors."""
    return estimator.run([(circuit, observables)], precision=precision).result()[0].data


def clifford_rows(backend: BackendV2, models: Models, edges: list[Edge], groups: list[list[Edge]], many: int) -> Iterator[Row]:
    """Both Clifford points: every qubit raw, and what is left of the signal amplified."""
    qubits, raw = size(groups), raw_of(backend)
    half = kicked_ising(np.pi / 2, many, groups)
    short = kicked_ising(np.pi / 2, min(many, STABILIZER_STEPS), groups)
    each = [[qubit] for qubit in range(qubits)]
    for kind, name, circuit, observables in (
        ("Z", f"θ_h = 0, {many} steps, Z", kicked_ising(0.0, many, groups), each_z(qubits)),
        ("", f"θ_h = π/2, {many} steps, Z", half, each_z(qubits)),
        ("rings", f"θ_h = π/2, {many} steps, rings", half, stabilizers(half, rings(edges))),
        ("", f"θ_h = π/2, {min(many, STABILIZER_STEPS)} steps, stabilizers", short, stabilizers(short, each)),
    ):
        exact = values(raw, circuit, observables, 0).evs
        yield f"{name}: exact, with noise", f"{exact.mean():.4f}", ""
        found = values(raw, circuit, observables, 0.02)
        yield f"{name}: raw", f"{found.evs.mean():.4f}", f"{deviation(found.evs, exact, found.stds)} from exact"
        if kind:
            found = values(pea_of(backend, models, *RANDOMIZATIONS[kind]), circuit, observables, None)
            yield f"{name}: PEA", f"{found.evs.mean():.4f}", f"{deviation(found.evs, 1.0, found.stds)} from 1"


def propagated_rows(backend: BackendV2, groups: list[list[Edge]], many: int) -> Iterator[Row]:
    """Near the Clifford point."""
    for angle in (0.05, 0.1):
        circuit = kicked_ising(angle, many, groups)
        found = raw_of(backend).run([(circuit, each_z(size(groups)))], precision=0).result()[0]
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
    found = chain(clifford_rows(backend, models, edges, groups, asked.steps), propagated_rows(backend, groups, asked.steps))
    for what, mean, remark in found:
        print(f"{what:58} {mean:>7}  {remark:18} {time.perf_counter() - start:6.1f}", flush=True)
        start = time.perf_counter()


if __name__ == "__main__":
    main()
