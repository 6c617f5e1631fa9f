"""The living page of the look, at /design/ while developing: every element in its states, on made-up figures."""
