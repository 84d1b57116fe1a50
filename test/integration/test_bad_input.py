"""Bad input is refused at the call, with the class and the words a user needs; nothing is queued."""

from __future__ import annotations

import unittest
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from ddt import ddt, named_data
from qiskit import QuantumCircuit
from qiskit.circuit import ClassicalRegister, Gate, Parameter, QuantumRegister
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.errors import (
    IBMBackendError,
    IBMInputValueError,
    OptionError,
    OptionNotImplementedError,
    SimulationTooLargeError,
)

_AER = AerSimulator()
_DEVICE = GenericBackendV2(5, basis_gates=["cz", "rz", "sx", "x"], coupling_map=[[0, 1], [1, 2], [2, 3], [3, 4]], seed=1)

_FRACTIONAL = GenericBackendV2(5, basis_gates=["cz", "rzz", "rx", "rz", "sx", "x"], seed=1)


def _rzz() -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    circuit.rzz(Parameter("angle"), 0, 1)
    circuit.measure_all()
    return circuit


def _bell(measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def _rotation(measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("angle"), 0)
    if measured:
        circuit.measure_all()
    return circuit


def _isa(measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    circuit.sx(0)
    circuit.cz(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def _with_register(name: str, size: int) -> QuantumCircuit:
    circuit = _bell()
    circuit.add_register(ClassicalRegister(size, name))
    return circuit


def _unmeasured_register() -> QuantumCircuit:
    return QuantumCircuit(QuantumRegister(1), ClassicalRegister(1, "c"))


def _on(backend: Any, *pubs: Any, **run: Any) -> Callable[[], object]:
    return lambda: SamplerV2(backend).run(list(pubs), **run)


def _est(backend: Any, *pubs: Any, **run: Any) -> Callable[[], object]:
    return lambda: EstimatorV2(backend).run(list(pubs), **run)


def _sampler_options(**options: Any) -> Callable[[], object]:
    return lambda: SamplerV2(_AER, options=options).run([_bell()])


def _estimator_options(**options: Any) -> Callable[[], object]:
    return lambda: EstimatorV2(_AER, options=options).run([(_bell(False), "ZZ")])


def _assign(primitive: Any, path: str, value: Any) -> Callable[[], object]:
    def call() -> None:
        *inner, last = path.split(".")
        place = primitive(_AER).options
        for name in inner:
            place = getattr(place, name)
        setattr(place, last, value)

    return call


def _wide(qubits: int) -> QuantumCircuit:
    """Not Clifford, strongly entangled."""
    circuit = QuantumCircuit(qubits)
    for layer in range(qubits):
        for qubit in range(qubits):
            circuit.ry(0.3 + qubit + layer, qubit)
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


def _isa_with(gate: str, *args: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    getattr(circuit, gate)(*args)
    circuit.measure_all()
    return circuit


_PUBS: tuple[tuple[str, Callable[[], object], type[BaseException], str], ...] = (
    ("no pubs", _on(_AER), IBMInputValueError, "at least one PUB"),
    ("no pubs estimator", _est(_AER), IBMInputValueError, "at least one PUB"),
    ("pub is a number", _on(_AER, 5), (TypeError, ValueError), ""),
    ("pub is a string", _on(_AER, "bell"), (TypeError, ValueError), ""),
    ("pub is an empty tuple", _on(_AER, ()), ValueError, ""),
    ("pub too long", _on(_AER, (_bell(), None, 10, 10)), ValueError, ""),
    ("circuit alone to estimator", _est(_AER, _bell(False)), (TypeError, ValueError), ""),
    ("missing values", _on(_AER, _rotation()), ValueError, "parameter"),
    ("too many values", _on(_AER, (_rotation(), {"angle": 1.0, "other": 2.0})), ValueError, ""),
    ("values for no parameters", _on(_AER, (_bell(), [1.0])), ValueError, ""),
    ("unknown parameter name", _on(_AER, (_rotation(), {"nope": 1.0})), ValueError, ""),
    ("nan value", _on(_AER, (_rotation(), [float("nan")])), IBMInputValueError, "'angle' is nan"),
    ("infinite value", _on(_AER, (_rotation(), [[0.1], [np.inf]])), IBMInputValueError, "value set 1"),
    ("complex value", _on(_AER, (_rotation(), [1j])), (TypeError, ValueError), ""),
    ("nan value estimator", _est(_AER, (_rotation(False), "Z", [np.nan])), IBMInputValueError, "'angle' is nan"),
    ("text value", _on(_AER, (_rotation(), ["a"])), (TypeError, ValueError), ""),
    ("no registers", _on(_AER, _bell(False)), IBMInputValueError, "no classical registers"),
    ("no measurement", _on(_AER, _unmeasured_register()), IBMInputValueError, "measures nothing"),
    ("empty register", _on(_AER, _with_register("empty", 0)), IBMInputValueError, "'empty' has no bits"),
    ("keyword register", _on(_AER, _with_register("class", 1)), IBMInputValueError, "'class' cannot be"),
    ("bad register name", _on(_AER, _with_register("a-b", 1)), IBMInputValueError, "'a-b' cannot be"),
    ("second pub is named", _on(_AER, _bell(), _bell(False)), IBMInputValueError, "PUB 1"),
    ("zero shots", _on(_AER, _bell(), shots=0), ValueError, "shots"),
    ("negative shots", _on(_AER, (_bell(), None, -1)), ValueError, "shots"),
    ("fractional shots", _on(_AER, _bell(), shots=1.5), (TypeError, ValueError), "shots"),
    ("text shots", _on(_AER, _bell(), shots="many"), (TypeError, ValueError), "shots"),
    ("negative precision", _est(_AER, (_bell(False), "ZZ"), precision=-0.1), ValueError, "precision"),
    ("text precision", _est(_AER, (_bell(False), "ZZ"), precision="high"), (TypeError, ValueError), "precision"),
    ("nan precision", _est(_AER, (_bell(False), "ZZ"), precision=float("nan")), ValueError, "precision"),
    ("observable too narrow", _est(_AER, (_bell(False), "Z")), ValueError, "qubits"),
    ("observable too wide", _est(_AER, (_bell(False), "ZZZ")), ValueError, "qubits"),
    ("observable with a bad letter", _est(_AER, (_bell(False), "ZQ")), (ValueError, Exception), ""),
    ("non-Hermitian observable", _est(_AER, (_bell(False), SparsePauliOp("ZZ", 1j))), ValueError, "Hermitian"),
    ("nan coefficient", _est(_AER, (_bell(False), SparsePauliOp("ZZ", np.nan))), ValueError, ""),
    ("infinite coefficient", _est(_AER, (_bell(False), {"ZZ": float("inf")})), IBMInputValueError, "finite"),
    ("empty observables", _est(_AER, (_bell(False), [])), IBMInputValueError, "no observables"),
    (
        "shapes that do not broadcast",
        _est(_AER, (_rotation(False), ["Z", "X", "Y"], [[0.1], [0.2]])),
        ValueError,
        "shape",
    ),
    ("gate outside the instruction set", _on(_DEVICE, _bell()), IBMInputValueError, "transpil"),
    ("pair that is not coupled", _on(_DEVICE, _isa_with("cz", 0, 3)), IBMInputValueError, "cz"),
    ("isa error names the pub", _on(_DEVICE, _isa(), _isa_with("h", 0)), IBMInputValueError, "PUB 1"),
    ("isa error in the estimator", _est(_DEVICE, (_bell(False), "ZZ")), IBMInputValueError, "transpil"),
    ("rzz outside the range", _on(_FRACTIONAL, (_rzz(), [[0.3], [2.0]])), IBMInputValueError, "value set 1 .*2.0"),
    ("fixed rzz outside the range", _on(_FRACTIONAL, _isa_with("rzz", -0.1, 0, 1)), IBMInputValueError, "-0.1"),
    ("wider than the device", _on(_DEVICE, _wide(6)), IBMInputValueError, "6 qubits"),
    ("wider than memory", _on(_AER, _wide(60)), SimulationTooLargeError, "60 qubits"),
    ("more shots than memory", _on(_AER, _bell(), shots=10**15), SimulationTooLargeError, "PUB 0.*fewer shots"),
    (
        "gate without definition",
        _on(_AER, _isa_with("append", Gate("mystery", 1, []), [0])),
        IBMInputValueError,
        "mystery",
    ),
)

_PRIMITIVES: tuple[tuple[str, Callable[[], object], Any, str], ...] = (
    ("no mode", lambda: SamplerV2().run([_bell()]), ValueError, "mode"),
    ("mode is a number", lambda: SamplerV2(3), (TypeError, ValueError), ""),
    ("mode is a class", lambda: SamplerV2(AerSimulator), (TypeError, ValueError), ""),
    ("options is a number", lambda: SamplerV2(_AER, options=3), (TypeError, ValueError), ""),
)

_OPTIONS: tuple[tuple[str, Callable[[], object], Any, str], ...] = (
    ("unknown option", _sampler_options(default_shot=10), OptionError, "default_shot"),
    ("unknown nested option", _sampler_options(twirling={"enable_gate": True}), OptionError, "enable_gate"),
    (
        "unknown option assigned",
        _assign(SamplerV2, "twirling.enable_gate", True),
        (OptionError, AttributeError),
        "enable_gate",
    ),
    ("zero default_shots", _sampler_options(default_shots=0), OptionError, "default_shots"),
    ("negative default_shots", _assign(SamplerV2, "default_shots", -5), OptionError, "default_shots"),
    ("text default_shots", _sampler_options(default_shots="many"), OptionError, "default_shots"),
    ("negative default_precision", _estimator_options(default_precision=-1), OptionError, "default_precision"),
    ("resilience level 3", _estimator_options(resilience_level=3), OptionError, "resilience_level"),
    ("resilience level text", _estimator_options(resilience_level="high"), OptionError, "resilience_level"),
    ("sampler has no resilience", _sampler_options(resilience_level=1), OptionError, "resilience_level"),
    ("bad sequence", _sampler_options(dynamical_decoupling={"sequence_type": "XYZ"}), OptionError, "sequence_type"),
    ("bad strategy", _sampler_options(twirling={"strategy": "some"}), OptionError, "strategy"),
    ("zero randomizations", _sampler_options(twirling={"num_randomizations": 0}), OptionError, "num_randomizations"),
    ("bad meas_type", _sampler_options(execution={"meas_type": "raw"}), OptionError, "meas_type"),
    ("bad log level", _sampler_options(environment={"log_level": "LOUD"}), OptionError, "log_level"),
    ("tags are a string", _sampler_options(environment={"job_tags": "a"}), OptionError, "job_tags"),
    (
        "bad optimization level",
        _sampler_options(transpilation={"optimization_level": 4}),
        OptionError,
        "optimization_level",
    ),
    ("text seed", _sampler_options(simulator={"seed_simulator": "x"}), OptionError, "seed_simulator"),
    ("negative time", _sampler_options(max_execution_time=-1), OptionError, "max_execution_time"),
    (
        "noise factor below one",
        _estimator_options(resilience={"zne": {"noise_factors": [0.5, 1, 2]}}),
        OptionError,
        "noise_factors",
    ),
    (
        "unknown extrapolator",
        _estimator_options(resilience={"zne": {"extrapolator": "cubic"}}),
        OptionError,
        "extrapolator",
    ),
    ("twirling group", _sampler_options(twirling={"group": "local_c1"}), OptionNotImplementedError, "twirling.group"),
    (
        "decoupling without durations",
        _sampler_options(dynamical_decoupling={"enable": True}),
        IBMInputValueError,
        "dynamical_decoupling.enable = True expects a backend whose target has durations",
    ),
    (
        "too few noise factors",
        _estimator_options(resilience={"zne_mitigation": True, "zne": {"noise_factors": [1], "extrapolator": "linear"}}),
        IBMInputValueError,
        "zne.extrapolator linear needs at least 2 different zne.noise_factors",
    ),
    (
        "cancelling and extrapolating",
        _estimator_options(resilience={"pec_mitigation": True, "zne_mitigation": True}),
        OptionError,
        "pec_mitigation = True cancels the noise that options.resilience.zne_mitigation",
    ),
    (
        "layer noise that is none",
        _estimator_options(resilience={"pec_mitigation": True, "layer_noise_model": object()}),
        OptionError,
        "resilience.layer_noise_model",
    ),
    ("kerneled", _sampler_options(execution={"meas_type": "kerneled"}), OptionNotImplementedError, "meas_type"),
    (
        "no qubit initialisation",
        _sampler_options(execution={"init_qubits": False}),
        OptionNotImplementedError,
        "init_qubits",
    ),
    (
        "shots that do not fit the split",
        lambda: SamplerV2(
            AerSimulator(),
            options={"twirling": {"enable_measure": True, "num_randomizations": 3, "shots_per_randomization": 4}},
        ).run([_bell()], shots=100),
        IBMInputValueError,
        "num_randomizations.*shots_per_randomization",
    ),
    (
        "shots that are less than the split",
        lambda: SamplerV2(
            AerSimulator(),
            options={"twirling": {"enable_measure": True, "num_randomizations": 3, "shots_per_randomization": 40}},
        ).run([_bell()], shots=100),
        IBMInputValueError,
        "shots_per_randomization = 120, but 100 shots are asked for",
    ),
    (
        "one calibration",
        _estimator_options(resilience={"measure_noise_learning": {"num_randomizations": 1}}),
        OptionError,
        "measure_noise_learning.num_randomizations: expected 'auto' or at least 2",
    ),
    ("unknown method", _sampler_options(simulator={"method": "magic"}), (OptionError, IBMInputValueError), "magic"),
    (
        "method that cannot run the circuit",
        lambda: SamplerV2(_AER, options={"simulator": {"method": "stabilizer"}}).run([(_rotation(), [0.3])]),
        IBMInputValueError,
        "stabilizer",
    ),
    (
        "layout too short",
        lambda: SamplerV2(_DEVICE, options={"transpilation": {"optimization_level": 1, "initial_layout": [0]}}).run([_bell()]),
        IBMInputValueError,
        "initial_layout",
    ),
    (
        "layout outside the device",
        lambda: SamplerV2(_DEVICE, options={"transpilation": {"optimization_level": 1, "initial_layout": [0, 9]}}).run(
            [_bell()]
        ),
        IBMInputValueError,
        "initial_layout",
    ),
    (
        "noise model of the wrong type",
        _sampler_options(simulator={"noise_model": "loud"}),
        (OptionError, IBMInputValueError),
        "noise_model",
    ),
)


@ddt
class TestBadInput(unittest.TestCase):
    """Every entry of the tables is refused as it says."""

    def _check(self, call: Callable[[], object], error: Any, message: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with self.assertRaisesRegex(error, f"(?s){message}"):
                call()

    @named_data(*_PUBS)
    def test_pub(self, call: Callable[[], object], error: Any, message: str) -> None:
        self._check(call, error, message)

    @named_data(*_PRIMITIVES)
    def test_primitive(self, call: Callable[[], object], error: Any, message: str) -> None:
        self._check(call, error, message)

    @named_data(*_OPTIONS)
    def test_option(self, call: Callable[[], object], error: Any, message: str) -> None:
        self._check(call, error, message)

    def test_there_are_at_least_sixty(self) -> None:
        self.assertGreaterEqual(len(_PUBS) + len(_PRIMITIVES) + len(_OPTIONS), 60)
        self.assertTrue(issubclass(SimulationTooLargeError, IBMBackendError))
