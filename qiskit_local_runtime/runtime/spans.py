"""Execution spans as IBM writes them."""

from __future__ import annotations

from typing import Any

from ..codec import Kind
from ..pipeline.execution_span import ExecutionSpans, SliceSpan


def _span_to(span: SliceSpan) -> dict[str, Any]:
    slices = {number: [list(shape), part.start, part.stop] for number, (shape, part) in span.data_slices.items()}
    return {"start": span.start, "stop": span.stop, "data_slices": slices}


def _span(value: dict[str, Any]) -> SliceSpan:
    slices = {int(number): (tuple(shape), slice(*part)) for number, (shape, *part) in value["data_slices"].items()}
    return SliceSpan(value["start"], value["stop"], slices)


SPANS: tuple[Kind, ...] = (
    Kind("ExecutionSpan", lambda v: isinstance(v, SliceSpan), _span_to, _span),
    Kind(
        "ExecutionSpans",
        lambda v: isinstance(v, ExecutionSpans),
        lambda v: {"spans": list(v.spans)},
        lambda v: ExecutionSpans(tuple(v["spans"])),
    ),
)
