"""A device as a frozen description, and its restriction to active qubits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from ..sweeps.layer_noise import LayerModels
from .device import ActiveDevice
from .idle import TimedNoise
from .noise import ActiveNoise, DeviceNoise

if TYPE_CHECKING:
    from ..sweeps.lindblad import PauliLindblad
    from ..sweeps.unique_layers import UniqueLayer

_KEPT = 64


@dataclass(frozen=True, eq=False)
class DescribedDevice:
    """What a source found out about a backend."""

    name: str
    num_qubits: int | None
    target: Target | None
    backend: BackendV2 | None = None
    """Only where circuits go through its own ``run()``."""
    whole_noise: DeviceNoise | None = None
    method: str | None = None
    aer_options: Mapping[str, Any] = field(default_factory=dict)
    max_shots: int | None = None
    max_circuits: int | None = None
    timed: TimedNoise | None = None
    layers: LayerModels | None = None
    """Models of layers, where :attr:`whole_noise` is given by layer."""
    _active: OrderedDict[tuple[int, ...], ActiveDevice] = field(init=False, default_factory=OrderedDict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    @property
    def simulated(self) -> bool:
        """Whether we simulate; otherwise circuits go through the backend's own ``run()``."""
        return self.backend is None

    @property
    def detuning_draws(self) -> int:
        """See :class:`~qiskit_local_runtime.devices.device.Device`."""
        return 1 if self.timed is None or self.timed.drift is None else self.timed.draws

    def restrict(self, qubits: tuple[int, ...]) -> ActiveDevice:
        """See :class:`~qiskit_local_runtime.devices.device.Device`."""
        with self._lock:
            if qubits in self._active:
                self._active.move_to_end(qubits)
                return self._active[qubits]
            self._active[qubits] = self._restricted(qubits)
            while len(self._active) > _KEPT:
                self._active.popitem(last=False)
            return self._active[qubits]

    def true_layer_noise(
        self, layer: UniqueLayer, *, coupling: Iterable[tuple[int, int]] | None = None, dressing: bool = False
    ) -> PauliLindblad:
        """The Pauli–Lindblad twirl of its noise on a layer; see :func:`~.truth.layer_truth`."""
        from .truth import true_layer_noise

        return true_layer_noise(self, layer, coupling=coupling, dressing=dressing)

    def _restricted(self, qubits: tuple[int, ...]) -> ActiveDevice:
        return ActiveDevice(
            name=self.name,
            qubits=qubits,
            noise=None if self.whole_noise is None else ActiveNoise(self.whole_noise, qubits),
            dt=None if self.target is None else self.target.dt,
            method=self.method,
            aer_options=self.aer_options,
            backend=self.backend,
            max_shots=self.max_shots,
            max_circuits=self.max_circuits,
            idle=None if self.timed is None else self.timed.restrict(qubits),
            layers=self.layers,
        )
