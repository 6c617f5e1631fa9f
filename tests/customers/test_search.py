import os
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from customers.models import Member, MemberSummary, SearchKey
from customers.queries import member_by_card, members_named, search_members
from customers.search import _steps, last_seen_query, matching
from tenants.isolation import tenant_context
from tests.cast import make_business
from tests.customers.people import a_member


@pytest.fixture
def guests(inside):
    return {
        "mara": a_member(email="mara.weber@example.com", phone="0664 1234567"),
        "zoe": a_member(given_name="Zoë", family_name="Groß-Łukasz", phone="+49 151 23456789"),
        "conor": a_member(given_name="Conor", family_name="O'Neil"),
        "alexander": a_member(given_name="Alexander", family_name="Webber"),
        "mail": a_member(given_name="", family_name="", email="info@cafe-blau.example"),
        "typed": _claiming("+431715550000"),
        "till": a_member(given_name="", family_name="", email="", external_id="17850"),
        "shop": a_member(given_name="Vera", family_name="", external_id="Kd-4711/b"),
    }


def _claiming(phone):
    """Somebody who typed a phone in the portal, which nobody has asked about yet."""
    member = a_member(given_name="Ty", family_name="", email="ty@example.com")
    Member.objects.filter(pk=member.pk).update(claimed_phone=phone)
    return member


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mara", {"mara"}),
        ("WEBER mara", {"mara"}),
        ("web", {"mara", "alexander"}),
        ("zoe gross", {"zoe"}),
        ("łukasz", {"zoe"}),
        ("o'neil", {"conor"}),
        ("oneil", {"conor"}),
        ("567", {"mara"}),
        ("0664", {"mara"}),
        ("0664 12", {"mara"}),
        ("+43664", {"mara"}),
        ("0043 664", {"mara"}),
        ("43664", {"mara"}),
        ("+49 151", {"zoe"}),
        ("+49 152", set()),
        ("0171 5", {"typed"}),
        ("0664 1234567", {"mara"}),
        ("664-123 45 67", {"mara"}),
        ("+43 664 1234567", {"mara"}),
        ("0043 664 1234567", {"mara"}),
        ("0151 23456789", {"zoe"}),
        ("mara 4567", {"mara"}),
        ("mara.weber@", {"mara"}),
        ("MARA.WEBER@example.com", {"mara"}),
        ("info@cafe-blau.example", {"mail"}),
        ("info", {"mail"}),
        ("17850", {"till"}),
        ("178", {"till"}),
        ("kd-4711/B", {"shop"}),
        ("KD-4711", {"shop"}),
        ("4711", {"shop"}),
        ("vera 4711", {"shop"}),
        ("alexnader", {"alexander"}),
        ("aleksander", {"alexander"}),
        ("alexandr web", {"alexander"}),
        ("konor", {"conor"}),
        ("oneal conor", {"conor"}),
        ("nobody", set()),
        ("   ", set()),
        ("\x00", set()),
        ("%", set()),
        ("999", set()),
        ("a" * 5000, set()),
    ],
)
def test_search_finds(guests, typed, found):
    assert {next(name for name, one in guests.items() if one == member) for member in search_members(typed)} == found


def test_search_by_card_as_typed_or_from_its_beginning(guests):
    number = guests["mara"].number
    assert search_members(f"{number[:4]} {number[4:8]} {number[8:]}") == [guests["mara"]]
    assert member_by_card(f"{number[:4]} {number[4:8]}-{number[8:]}") == guests["mara"]
    assert member_by_card("0000") is None
    assert member_by_card("") is None


def test_last_seen_comes_first(inside):
    first, second, third = (a_member(given_name="Anna") for _which in range(3))
    MemberSummary.objects.filter(member=first).update(last_purchase_at=timezone.now() + timedelta(hours=1))
    assert search_members("anna") == [first, third, second]
    assert search_members("anna", limit=1) == [first]


def test_search_stays_in_the_business(cast):
    with tenant_context(cast.other_business):
        a_member()
    with tenant_context(cast.business):
        assert search_members("mara weber") == []


def test_a_list_is_narrowed_by_the_same_steps(guests):
    assert set(matching(Member.objects.filter(phone=""), "web")) == {guests["alexander"]}
    assert set(matching(Member.objects.all(), "alexnader")) == {guests["alexander"]}
    assert not matching(Member.objects.all(), "").exists()


def test_names_are_near_in_any_order(guests):
    assert members_named("Webber Aleksander", limit=5) == [guests["alexander"]]
    assert members_named("", limit=5) == []


