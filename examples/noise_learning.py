"""From nothing to cancelled noise: a device whose noise is known, learning it, PEC and PEA, and what each of them gains.

The energy of six qubits is found on a device with calibrated gates and crosstalk: raw, with readout mitigation (TREX), with
zero-noise extrapolation by folding and by injected noise (PEA), and with cancelled noise (PEC). What PEC and PEA rest on is
learned (van den Berg et al., Nature Physics 19, 1116, 2023) and compared with the true noise, which only a simulation knows.

Run it with ``python examples/noise_learning.py``; it prints a table and draws ``noise-learning.png``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_ibm_runtime.fake_provider import FakeSherbrooke

from qiskit_local_runtime import EstimatorV2, NoiseLearner
from qiskit_local_runtime.noise import Calibration, Crosstalk, true_layer_noise, with_noise
from qiskit_local_runtime.pictures import draw_comparison, draw_layer_map, draw_layer_rates
from qiskit_local_runtime.results import NoiseLearnerResult, layer_of
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

PLACES = {58: (0, 0), 59: (1, 0), 60: (2, 0), 61: (3, 0), 53: (2, 1), 41: (2, 2)}
"""Physical qubits, and where they are on the chip: a piece of the heavy-hex lattice."""
BONDS = (((0, 1), (2, 4)), ((1, 2), (4, 5)), ((2, 3),))
"""Neighbours, in three groups that share no qubit; in the third, two pairs of neighbours are idle."""
HERTZ = 60e3
"""Crosstalk between idle neighbours."""
STRATEGY = "active-circuit"
"""All qubits of the circuit belong to each of its layers."""
SEED = 1

Models = dict[UniqueLayer, PauliLindblad]


@dataclass(frozen=True)
class Experiment:
    """What is to be found, and on what."""

    backend: BackendV2
    pub: tuple[QuantumCircuit, SparsePauliOp]
    exact: float


def experiment(steps: int) -> Experiment:
    """A kicked Ising model and its energy per bond, −⟨ZZ⟩ averaged."""
    circuit = QuantumCircuit(len(PLACES))
    for _ in range(steps):
        circuit.rx(0.4, range(len(PLACES)))
        for group in BONDS:
            for pair in group:
                circuit.sdg(pair)
                circuit.cz(*pair)
            circuit.barrier()
    bonds = [pair for group in BONDS for pair in group]
    energy = SparsePauliOp.from_sparse_list([("ZZ", pair, -1 / len(bonds)) for pair in bonds], len(PLACES))
    backend = with_noise(FakeSherbrooke(), Calibration(), Crosstalk(HERTZ))
    transpiler = generate_preset_pass_manager(1, backend, initial_layout=list(PLACES), seed_transpiler=1)
    isa = transpiler.run(circuit)
    exact = float(Statevector(circuit).expectation_value(energy).real)
    return Experiment(backend, (isa, energy.apply_layout(isa.layout)), exact)


def learned(given: Experiment) -> NoiseLearnerResult:
    """The noise of the circuit's layers, learned with IBM's default numbers of circuits and shots."""
    learner = NoiseLearner(given.backend, options={"twirling_strategy": STRATEGY, "simulator": {"seed_simulator": SEED}})
    plan = learner.plan([given.pub])
    print(f"learning: {plan.circuits} circuits, {plan.shots} shots, {plan.quantum_seconds:.0f} s of device time")
    result: NoiseLearnerResult = learner.run([given.pub]).result()
    return result


def rate(noise: Any) -> float:
    """The sum of a model's rates."""
    return float(noise.rates.sum())


def true_noise(given: Experiment, result: NoiseLearnerResult) -> Models:
    """The true noise of the same layers, their one-qubit gates included, which a learner cannot tell apart."""
    layers = [layer_of(error) for error in result]
    return {layer: true_layer_noise(given.backend, layer, dressing=True) for layer in layers}


