"""Measurements of the whole service on one machine: `python -m bench` (docs/developer/benchmarks.md)."""
