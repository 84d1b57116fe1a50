"""The command ``qiskit-local-runtime``."""
