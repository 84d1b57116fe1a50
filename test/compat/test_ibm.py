"""Names, defaults and shapes compared with the installed qiskit-ibm-runtime."""

from __future__ import annotations

import dataclasses
import importlib
import unittest
from typing import Any

import qiskit_ibm_runtime
from pydantic import BaseModel
from qiskit_ibm_runtime import exceptions as theirs
from qiskit_ibm_runtime import options as legacy

from qiskit_local_runtime import EstimatorOptions, EstimatorV2, RuntimeJob, SamplerOptions, SamplerV2, exceptions
from qiskit_local_runtime.options import base

_NEW = importlib.import_module("qiskit_ibm_runtime.options_models")

_OTHER_DEFAULTS = {
    # unset at IBM's, where the server decides; the documented value here
    "default_shots",
    "default_precision",
    "resilience_level",
    # the newer client's default, where the two differ
    "resilience.measure_noise_learning.num_randomizations",
}


def _fields(options: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(options):
        return {f.name: getattr(options, f.name) for f in dataclasses.fields(options) if not f.name.startswith("_")}
    return {name: getattr(options, name) for name in type(options).model_fields}


def _is_group(value: Any) -> bool:
    return (dataclasses.is_dataclass(value) or isinstance(value, BaseModel)) and not isinstance(value, type)


class TestOptions(unittest.TestCase):
    """Every option of both of IBM's trees is here, with IBM's default where IBM states one."""

    def _compare(self, ours: Any, theirs_: Any, path: str = "") -> int:
        compared = 0
        for name, value in _fields(theirs_).items():
            here = f"{path}{name}"
            self.assertIn(name, type(ours).model_fields, f"options.{here} is missing")
            own = getattr(ours, name)
            if _is_group(value):
                compared += self._compare(own, value, f"{here}.")
                continue
            compared += 1
            if base.is_unset(value) or value is None or here in _OTHER_DEFAULTS:
                continue
            self.assertEqual(_plain(own), _plain(value), f"default of options.{here}")
        return compared

    def test_the_samplers_trees(self) -> None:
        self.assertGreater(self._compare(SamplerOptions(), legacy.SamplerOptions()), 20)
        self.assertGreater(self._compare(SamplerOptions(), _NEW.SamplerOptions()), 20)

    def test_the_estimators_trees(self) -> None:
        self.assertGreater(self._compare(EstimatorOptions(), legacy.EstimatorOptions()), 30)
        self.assertGreater(self._compare(EstimatorOptions(), _NEW.EstimatorOptions()), 30)

    def test_ibms_objects_are_taken_as_options(self) -> None:
        old = legacy.EstimatorOptions()
        old.default_shots = 77
        old.resilience_level = 0
        old.simulator.seed_simulator = 0
        old.environment.job_tags = ["a"]
        ours = EstimatorV2(options=old).options
        self.assertEqual((ours.default_shots, ours.resilience_level, ours.simulator.seed_simulator), (77, 0, 0))
        self.assertEqual(ours.environment.job_tags, ["a"])
        new = _NEW.SamplerOptions()
        new.twirling.enable_measure = True
        self.assertIs(SamplerV2(options=new).options.twirling.enable_measure, True)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


class TestNames(unittest.TestCase):
    """Public members have IBM's names."""

    def test_every_public_member_of_a_job_is_here(self) -> None:
        wanted = {name for name in dir(qiskit_ibm_runtime.RuntimeJobV2) if not name.startswith("_")}
        self.assertEqual(wanted - set(dir(RuntimeJob)), set())

    def test_errors_have_ibms_names_and_bases(self) -> None:
        for name in exceptions.__all__:
            peer = getattr(theirs, name, None)
            if peer is None:
                continue
            own = getattr(exceptions, name)
            outside = {b.__name__ for b in peer.__mro__} - {"IBMError", "IBMApiError"}
            self.assertLessEqual(outside, {b.__name__ for b in own.__mro__}, name)

    def test_primitives_take_ibms_arguments(self) -> None:
        for own, peer in ((SamplerV2, qiskit_ibm_runtime.SamplerV2), (EstimatorV2, qiskit_ibm_runtime.EstimatorV2)):
            wanted = {n for n in dir(peer) if not n.startswith("_")} - {"version"}
            self.assertEqual(wanted - set(dir(own)), set(), own.__name__)