COUNT = 100_000
GIVEN = 400
FAMILY = 5000


@pytest.fixture(scope="module")
def crowd():
    """A business with 100,000 members of 400 first and 5,000 last names.

    The server's administrator writes them as a restore would, without a check of each reference.
    """
    business = make_business()
    admin = psycopg2.connect(os.environ["TEST_POSTGRES_ADMIN"], dbname=connection.settings_dict["NAME"])
    with admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(CROWD, {"tenant": str(business.pk), "count": COUNT, "given": GIVEN, "family": FAMILY})
    admin.autocommit = True
    with admin.cursor() as cursor:
        # As the server does by itself, a little later.
        cursor.execute("VACUUM ANALYZE customers_searchkey, customers_member, customers_membersummary")
    admin.close()
    return business


SYLLABLES = "string_to_array('ba de fi go hu ka le mi no pu ra se ti vo wu sha ber lin mar an', ' ')"
CROWD = f"""
WITH words AS (SELECT {SYLLABLES} AS s),
people AS (
  SELECT gen_random_uuid() AS id, n,
    initcap(s[1 + n %% 20] || s[1 + (n %% %(given)s) / 20]) AS given,
    initcap(
      s[1 + (n * 7) %% 20] || s[1 + ((n * 7) %% %(family)s) / 20 %% 20] || s[1 + ((n * 7) %% %(family)s) / 400]
    ) AS family
  FROM generate_series(1, %(count)s) AS n, words
),
members AS (
  INSERT INTO customers_member (id, tenant_id, number, given_name, family_name, email, phone, claimed_phone, language,
    preferences, custom, status, source, external_id, card_secret, joined_at, created_at, updated_at)
  SELECT id, %(tenant)s, (100000000000 + n)::text, given, family, 'p' || n || '@example.com',
    '+43664' || lpad(n::text, 7, '0'), '', '', '', '{{}}', 'active', 'demo', '', '',
    now() - n * interval '1 minute', now(), now()
  FROM people RETURNING id
),
summaries AS (
  INSERT INTO customers_membersummary (id, tenant_id, member_id, purchases, visits, spent, last_purchase_at)
  SELECT gen_random_uuid(), %(tenant)s, id, 1, 1, 100, now() - n * interval '1 minute' FROM people
)
INSERT INTO customers_searchkey (id, tenant_id, member_id, kind, token)
SELECT gen_random_uuid(), %(tenant)s, id, kind, token FROM people, LATERAL (VALUES
  ('name', lower(given)), ('name', lower(family)), ('email', 'p' || n || '@example.com'), ('email', 'p' || n),
  ('phone', reverse('43664' || lpad(n::text, 7, '0'))), ('card', (100000000000 + n)::text)
) AS keys (kind, token) ON CONFLICT DO NOTHING
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed", ["mar", "m", "marmi 4567", "wubar an", "0664 00123", "0664 0012345", "12345", "p4711@example.com"]
)
def test_a_search_reads_the_index_at_100_000_members(crowd, typed):
    with tenant_context(crowd):
        query = last_seen_query(next(iter(_steps(typed))).first(500), 20)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query.sql}", query.params)
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on customers_searchkey" not in plan
    assert "Seq Scan on customers_member p" not in plan
    assert "search_key_token" in plan


@pytest.mark.slow
def test_two_words_are_planned_once_and_read_each_range_once(crowd):
    """Of beginnings PostgreSQL guesses badly how often they are there: it must not go by the guess."""
    with tenant_context(crowd):
        assert len(search_members("marber wu", limit=20)) == len(search_members("wu marber", limit=20)) > 0
        kept = connection.prepared_statements[1]
        [name] = [
            name for sql, name in kept.items() if "customers_searchkey" in sql and sql.count("k.member_id IN") == 1
        ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT generic_plans > 1, custom_plans FROM pg_prepared_statements WHERE name = %s", [name])
            assert cursor.fetchone() == (True, 0)
            kinds, tenant = ["name", "email"], crowd.pk
            values = [tenant, tenant, kinds, "ma", "mb", tenant, kinds, "wu", "wv", 500, 20, tenant]
            cursor.execute(f"EXPLAIN EXECUTE {name}({', '.join(['%s'] * len(values))})", values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Hash Semi Join" in plan
    assert plan.count("Index Only Scan using search_key_token") == 2


@pytest.mark.slow
def test_the_crowd_can_be_found(crowd):
    with tenant_context(crowd):
        assert SearchKey.objects.aggregate(last=Max("token"))["last"]
        assert [one.phone for one in search_members("0664 0012345")] == ["+436640012345"]
