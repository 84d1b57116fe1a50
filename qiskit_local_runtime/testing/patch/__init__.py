"""The patch: for the length of a block, code that imports IBM's client gets this package."""

from .block import local_runtime

__all__ = ["local_runtime"]
