"""Every table with a `tenant` becomes a walled table, by construction.

From an ordinary migration the editor makes, for a model that has a foreign key named `tenant`:

- the primary key `(tenant_id, id)`, and indexes of foreign keys that start with `tenant_id`, where the model's own
  indexes leave one out;
- row-level security, forced on the owner too, with one bare policy (a cast on the column, or an
  `OR is_admin`, turns an index lookup into a scan of everybody's rows);
- composite foreign keys: a simple one may point at another business's row, because the check that
  PostgreSQL makes for a foreign key bypasses row security.
"""

from typing import Any

from django.db.backends.ddl_references import Columns, Statement
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, Model, UniqueConstraint

WALL = "tenant_id = current_setting('app.tenant_id')::uuid"


def is_walled(model: type[Model]) -> bool:
    return any(field.name == "tenant" and field.is_relation for field in model._meta.local_fields)


def is_forced(model: type[Model]) -> bool:
    """Whether row security binds the owner on this model's table: all walled ones, and the businesses' own."""
    return is_walled(model) or model._meta.label_lower == "tenants.tenant"


def _leads_an_index(model: type[Model], field: "Field[Any, Any]") -> bool:
    """Whether one that the model asks for begins with the business and this field: another would only be written."""
    whole = [*model._meta.indexes, *(one for one in model._meta.constraints if isinstance(one, UniqueConstraint))]
    names = [[name.lstrip("-") for name in one.fields[:2]] for one in whole if one.condition is None]
    return ["tenant", field.name] in names


class WalledSchemaEditor(DatabaseSchemaEditor):
    # The stubs leave out what the editor's subclasses are meant to override.
    # Foreign keys always come after their column, through `_create_fk_sql`, so that they can be composite.
    sql_create_column_inline_fk = None  # type: ignore[assignment]

    def create_model(self, model: type[Model]) -> None:
        super().create_model(model)
        if is_walled(model):
            self._raise_wall(model)

    def add_field(self, model: type[Model], field: Any) -> None:
        super().add_field(model, field)
        if field.name == "tenant" and field.is_relation:
            self._raise_wall(model)

    def _raise_wall(self, model: type[Model]) -> None:
        table = self.quote_name(model._meta.db_table)
        key = self.quote_name(str(model._meta.pk.column))
        primary = self.quote_name(f"{model._meta.db_table}_pkey")
        self.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {primary}, ADD CONSTRAINT {primary} PRIMARY KEY (tenant_id, {key})"
        )
        self.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        self.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        self.execute(f"CREATE POLICY wall ON {table} USING ({WALL}) WITH CHECK ({WALL})")

    def _create_fk_sql(self, model: type[Model], field: Any, suffix: str) -> Statement:
        statement: Statement = super()._create_fk_sql(model, field, suffix)  # type: ignore[misc]
        target = field.target_field.model
        if is_walled(model) and is_walled(target):
            statement.parts["column"] = Columns(model._meta.db_table, ["tenant_id", field.column], self.quote_name)
            statement.parts["to_column"] = Columns(
                target._meta.db_table, ["tenant_id", field.target_field.column], self.quote_name
            )
        return self._checked_by_the_owner(statement, model, target)

    def _checked_by_the_owner(self, statement: Statement, *models: type[Model]) -> Statement:
        """Let the owner look behind the walls while PostgreSQL checks the rows that are there (in one transaction)."""
        tables = {self.quote_name(model._meta.db_table) for model in models if is_forced(model)}
        lower = "".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; " for table in sorted(tables))
        raise_again = "".join(f"; ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in sorted(tables))
        statement.template = f"{lower}{statement.template}{raise_again}"
        return statement

    def _field_indexes_sql(self, model: type[Model], field: "Field[Any, Any]") -> list[Statement]:
        editor: Any = self
        if is_walled(model) and field.is_relation and editor._field_should_be_indexed(model, field):
            if _leads_an_index(model, field):
                return []
            return [editor._create_index_sql(model, fields=[model._meta.get_field("tenant"), field])]
        indexes: list[Statement] = super()._field_indexes_sql(model, field)  # type: ignore[misc]
        return indexes
