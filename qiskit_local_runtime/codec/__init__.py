"""Objects as text and bytes: the text of IBM's ``RuntimeEncoder``, and a denser form for stores."""

from .kind import Kind
from .packing import pack, packed, unpack
from .stream import encode_in_pieces
from .text import as_tree, decode, encode

__all__ = ["Kind", "as_tree", "decode", "encode", "encode_in_pieces", "pack", "packed", "unpack"]
