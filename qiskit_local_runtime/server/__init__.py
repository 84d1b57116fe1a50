"""A local server that speaks the REST API of Qiskit Runtime."""
