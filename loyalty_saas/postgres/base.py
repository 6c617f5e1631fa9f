"""The database wrapper Django loads for ENGINE = "loyalty_saas.postgres"."""

import select
import time

from django.db.backends.postgresql import base
from django.db.backends.postgresql.features import DatabaseFeatures

from loyalty_saas.postgres.schema import WalledSchemaEditor


class WalledFeatures(DatabaseFeatures):
    # `id` alone is not the key of a walled table, so the other columns do not depend on it in a GROUP BY.
    allows_group_by_selected_pks = False


# After so long a silence a firewall may have dropped the connection without a word to either end.
SILENT_SECONDS = 30


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = WalledSchemaEditor
    features_class = WalledFeatures
    _answered_at = 0.0

    def is_usable(self) -> bool:
        """Whether the kept connection still stands, asked at the start of each request.

        A server that is gone has closed its end, which makes the socket readable: that costs no round trip. Only
        then, or after a silence, is PostgreSQL asked itself.
        """
        now = time.monotonic()
        if self.connection is not None and now - self._answered_at < SILENT_SECONDS and not _has_word(self.connection):
            return True
        usable: bool = super().is_usable()
        self._answered_at = now if usable else 0.0
        return usable


def _has_word(connection: object) -> bool:
    """Whether something waits to be read: on an idle connection that is the end of it, or a notice of one."""
    poll = select.poll()
    try:
        poll.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)  # type: ignore[attr-defined]
    except Exception:  # closed on our side: there is no socket any more
        return True
    return bool(poll.poll(0))
