"""Backends as the REST API describes them."""
