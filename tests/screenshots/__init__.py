"""Pictures of every page on the sample data: `make screenshots` (python -m tests.screenshots --help)."""
