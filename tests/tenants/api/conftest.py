import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tell fuzzed operations apart by their ids: pytest 9.2 leaves the operation out, and xdist then runs only one."""
    if operation := getattr(item, "operation_label", None):
        item._id = item.id.with_params(operation)
