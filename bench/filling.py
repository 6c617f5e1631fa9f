"""Members by the hundred thousand: written in sets by the owner of the tables, as the functions would have left them.

Indexes and checks of references are put aside and built again at the end, which is several times as fast. This is
done to a database that a benchmark has made for itself, and to none other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from bench.site import Site
from customers.domain.search_keys import tokens_of
from customers.models import Member, SearchKey
from tenants.isolation import tenant_context

GIVEN = (
    "Anna", "Lukas", "Marie", "Felix", "Sophie", "Paul", "Emma", "Jakob", "Hannah", "David", "Laura", "Maximilian",
    "Valentina", "Elias", "Julia", "Simon", "Katharina", "Matteo", "Lea", "Noah", "Zeynep", "Milan", "Ivana", "Stefan",
    "Birgit", "Gerhard", "Renate", "Wolfgang", "Ingrid", "Olivia", "Amelia", "Isla", "Freya", "George", "Arthur",
    "Oscar", "Harriet", "Zara", "Priya", "Aisha", "Callum", "Niamh", "Beatrice", "Hugo", "Tobias", "Mei", "Femi",
)  # fmt: skip
BEGINNINGS = (
    "Alt", "Baum", "Berg", "Blum", "Brand", "Buch", "Dorn", "Eich", "Ester", "Feld", "Fried", "Gold", "Grab", "Haber",
    "Hart", "Hasel", "Hoch", "Holz", "Kirch", "Klein", "Kron", "Lang", "Lieb", "Linden", "Luft", "Mair", "Moos", "Neu",
    "Ober", "Pfeif", "Reich", "Rosen", "Sauer", "Schar", "Schwarz", "Silber", "Sommer", "Stein", "Stern", "Strauss",
    "Tann", "Unter", "Vogel", "Wald", "Wein", "Weiss", "Winter", "Zimmer",
)  # fmt: skip
ENDINGS = (
    "acher", "auer", "bach", "bauer", "berg", "berger", "bichler", "brunner", "burger", "egger", "eder", "felder",
    "fellner", "gartner", "gruber", "haas", "hauser", "hofer", "huber", "ing", "kofler", "lechner", "leitner", "maier",
    "mann", "mayr", "moser", "muller", "pointner", "reiter", "rieder", "schmied", "stadler", "steiner", "taler",
    "weger", "wieser", "winkler", "wirth",
)  # fmt: skip
TABLES = ("customers_member", "customers_searchkey")

_MEMBERS = """
INSERT INTO customers_member (
  tenant_id, id, number, given_name, family_name, email, phone, claimed_phone, language, preferences, custom, status,
  source, external_id, card_secret, joined_at, created_at, updated_at)
SELECT %(tenant)s, uuidv7(), (100000000000 + i)::text, given, family,
  CASE i %% 2 WHEN 0 THEN lower(given || '.' || family) || '.' || i || '@example.com' ELSE '' END,
  '+43664' || lpad((i * 7919 + 13)::text, 7, '0'), '', '', '', '{}', 'active', 'import', '', '',
  joined, joined, joined
FROM (
  SELECT i, now() - (i %% 730) * interval '1 day' AS joined,
    (%(given)s::text[])[1 + floor(power(random(), 1.5) * %(givens)s)] AS given,
    (%(beginnings)s::text[])[1 + floor(random() * %(most_beginnings)s)]
      || (%(endings)s::text[])[1 + floor(random() * %(most_endings)s)] AS family
  FROM generate_series(1, %(members)s) AS i
) AS people"""

# The same words as `customers.domain.search_keys.tokens_of` makes of such a member.
_KEYS = """
INSERT INTO customers_searchkey (tenant_id, id, kind, token, member_id)
SELECT tenant_id, uuidv7(), kind, token, m.id
FROM customers_member m CROSS JOIN LATERAL (VALUES
  ('name', lower(given_name)), ('name', lower(family_name)), ('card', number), ('phone', reverse(substr(phone, 2))),
  ('email', nullif(email, '')),
  ('email', CASE WHEN email <> '' THEN lower(given_name) END),
  ('email', CASE WHEN email <> '' THEN lower(family_name) END),
  ('email', CASE WHEN email <> '' THEN split_part(split_part(email, '@', 1), '.', 3) END)
) AS keys (kind, token)
WHERE tenant_id = %(tenant)s AND token IS NOT NULL"""


def fill_members(site: Site, businesses: list[UUID], members: int) -> None:
    """Give each of these businesses so many members, with what they are found by."""
    values = {
        "members": members,
        "given": list(GIVEN),
        "beginnings": list(BEGINNINGS),
        "endings": list(ENDINGS),
        "givens": len(GIVEN),
        "most_beginnings": len(BEGINNINGS),
        "most_endings": len(ENDINGS),
    }
    connection = site.connect()
    with connection, connection.cursor() as cursor, _bare(cursor):
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'; SELECT setseed(0.5)")
        for tenant in map(str, businesses):
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [tenant])
            cursor.execute(_MEMBERS, {**values, "tenant": tenant})
            cursor.execute(_KEYS, {"tenant": tenant})
    connection.autocommit = True  # VACUUM runs outside of a transaction
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")
    connection.close()
    _check_keys(businesses[0])


def _check_keys(tenant: UUID) -> None:
    """Searching among members who are found by other words than real ones would measure something else."""
    with tenant_context(tenant):
        for member in Member.objects.order_by("number")[:20]:
            written = set(SearchKey.objects.filter(member=member).values_list("kind", "token"))
            if written != tokens_of(member):
                raise RuntimeError(f"Members get other search keys now: {written ^ tokens_of(member)}. Change _KEYS.")


@contextmanager
def _bare(cursor: Any) -> Iterator[None]:
    """Without secondary indexes, unique constraints and foreign keys until the end of the block."""
    names = list(TABLES)
    cursor.execute(
        "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid), contype FROM pg_constraint"
        " WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'u')",
        [names],
    )
    constraints = cursor.fetchall()
    for table, name, _definition, _kind in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary",
        [names],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition, kind in constraints:
        # Rows written here refer to what is there; reading them all again would only take time.
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{' NOT VALID' if kind == 'f' else ''}")
