"""Results as text, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ...codec import as_tree, encode_in_pieces
from ...records.job import Job
from ...runtime.spans import SPANS
from .fields import GUIDE
from .plain import plain

Parts = Callable[[Any], Iterator[bytes]]


def primitive_result(guide_data: Parts) -> Callable[[Job, Any], Iterator[bytes]]:
    """The writer of a primitive's results.

    Args:
        guide_data: writes the data of one PUB in the form of IBM's guides.
    """

    def write(job: Job, result: Any) -> Iterator[bytes]:
        return _for_guide(result, guide_data) if job.form == GUIDE else _for_client(result)

    return write


def _for_client(result: Any) -> Iterator[bytes]:
    """The text of ``codec.encode``; a PUB at a time."""
    yield b'{"__type__": "PrimitiveResult", "__value__": {"pub_results": ['
    for index, pub in enumerate(result):
        if index:
            yield b", "
        yield from encode_in_pieces(pub, SPANS)
    yield f'], "metadata": {json.dumps(as_tree(result.metadata, SPANS))}}}}}'.encode()


def _for_guide(result: Any, guide_data: Parts) -> Iterator[bytes]:
    yield b'{"results": ['
    for index, pub in enumerate(result):
        yield b', {"data": ' if index else b'{"data": '
        yield from guide_data(pub.data)
        yield f', "metadata": {_text(pub.metadata)}}}'.encode()
    yield f'], "metadata": {_text(result.metadata)}}}'.encode()


def _text(value: Any) -> str:
    return json.dumps(plain(value), allow_nan=False)
