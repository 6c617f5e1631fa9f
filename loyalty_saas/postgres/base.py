"""The database wrapper Django loads for ENGINE = "loyalty_saas.postgres"."""

from django.db.backends.postgresql import base
from django.db.backends.postgresql.features import DatabaseFeatures

from loyalty_saas.postgres.schema import WalledSchemaEditor


class WalledFeatures(DatabaseFeatures):
    # `id` alone is not the key of a walled table, so the other columns do not depend on it in a GROUP BY.
    allows_group_by_selected_pks = False


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = WalledSchemaEditor
    features_class = WalledFeatures
