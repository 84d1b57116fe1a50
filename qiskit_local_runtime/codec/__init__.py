"""Objects as text and bytes: the text of IBM's ``RuntimeEncoder``, and a denser form for stores."""

from .kind import Kind
from .packing import pack, unpack
from .text import decode, encode

__all__ = ["Kind", "decode", "encode", "pack", "unpack"]
