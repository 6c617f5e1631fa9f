"""A PostgreSQL backend for Django that builds the walls between businesses into ordinary migrations."""
