"""Devices with noise of the user's choice."""

from __future__ import annotations

from dataclasses import replace

from qiskit.providers import BackendV2

from ..errors import IBMInputValueError
from ..sweeps.layer_noise import LayerModels
from .coherent import CoherentNoise
from .described import DescribedDevice
from .idle import TimedNoise
from .layered_noise import LayeredNoise
from .noise import DeviceNoise
from .noisy_backend import NoisyBackend
from .preset_values import Place, Values
from .presets import Calibration, Coherent, Crosstalk, Drift, LayerNoise, Preset


def is_noisy(backend: BackendV2) -> bool:
    """Whether this is a :class:`~.noisy_backend.NoisyBackend`."""
    return isinstance(backend, NoisyBackend)


def noisy_device(backend: NoisyBackend, inner: DescribedDevice) -> DescribedDevice:
    """The device of the inner backend with its noise replaced by the presets.

    Raises:
        IBMInputValueError: a preset's numbers are wrong or name qubits that there are not, or it needs coupled pairs and
            the device couples none.
    """
    presets: dict[type[Preset], Preset] = {type(preset): preset for preset in backend.presets}
    noise = inner.whole_noise if Calibration in presets else None
    coherent = presets.get(Coherent)
    if isinstance(coherent, Coherent):
        noise = _coherent(coherent, noise, inner, backend.seed)
    layers = presets.get(LayerNoise)
    if isinstance(layers, LayerNoise):
        return layered(replace(inner, name=backend.name, whole_noise=noise), LayerModels(layers.models))
    timed = _timed(presets.get(Crosstalk), presets.get(Drift), inner, backend.seed)
    return replace(inner, name=backend.name, whole_noise=noise, timed=timed)


def layered(inner: DescribedDevice, models: LayerModels) -> DescribedDevice:
    """A device with noise by layer in place of that of its two-qubit gates and idle times.

    Raises:
        IBMInputValueError: a layer names qubits that there are not.
    """
    outside = [q for layer in models.models for q in layer.qubits if inner.num_qubits is not None and q >= inner.num_qubits]
    if outside:
        raise IBMInputValueError(
            f"Layer noise: expected layers on qubits below {inner.num_qubits} ({inner.name}), found qubit {outside[0]}. Give "
            "models of layers of this backend."
        )
    noise = LayeredNoise(models, inner.whole_noise, None if inner.target is None else inner.target.dt)
    return replace(inner, whole_noise=noise, timed=None, layers=models)


def _coherent(preset: Coherent, noise: DeviceNoise | None, inner: DescribedDevice, seed: int) -> DeviceNoise:
    angles = _values("Coherent.angle", preset.angle, inner, seed)
    return CoherentNoise(angles, noise, inner.target, None if inner.target is None else inner.target.dt)


def _timed(crosstalk: Preset | None, drift: Preset | None, inner: DescribedDevice, seed: int) -> TimedNoise | None:
    noise = TimedNoise(seed=seed)
    if isinstance(crosstalk, Crosstalk):
        rates = _values("Crosstalk.hertz", crosstalk.hertz, inner, seed)
        noise = replace(noise, crosstalk=rates, pairs=_pairs(rates, inner))
    if isinstance(drift, Drift):
        rms = _values("Drift.hertz", drift.hertz, inner, seed, width=1, negative=False)
        noise = replace(noise, drift=rms, draws=drift.draws)
    return noise if crosstalk is not None or drift is not None else None


def _values(name: str, value: object, inner: DescribedDevice, seed: int, *, width: int = 2, negative: bool = True) -> Values:
    values = Values.of(name, value, width, seed, negative=negative)
    outside = [place for place in values.places() or () if inner.num_qubits is not None and max(place) >= inner.num_qubits]
    if outside:
        raise IBMInputValueError(
            f"{name}: expected qubits below {inner.num_qubits} ({inner.name}), found {outside[0]}. Correct the mapping's keys."
        )
    return values


def _pairs(rates: Values, inner: DescribedDevice) -> tuple[Place, ...]:
    named = rates.places()
    if named is not None:
        return named
    coupling = None if inner.target is None else inner.target.build_coupling_map()
    if coupling is None:
        raise IBMInputValueError(
            f"Crosstalk.hertz: expected a mapping by pair of qubits, since {inner.name} says not which qubits are coupled; "
            f"found {rates.value!r}. Give Crosstalk({{(0, 1): hertz, …}}), or a backend with a coupling map."
        )
    return tuple(sorted({(min(pair), max(pair)) for pair in coupling.get_edges()}))
