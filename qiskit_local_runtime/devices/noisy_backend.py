"""A backend with noise of the user's choice."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qiskit.providers import BackendV2, Options
from qiskit.transpiler import Target

from ..errors import IBMBackendError
from .presets import Preset

if TYPE_CHECKING:
    from ..sweeps.lindblad import PauliLindblad
    from ..sweeps.unique_layers import UniqueLayer


class NoisyBackend(BackendV2):
    """A simulated backend's target and options with other noise; made by :func:`~.with_noise.with_noise`.

    It never changes, and is equal to itself only.

    Args:
        inner: the backend.
        presets: its noise, each kind at most once.
        seed: of spreads and drifts.
    """

    def __init__(self, inner: BackendV2, presets: tuple[Preset, ...], seed: int) -> None:
        kinds = "+".join(preset.name for preset in presets) or "noiseless"
        name = f"{inner.name or type(inner).__name__}+{kinds}"
        super().__init__(name=name, description=f"{inner.description or inner.name} with noise presets: {kinds}")
        self._inner, self._presets, self._seed = inner, presets, seed
        self._options = copy.copy(inner.options)

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    @property
    def inner(self) -> BackendV2:
        """The backend without the presets."""
        return self._inner

    @property
    def presets(self) -> tuple[Preset, ...]:
        """Its noise."""
        return self._presets

    @property
    def seed(self) -> int:
        """Seed of spreads and drifts."""
        return self._seed

    @property
    def target(self) -> Target:
        """That of the backend; its errors, durations, T1 and T2 are noise only with the preset ``Calibration``."""
        return self._inner.target

    @property
    def max_circuits(self) -> int | None:
        """As of the backend."""
        limit: int | None = self._inner.max_circuits
        return limit

    def true_layer_noise(
        self, layer: UniqueLayer, *, coupling: Iterable[tuple[int, int]] | None = None, dressing: bool = False
    ) -> PauliLindblad:
        """The Pauli–Lindblad twirl of its noise on a layer; see :func:`~.truth.layer_truth`."""
        from .truth import true_layer_noise

        return true_layer_noise(self, layer, coupling=coupling, dressing=dressing)

    def run(self, run_input: Any, **options: Any) -> Any:
        """Always refuses: noise that grows with idle time needs the runtime.

        Raises:
            IBMBackendError: always.
        """
        raise IBMBackendError(
            f"{self.name} has no run() of its own: expected the mode of a SamplerV2 or EstimatorV2 of qiskit_local_runtime. "
            f"Use SamplerV2(mode=backend), or run on its inner backend {self._inner.name}."
        )

    def __repr__(self) -> str:
        return f"<NoisyBackend({self.name!r}, seed={self._seed})>"
