"""Surprises: chance within a budget, drawn so that anyone can repeat it, given at once and shown to whoever serves."""
