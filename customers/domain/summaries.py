"""What a member's purchases add up to, counted anew."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from tenants.isolation import current_tenant

# Counted anew from the purchases, so that a late or corrected one needs no rule of its own. A purchase that came
# back whole is no purchase; money given back without its purchase being known is taken off what was spent.
_RENEW = """
INSERT INTO customers_membersummary AS there
  (id, tenant_id, member_id, purchases, visits, spent, first_purchase_at, last_purchase_at)
SELECT gen_random_uuid(), %(tenant)s, member.id, coalesce(bought.purchases, 0), coalesce(bought.visits, 0),
  coalesce(bought.spent, 0) - coalesce(returned.total, 0), bought.first_at, bought.last_at
FROM customers_member AS member
LEFT JOIN LATERAL (
  SELECT count(*) AS purchases, count(DISTINCT (occurred_at AT TIME ZONE %(zone)s)::date) AS visits,
    sum(total - returned) AS spent, min(occurred_at) AS first_at, max(occurred_at) AS last_at
  FROM customers_purchase
  WHERE tenant_id = %(tenant)s AND member_id = member.id AND (returned < total OR total = 0)
) AS bought ON true
LEFT JOIN LATERAL (
  SELECT sum(total) AS total FROM customers_return
  WHERE tenant_id = %(tenant)s AND member_id = member.id AND purchase_id IS NULL
) AS returned ON true
WHERE member.tenant_id = %(tenant)s AND member.id = ANY(%(members)s::uuid[])
ORDER BY member.id
ON CONFLICT (tenant_id, member_id) DO UPDATE SET
  purchases = excluded.purchases, visits = excluded.visits, spent = excluded.spent,
  first_purchase_at = excluded.first_purchase_at, last_purchase_at = excluded.last_purchase_at
"""


def renew_summaries(member_ids: Iterable[UUID]) -> None:
    """Count the summaries of these members anew. A day is the business's day."""
    tenant = current_tenant()
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW,
            {"tenant": tenant.pk, "zone": tenant.time_zone, "members": sorted(str(one) for one in set(member_ids))},
        )
