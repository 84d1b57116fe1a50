"""What is checked of a samplex's text before samplomatic reads it: its reader trusts every number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import IBMInputValueError
from .budget import Budget, from_base64
from .program_circuits import check_header

SSV = {"v0.1": 1, "v0.2": 2, "v1.0": 3, "v1.1": 4}
"""The newest form of a samplex that a version of a program has; the others take any."""
_MOST = 100_000
"""Numbers in a samplex are counts and places: of qubits, of parameters, of nodes."""
_MOST_PLACES = 10
"""Places of nodes for each node: some are empty."""
_DEEPEST = 24
"""Lists and objects in one another, those in text included."""
_BYTES = ("data", "circuit_base64")
"""Names of text in base 64."""
_KINDS = "biufc"


def check_samplex(text: str, ssv: object, version: str, budget: Budget, what: str) -> None:
    """Refuse a samplex that is damaged, of a later form, or made to take all memory, or to run code where it is read.

    Args:
        text: JSON of a graph.
        ssv: the form that it is said to have; ``None``: not said.
        version: of the program.
        budget: counts the bytes of what is packed in it.
        what: it is, for errors.

    Raises:
        IBMInputValueError: says what is wrong.
    """
    tree = json.loads(text)
    if not isinstance(tree, dict) or not isinstance(tree.get("attrs"), dict) or tree.get("directed") is not True:
        raise IBMInputValueError(f"{what}: expected a samplex as a directed graph with attrs, found something else.")
    _check_form(tree["attrs"], ssv, version, what)
    _check_graph(tree, what)
    _check_numbers(tree, what)
    table = json.loads(tree["attrs"]["param_table"])
    data = from_base64(table["circuit_base64"], what)
    budget.take(len(data), what)
    check_header(data, 1, what)


def check_outputs(samplex: Any, what: str) -> None:
    """Refuse outputs that are no arrays of numbers.

    Args:
        samplex: as samplomatic read it.
        what: it is, for errors.
    """
    for spec in samplex.outputs().specs:
        if getattr(spec, "dtype", None) is None or spec.dtype.kind not in _KINDS:
            raise IBMInputValueError(f"{what}: expected outputs that are arrays of numbers, found {spec.name!r}.")


def _check_form(header: Mapping[str, Any], ssv: object, version: str, what: str) -> None:
    found, most = int(header.get("ssv", 1)), SSV.get(version)
    if ssv is not None and found != ssv:
        raise IBMInputValueError(f"{what}: the samplex is said to be of form {ssv!r}, but it is of form {found}.")
    if most is not None and found > most:
        raise IBMInputValueError(
            f"{what}: a program of version {version} has samplexes up to form {most}, found {found}. Send a later version."
        )


def _check_graph(tree: Mapping[str, Any], what: str) -> None:
    nodes, links = tree.get("nodes"), tree.get("links")
    if not isinstance(nodes, list) or not isinstance(links, list):
        raise IBMInputValueError(f"{what}: expected a samplex with lists of nodes and links, found something else.")
    ids = [node.get("id") if isinstance(node, dict) else None for node in nodes]
    known = {number for number in ids if type(number) is int and 0 <= number < _MOST_PLACES * (len(nodes) + 1)}
    if len(known) != len(nodes):
        raise IBMInputValueError(f"{what}: expected nodes of a samplex with numbers of their own, found others.")
    for link in links:
        ends = [link.get(name) for name in ("source", "target", "id")] if isinstance(link, dict) else []
        numbers = [end for end in ends if type(end) is int]
        if len(numbers) != 3 or not set(numbers[:2]) <= known or not 0 <= numbers[2] < _MOST:
            raise IBMInputValueError(f"{what}: expected links between the nodes of the samplex, found {str(link)[:80]}.")


def _check_numbers(value: Any, what: str, depth: int = 0) -> None:
    """Refuse large numbers, those in JSON inside of text included."""
    if depth > _DEEPEST:
        raise IBMInputValueError(f"{what}: the samplex is nested more deeply than any that samplomatic writes.")
    if isinstance(value, str) and value[:1] in tuple('-0123456789[{"'):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            return
    if isinstance(value, (int, float)) and not abs(value) <= _MOST:
        raise IBMInputValueError(f"{what}: expected numbers of at most {_MOST} in a samplex, found {value!r:.40}.")
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in pairs:
            if name not in _BYTES or not isinstance(each, str):
                _check_numbers(each, what, depth + 1)
