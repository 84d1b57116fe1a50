"""The user's way to noise of their choice."""

from __future__ import annotations

from qiskit.providers import BackendV2

from ..errors import IBMBackendError, IBMInputValueError
from .noisy_backend import NoisyBackend
from .presets import Calibration, Coherent, Crosstalk, Drift, LayerNoise, Preset
from .sources import device_of

_KINDS = (Calibration, Coherent, Crosstalk, Drift, LayerNoise)


def with_noise(backend: BackendV2, *presets: Preset, seed: int = 0) -> NoisyBackend:
    """A simulated backend with noise of your choice.

    Its own noise is left out unless ``Calibration()`` is among the presets: ``with_noise(FakeFez(), Drift(1e4))`` is a device
    with slow drifts and nothing else, ``with_noise(FakeFez())`` one without any noise. Target, durations and options stay.

    Args:
        backend: a fake device, ``GenericBackendV2``, ``AerSimulator``, or a backend that is only a target.
        presets: each kind at most once.
        seed: of the numbers of spreads; drifts depend on it and on the seed of the job.

    Returns:
        A backend for SamplerV2 and EstimatorV2, named ``"<name>+coherent+drift"`` after its presets.

    Raises:
        IBMInputValueError: a preset is given twice or is none, its numbers are wrong, ``LayerNoise`` is given with others than
            ``Calibration``, the seed is negative, or the backend has presets already.
        IBMBackendError: a cloud backend, or one that runs circuits itself.
    """
    if isinstance(backend, NoisyBackend):
        raise IBMInputValueError(
            f"Expected a backend without presets, found {backend.name}. Give all presets at once: "
            "with_noise(backend.inner, *backend.presets, …)."
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise IBMInputValueError(f"seed: expected a whole number of at least 0, found {seed!r}. Correct it.")
    _check(presets)
    if not device_of(backend).simulated:
        raise IBMBackendError(
            f"Noise presets change a simulation, but {backend.name} runs circuits itself. Use a fake device or an AerSimulator."
        )
    made = NoisyBackend(backend, presets, seed)
    device_of(made)
    return made


def _check(presets: tuple[Preset, ...]) -> None:
    for place, preset in enumerate(presets):
        if type(preset) not in _KINDS:  # what a derived class adds would be lost
            names = ", ".join(f"{kind.__name__}()" for kind in _KINDS)
            raise IBMInputValueError(f"Expected noise presets ({names}), found {preset!r}. Give one of these.")
        if type(preset) in map(type, presets[:place]):
            raise IBMInputValueError(
                f"Expected each noise preset once, found {type(preset).__name__} twice. Give one, with the numbers of both."
            )
    others = [type(preset).__name__ for preset in presets if not isinstance(preset, (LayerNoise, Calibration))]
    if others and any(isinstance(preset, LayerNoise) for preset in presets):
        raise IBMInputValueError(
            f"LayerNoise describes all noise of layers: expected none beside it but Calibration, found {', '.join(others)}. "
            "Give the models of layers that have that noise too: true_layer_noise(with_noise(backend, …), layer)."
        )