def suites(result: NoiseLearnerResult, truth: Models) -> dict[str, dict[str, Any]]:
    """Estimator options by name."""
    trex = {"measure_mitigation": True}
    pea = {**trex, "zne_mitigation": True, "zne": {"amplifier": "pea", "extrapolator": "exponential"}}
    pec = {**trex, "pec_mitigation": True, "measure_noise_learning": {"shots_per_randomization": 1024}}
    # what PEC inserts differs from circuit to circuit, so many circuits of few shots are worth more than few of many
    few = {"twirling": {"shots_per_randomization": 16}}
    return {
        "raw": {},
        "TREX": {"resilience": trex},
        "ZNE, folded": {"resilience": {**trex, "zne_mitigation": True}, "twirling": {"enable_gates": True}},
        "PEA, learned": {"resilience": {**pea, "layer_noise_model": result}},
        "PEC, learned": {"resilience": {**pec, "layer_noise_model": result}, **few},
        "PEC, true": {"resilience": {**pec, "layer_noise_model": truth}, **few},
    }


def compared(given: Experiment, found: dict[str, dict[str, Any]], shots: int) -> dict[str, Any]:
    """Results by name; prints the table."""
    print(f"{'':14}  energy    bias   error  circuits    shots  device time  seconds")
    print(f"{'exact':14} {given.exact:+.4f}")
    results = {}
    for name, suite in found.items():
        start = time.perf_counter()
        base = {"resilience_level": 0, "default_shots": shots, "simulator": {"seed_simulator": SEED}}
        twirling = {"strategy": STRATEGY, **suite.get("twirling", {})}
        estimator = EstimatorV2(given.backend, options={**base, **suite, "twirling": twirling})
        plan = estimator.plan([given.pub])
        results[name] = estimator.run([given.pub]).result()[0]
        data = results[name].data
        print(
            f"{name:14} {data.evs:+.4f} {data.evs - given.exact:+.4f}  {data.stds:.4f}  {plan.circuits:8d} {plan.shots:8d} "
            f"{plan.quantum_seconds:10.1f} s {time.perf_counter() - start:8.1f}",
            flush=True,
        )
    return results


def picture(given: Experiment, result: NoiseLearnerResult, truth: Models, results: dict[str, Any]) -> Figure:
    """Learned rates of the layer with most idle qubits, on the chip and against the true ones, above all energies."""
    number = min(range(len(result)), key=lambda place: len(result[place].circuit.data))
    error, stds = result[number], result.metadata["layers"][number]["rates_std"]
    figure = Figure(figsize=(10, 7.4), dpi=90, layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=(3, 2))
    left, right, lower = (figure.add_subplot(where) for where in (grid[0, 0], grid[0, 1], grid[1, :]))
    draw_layer_map(error, coordinates=PLACES, title="Learned noise of a layer", axes=left)
    draw_layer_rates(error, truth[layer_of(error)], stds=stds, title="Learned and true rates of this layer", axes=right)
    draw_comparison(results, given.exact, title="Energy per bond", axes=lower)
    return figure


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6, help="of the circuit, each of three layers")
    parser.add_argument("--shots", type=int, default=32768, help="of each value; PEC takes γ² times as many")
    parser.add_argument("--picture", default="noise-learning.png", help="where it is drawn")
    asked = parser.parse_args(arguments)
    given = experiment(asked.steps)
    result = learned(given)
    truth = true_noise(given, result)
    for error in result:
        found, known = rate(error.error), rate(truth[layer_of(error)])
        print(f"layer with gates on {2 * len(error.circuit.data)} qubits: sum of rates {found:.4f} learned, {known:.4f} true")
    results = compared(given, suites(result, truth), asked.shots)
    facts = results["PEC, learned"].metadata["resilience"]["pec"]
    print(f"PEC: γ = {facts['gamma']:.2f}, sampling overhead γ² = {facts['sampling_overhead']:.2f}")
    picture(given, result, truth, results).savefig(asked.picture)
    print(f"drawn: {asked.picture}")


if __name__ == "__main__":
    main()
