"""Starts everything Regulars consists of on one machine, and stops it again: `python -m loyalty_saas.launcher`."""
