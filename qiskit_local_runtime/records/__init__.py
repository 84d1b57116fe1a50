"""Frozen records: what was asked, what became of it."""
