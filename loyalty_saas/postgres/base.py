"""The database wrapper Django loads for ENGINE = "loyalty_saas.postgres"."""

from django.db.backends.postgresql import base

from loyalty_saas.postgres.schema import WalledSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = WalledSchemaEditor
