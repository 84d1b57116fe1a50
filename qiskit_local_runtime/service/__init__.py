"""The service users import."""

from .service import QiskitRuntimeService

__all__ = ["QiskitRuntimeService"]
