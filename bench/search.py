"""Finding a member by the end of a phone number and by name, against the one indexed query it comes down to."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from django.db import connections

from bench.harness import Row, Scale, measure
from bench.shop import Shop
from customers.enums import SearchKind
from customers.models import Member
from customers.search import LAST
from loyalty_saas.lib.phones import last_digits_key
from tenants.isolation import tenant_context

DIGITS, LETTERS = 6, 3
_SHOWN = "m.id, m.number, m.given_name, m.family_name, m.email, m.phone, m.joined_at"
_ONE = f"""
SELECT {_SHOWN} FROM customers_searchkey k JOIN customers_member m ON m.tenant_id = k.tenant_id AND m.id = k.member_id
WHERE k.tenant_id = %(tenant)s AND k.kind = %(kind)s AND k.token >= %(from)s AND k.token < %(to)s LIMIT 20"""
_TWO = f"""
SELECT {_SHOWN} FROM customers_searchkey k
JOIN customers_searchkey o ON o.tenant_id = k.tenant_id AND o.member_id = k.member_id
JOIN customers_member m ON m.tenant_id = k.tenant_id AND m.id = k.member_id
WHERE k.tenant_id = %(tenant)s AND k.kind = 'name' AND k.token >= %(from)s AND k.token < %(to)s
  AND o.kind = 'name' AND o.token = %(given)s LIMIT 20"""


def search(shop: Shop, scale: Scale) -> Iterator[Row]:
    """Half of them found by what staff ask for, half by what they type first; every search finds somebody."""
    with tenant_context(shop.tenant):
        people = list(Member.objects.order_by("number")[:: max(1, scale.shop // 500)])
    size = f"{scale.shop:,} of {scale.members:,} members"
    by_phone = _bare(shop, scale, f"Bare query by phone, {size}", _ONE, [_phone_values(one) for one in people])
    by_name = _bare(shop, scale, f"Bare query by name, {size}", _TWO, [_name_values(one) for one in people])
    yield by_phone
    yield by_name
    for where, client, path in (
        ("counter", shop.browser, "/counter/search/?q={}"),
        ("API", shop.till, "/api/v1/members/?limit=20&q={}"),
    ):
        for how, words, reference in (
            ("phone", _phone, by_phone),
            ("name", _name, by_name),
            ("name with a wrong letter", _mistyped, by_name),
        ):
            yield measure(
                shop.site,
                f"Search by {how}, {where}, {size}",
                [_searching(shop, client().get, path, [(words(one), one) for one in people])],
                calls=scale.calls,
                reference=reference,
            )


def _searching(
    shop: Shop, get: Callable[[str], bytes], path: str, wanted: list[tuple[str, Member]]
) -> Callable[[], object]:
    def find() -> None:
        typed, member = shop.chance.choice(wanted)
        said = get(path.format(quote(typed)))
        assert str(member.pk).encode() in said or said.count(b'"id"') >= 20 or said.count(b"/members/") >= 12, typed

    return find


def _bare(shop: Shop, scale: Scale, name: str, query: str, values: list[dict[str, Any]]) -> Row:
    """As the application's own role, behind the same wall."""
    connection = connections["default"].get_new_connection(connections["default"].get_connection_params())
    connection.autocommit = False
    given = [{"tenant": str(shop.tenant.pk), **one} for one in values]
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(shop.tenant.pk)])

        def ask() -> None:
            cursor.execute(query, shop.chance.choice(given))
            assert cursor.fetchall()

        row = measure(shop.site, name, [ask], calls=scale.calls, over_http=False)
    connection.close()
    return row


def _phone(member: Member) -> str:
    return member.phone[-DIGITS:]


def _name(member: Member) -> str:
    return f"{member.given_name} {member.family_name[:LETTERS]}"


def _mistyped(member: Member) -> str:
    """Two neighbouring letters swapped in the family name."""
    name = member.family_name
    return f"{member.given_name} {name[:2]}{name[3]}{name[2]}{name[4:]}"


def _phone_values(member: Member) -> dict[str, Any]:
    return {"kind": SearchKind.PHONE.value, **_range(last_digits_key(_phone(member)))}


def _name_values(member: Member) -> dict[str, Any]:
    return {"given": member.given_name.lower(), **_range(member.family_name[:LETTERS].lower())}


def _range(prefix: str) -> dict[str, Any]:
    return {"from": prefix, "to": prefix + LAST}
