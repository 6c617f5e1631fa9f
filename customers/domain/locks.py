"""What one business does one after the other."""

from django.db import connection

from tenants.isolation import current_tenant_id


def one_writer_of_members() -> None:
    """Until commit no other import of this business writes, and none merges: both look up who somebody is first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import:' || %s, 0))", [str(current_tenant_id())])
