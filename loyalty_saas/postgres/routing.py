"""Which connection does what: the owner migrates, the application serves."""

from typing import Any


class OwnerMigrates:
    """Rows that were looked up across businesses are not written there: `.using(…)` alone leaves the default."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        """The connections are four roles on one database: their rows are the same rows."""
        return True
