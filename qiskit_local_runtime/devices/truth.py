"""The true noise of a layer: computed from a device's description, not learned from shots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from qiskit.providers import BackendV2

from ..errors import IBMBackendError, IBMInputValueError
from ..sweeps import tape_of
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .described import DescribedDevice
from .layer_processes import dressing_noise, gate_process, noisy_layer
from .local_rates import local_model, local_paulis
from .pauli_flow import Process, diagonal
from .sources import device_of


@dataclass(frozen=True, eq=False)
class LayerTruth:
    """A device's noise on a layer, Pauli-twirled, before the layer: the noisy layer is ``U ∘ Λ``, ``Λ`` first."""

    layer: UniqueLayer
    pairs: tuple[tuple[int, int], ...]
    """Coupled qubits of the layer, as places in ``layer.qubits``: those that generators of weight 2 act on."""
    gates: tuple[Process, ...]
    """The ideal layer, on places."""
    noisy: tuple[Process, ...]
    """All that happens in the noisy layer, in the order of time."""

    @cached_property
    def model(self) -> PauliLindblad:
        """The noise as rates of one-qubit generators and of those on coupled pairs, on ``layer.qubits`` in order.

        It has the true fidelities of all Paulis on a qubit or coupled pair, or the nearest that non-negative rates allow.
        """
        qubits = self.layer.qubits
        return local_model(qubits, self.pairs, self.fidelities(local_paulis(len(qubits), self.pairs)))

    @cached_property
    def residual(self) -> float:
        """Largest difference of a fidelity of :attr:`model` from the true one, among Paulis on up to three coupled qubits."""
        paulis = np.concatenate([local_paulis(len(self.layer.qubits), self.pairs), self._triples()])
        return float(np.abs(self.model.fidelities(paulis) - self.fidelities(paulis)).max(initial=0.0))

    def fidelities(self, letters: NDArray[np.uint8]) -> NDArray[np.float64]:
        """By how much Paulis really shrink, exactly, shape ``(paulis,)``.

        The work grows with what a Pauli touches, so many qubits are no matter, while Paulis of high weight are where
        crosstalk couples many.

        Args:
            letters: shape ``(paulis, qubits)``, 0 I, 1 X, 2 Y, 3 Z.
        """
        return diagonal(letters, self.gates, self.noisy)

    def _triples(self) -> NDArray[np.uint8]:
        linked = [{*first, *second} for first, second in combinations(self.pairs, 2) if {*first} & {*second}]
        places = sorted({tuple(sorted(found)) for found in linked if len(found) == 3})
        out = np.zeros((len(places), 27, len(self.layer.qubits)), dtype=np.uint8)
        for row, where in zip(out, places, strict=True):
            row[:, list(where)] = np.stack(np.meshgrid((1, 2, 3), (1, 2, 3), (1, 2, 3)), axis=-1).reshape(-1, 3)
        return out.reshape(-1, out.shape[-1])


def true_layer_noise(
    device: DescribedDevice | BackendV2,
    layer: UniqueLayer,
    *,
    coupling: Iterable[tuple[int, int]] | None = None,
    dressing: bool = False,
) -> PauliLindblad:
    """The Pauli–Lindblad twirl of a device's noise on a layer; see :func:`layer_truth`."""
    return layer_truth(device, layer, coupling=coupling, dressing=dressing).model


def layer_truth(
    device: DescribedDevice | BackendV2,
    layer: UniqueLayer,
    *,
    coupling: Iterable[tuple[int, int]] | None = None,
    dressing: bool = False,
) -> LayerTruth:
    """A device's noise on a layer that stands between two barriers across its qubits.

    That is the errors of gates, coherent ones too, and what idle qubits suffer until the longest gate has ended: relaxation,
    crosstalk between qubits of the layer, and slow drift, averaged over its values (within one layer; from layer to layer a
    drift is correlated, which no model of single layers says). Neighbours outside the layer are left out.

    Args:
        device: a backend that is simulated, or its description.
        layer: whose gates the device has.
        coupling: pairs of physical qubits that generators of weight 2 act on; ``None``: the device's. Pairs that share a
            gate or crosstalk are always among them.
        dressing: add the noise of the one-qubit gates that a twirled circuit has before the layer, on every qubit: that of
            gates that are Paulis, as where noise is learned, averaged over them. Other gates carry the errors between their
            pulses to other axes.

    Raises:
        IBMBackendError: the backend runs circuits itself.
        IBMInputValueError: the layer's qubits are not ascending or not all; the device lacks one, or a gate; it has no
            durations though its noise grows with idle time; or the noise is too strong for any model.
    """
    described = device if isinstance(device, DescribedDevice) else device_of(device)
    _check(described, layer)
    active = described.restrict(layer.qubits)
    place = {qubit: i for i, qubit in enumerate(layer.qubits)}
    ideal = tuple(gate_process(step) for step in tape_of(layer.circuit()).steps)
    noisy = (*(dressing_noise(active, described) if dressing else ()), *noisy_layer(active, described, layer.circuit()))
    known = _coupling(described, coupling)
    pairs = [(place[a], place[b]) for a, b in known if a in place and b in place]
    pairs += [(a, b) for process in noisy for a, b in combinations(process.qubits, 2)]
    return LayerTruth(layer, tuple(sorted({(min(pair), max(pair)) for pair in pairs})), ideal, noisy)


def _check(device: DescribedDevice, layer: UniqueLayer) -> None:
    if not device.simulated:
        raise IBMBackendError(
            f"The true noise of {device.name} is not known: it runs circuits itself. Expected a simulated backend (a fake "
            "device, AerSimulator or with_noise(…)); learn the noise of others."
        )
    busy = {qubit for _, _, qubits in layer.gates for qubit in qubits}
    if list(layer.qubits) != sorted({*layer.qubits} | busy):
        raise IBMInputValueError(
            f"Expected a layer whose qubits are ascending and include those of its gates, found {layer.qubits} for gates on "
            f"{tuple(sorted(busy))}. Correct UniqueLayer.qubits."
        )
    if device.num_qubits is not None and max(layer.qubits, default=0) >= device.num_qubits:
        raise IBMInputValueError(
            f"The layer is on qubits {layer.qubits}, but {device.name} has {device.num_qubits}. Give a layer of this device."
        )
    for name, _, qubits in layer.gates:
        if device.target is not None and not device.target.instruction_supported(name, qubits):
            raise IBMInputValueError(
                f"Expected a layer of gates that {device.name} has, found {name} on {qubits}. Take layers of circuits "
                "transpiled for this backend."
            )


def _coupling(device: DescribedDevice, asked: Iterable[tuple[int, int]] | None) -> Sequence[tuple[int, int]]:
    if asked is not None:
        return tuple(asked)
    found = None if device.target is None else device.target.build_coupling_map()
    return () if found is None else tuple(found.get_edges())
