"""See the design page."""
