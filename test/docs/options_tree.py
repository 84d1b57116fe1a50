"""The options of the primitives, read from their models and probed with values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from qiskit_local_runtime.errors import OptionError, OptionNotImplementedError
from qiskit_local_runtime.options import (
    EstimatorOptions,
    ExecutorOptions,
    SamplerOptions,
    settle_estimator,
    settle_executor,
    settle_sampler,
)

TREES: dict[str, tuple[type[BaseModel], Callable[[Any], object]]] = {
    "sampler": (SamplerOptions, settle_sampler),
    "estimator": (EstimatorOptions, settle_estimator),
    "executor": (ExecutorOptions, settle_executor),
}
_KINDS = {"a number": 0.5, "an integer": 1, "a list": [1, 2]}
_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


@dataclass(frozen=True)
class Option:
    """One leaf of the tree."""

    owners: tuple[str, ...]
    """The primitives that have it."""
    path: str
    default: Any
    description: str
    values: str
    """What may be assigned, in words."""
    refused: str
    """Which of these are not implemented, in words; empty: all act."""

    @property
    def group(self) -> str:
        """The path without the last name; empty at the top."""
        return self.path.rpartition(".")[0]


def options() -> tuple[Option, ...]:
    """Every option, group by group; once where it is the same in several primitives."""
    found: dict[tuple[str, str], Option] = {}
    for owner, (model, _) in TREES.items():
        for option in _leaves(owner, model()):
            known = found.get((option.path, repr(option.default)))
            merged = option if known is None else replace(option, owners=(*known.owners, owner))
            found[option.path, repr(option.default)] = merged
    return tuple(sorted(found.values(), key=lambda option: (option.group, option.path)))


def _leaves(owner: str, model: BaseModel, prefix: str = "") -> Iterator[Option]:
    for name, field in type(model).model_fields.items():
        value, path = getattr(model, name), f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from _leaves(owner, value, f"{path}.")
            continue
        literals, words = _described(field.annotation, tuple(field.metadata))
        if "anything" in words:
            words = [f"`{value!r}`", _kind(owner, path)]
        probes = [*literals, True, False, 1, 2, *_KINDS.values(), "x", {"x": 1}]
        refused = _refused(probes, [_outcome(owner, path, probe) for probe in probes])
        description = " ".join((field.description or "").split())
        yield Option((owner,), path, value, description, " or ".join(dict.fromkeys(words)), refused)


def _kind(owner: str, path: str) -> str:
    """What an option whose type says "anything" takes beside its default."""
    taken = [kind for kind, probe in _KINDS.items() if _outcome(owner, path, probe) != "wrong"]
    return taken[0] if taken and len(taken) < len(_KINDS) else "an object"


def _described(annotation: Any, metadata: tuple[Any, ...] = ()) -> tuple[list[Any], list[str]]:
    """Literal values and words of a type."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _described(parts[0], (*parts[1:], *metadata))
    if origin is Literal:
        return list(parts), [f"`{part!r}`" for part in parts]
    if origin is list:
        return [], [f"a list of {annotated}" for annotated in _described(parts[0])[1]]
    if parts and origin is not dict:
        each = [_described(part, metadata) for part in parts]
        return [v for values, _ in each for v in values], [w for _, words in each for w in words]
    if annotation is NoneType:
        return [], ["`None`"]
    name = "anything" if annotation is Any else f"`{getattr(origin or annotation, '__name__', annotation)}`"
    return [], [f"{name} {', '.join(dict.fromkeys(_bounds(metadata)))}".strip()]


def _bounds(metadata: tuple[Any, ...]) -> Iterator[str]:
    for entry in metadata:
        yield from _bounds(tuple(getattr(entry, "metadata", ())))
        for word, sign in _SIGNS.items():
            if getattr(entry, word, None) is not None:
                yield f"{sign} {getattr(entry, word)}"


def _outcome(owner: str, path: str, value: Any) -> str:
    """What becomes of a value: ``acts``, ``refused`` (not implemented) or ``wrong``."""
    model, settle = TREES[owner]
    nested: Any = value
    for name in reversed(path.split(".")):
        nested = {name: nested}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a made-up dictionary looks like Aer's old form of a noise model
            made = model(**nested)
    except OptionError:
        return "wrong"
    try:
        settle(made)
    except OptionNotImplementedError:
        return "refused"
    except OptionError:
        return "acts"  # it contradicts another option, so it does act
    return "acts"


def _refused(values: list[Any], outcomes: list[str]) -> str:
    refused = {repr(v): v for v, outcome in zip(values, outcomes, strict=True) if outcome == "refused"}
    if refused and "acts" not in outcomes:
        return "all but the default"
    return ", ".join(f"`{value}`" for value in refused)
