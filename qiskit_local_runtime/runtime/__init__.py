"""The bridge: accepts requests, runs them, keeps what came of them."""

from .default import default_runtime
from .local import LocalRuntime
from .port import Runtime

__all__ = ["LocalRuntime", "Runtime", "default_runtime"]
