"""What all option models share: strict names and types, checked on assignment, errors that name the option."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ..errors import OptionError


class UnsetType:
    """The type of :data:`Unset`."""

    def __repr__(self) -> str:
        return "Unset"

    def __bool__(self) -> bool:
        return False


Unset = UnsetType()
"""Stands for "whatever the default is"; IBM's own ``Unset`` is understood too."""


def is_unset(value: object) -> bool:
    """Whether a value is our ``Unset`` or IBM's."""
    return type(value).__name__ == "UnsetType"


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ValueError("expected an integer")
    return int(value)


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError("expected a number")
    return float(value)


def _flag(value: Any) -> bool:
    if type(value).__name__ not in ("bool", "bool_"):
        raise ValueError("expected True or False")
    return bool(value)


Int = Annotated[int, BeforeValidator(_integer)]
Number = Annotated[float, BeforeValidator(_real), Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Positive = Annotated[Int, Field(ge=1)]
Natural = Annotated[Int, Field(ge=0)]


def _auto_or(check: Any, wanted: str) -> Any:
    """A type that takes ``"auto"`` or what ``check`` returns; one message for both halves."""

    def validate(value: Any) -> Any:
        if isinstance(value, str) and value == "auto":
            return value
        try:
            return check(value)
        except (TypeError, ValueError):
            raise ValueError(f"expected 'auto' or {wanted}") from None

    return Annotated[Any, BeforeValidator(validate)]


def _at_least(least: float, read: Any) -> Any:
    def check(value: Any) -> Any:
        number = read(value)
        if not least <= number < float("inf"):
            raise ValueError
        return number

    return check


def _each(check: Any) -> Any:
    return lambda values: [check(value) for value in values]


AutoOrPositive = _auto_or(_at_least(1, _integer), "a positive integer")
AutoOrGain = _auto_or(_at_least(0, _real), "a number of at least 0")
AutoOrFactors = _auto_or(_each(_at_least(1, _real)), "a list of numbers of at least 1")
AutoOrPoints = _auto_or(_each(_at_least(0, _real)), "a list of numbers of at least 0")


class OptionsModel(BaseModel):
    """A group of options.

    Unknown names and wrong values raise :class:`~qiskit_local_runtime.errors.OptionError`, when the group is made and when an
    attribute is assigned. ``Unset`` means the default.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True, arbitrary_types_allowed=True, defer_build=True)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as err:
            raise _refusal(err, type(self)) from err

    def __setattr__(self, name: str, value: Any) -> None:
        if is_unset(value) and name in type(self).model_fields:
            value = type(self).model_fields[name].get_default(call_default_factory=True)
        try:
            super().__setattr__(name, value)
        except ValidationError as err:
            raise _refusal(err, type(self)) from err
        except (ValueError, AttributeError) as err:
            if name in type(self).model_fields:
                raise
            raise OptionError({name: _unknown(name, type(self))}) from err

    @model_validator(mode="before")
    @classmethod
    def _accept(cls, data: Any) -> Any:
        """Take IBM's option objects and leave out what is unset."""
        if isinstance(data, cls) or data is None:
            return data if data is not None else {}
        if not isinstance(data, Mapping):
            data = as_mapping(data)
        return {name: value for name, value in data.items() if not is_unset(value)}

    def update(self, **changes: Any) -> Self:
        """Change several options at once; groups may be given as dictionaries, which change what they name.

        Raises:
            OptionError: a name or a value is wrong; nothing is changed.
        """
        merged = _merged(self.set_values(), changes)
        fresh = type(self)(**merged)
        for name in type(self).model_fields:
            super().__setattr__(name, getattr(fresh, name))
        return self

    def set_values(self) -> dict[str, Any]:
        """What was set, as nested dictionaries."""
        out: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if isinstance(value, OptionsModel):
                if inner := value.set_values():
                    out[name] = inner
            elif name in self.model_fields_set and not _same(value, field.get_default(call_default_factory=True)):
                out[name] = value
        return out


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def as_mapping(value: Any) -> Mapping[str, Any]:
    """An options object of another library as a mapping: pydantic models and dataclasses.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, Mapping):
        return value
    if isinstance(value, BaseModel):
        return _changed(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if not f.name.startswith("_")}
    raise ValueError("expected an options object or a dictionary")


def _changed(model: BaseModel) -> dict[str, Any]:
    """What differs from the defaults, groups changed in place included."""
    out: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            if inner := _changed(value):
                out[name] = inner
        elif not _same(value, field.get_default(call_default_factory=True)):
            out[name] = value
    return out


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(old)
    for name, value in new.items():
        both = isinstance(value, Mapping) and isinstance(out.get(name), Mapping)
        out[name] = _merged(out[name], value) if both else value
    return out


def _refusal(err: ValidationError, model: type[BaseModel]) -> OptionError:
    """Pydantic's complaints in our words; those of nested groups get the path to the group in front."""
    problems: dict[str, str] = {}
    for problem in err.errors():
        path = ".".join(str(part) for part in problem["loc"] if str(part).isidentifier())
        inner = problem.get("ctx", {}).get("error")
        if isinstance(inner, OptionError):
            problems |= {f"{path}.{name}": text for name, text in inner.problems.items()}
        elif problem["type"] in ("extra_forbidden", "no_such_attribute"):
            problems[path] = _unknown(str(problem["loc"][-1]), model)
        else:
            message = problem["msg"].removeprefix("Value error, ")
            problems[path] = f"found {problem['input']!r}; {message[:1].lower()}{message[1:]}."
    return OptionError(problems)


def _unknown(name: str, model: type[BaseModel]) -> str:
    known = sorted(model.model_fields)
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return f"no such option. {hint}Known here: {', '.join(known)}."
