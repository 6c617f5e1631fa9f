"""Pages by cursor, while rows are added."""

from tenants.isolation import tenant_context
from tests.api import Shop
from tests.customers.people import a_member


def walk(shop, path, query, between=lambda: None):
    """Every row of every page."""
    rows, cursor = [], None
    for _page in range(100):
        said = shop.till.get(path, query | ({"cursor": cursor} if cursor else {})).json()
        rows += said["results"]
        cursor = said["next_cursor"]
        if cursor is None:
            return rows
        between()
    raise AssertionError("no end")


def add(shop, number=1):
    with tenant_context(shop.business):
        return [str(a_member().pk) for _member in range(number)]


def test_every_member_that_was_there_comes_once_while_others_join():
    shop = Shop()
    there = [str(shop.member.pk), *add(shop, 22)]
    seen = [row["id"] for row in walk(shop, "members/", {"limit": 5}, between=lambda: add(shop, 2))]
    assert seen == there[::-1]


def test_a_full_last_page_has_no_next():
    shop = Shop()
    add(shop, 9)
    said = shop.till.get("members/", {"limit": 10}).json()
    assert (len(said["results"]), said["next_cursor"]) == (10, None)


def test_members_come_in_the_order_of_change_since_a_moment():
    shop = Shop()
    first, second, third = add(shop, 3)
    since = shop.till.get(f"members/{second}/").json()["updated_at"]
    shop.till.patch(f"members/{first}/", {"tags": ["vip"]})
    seen = [row["id"] for row in walk(shop, "members/", {"updated_since": since, "limit": 1})]
    assert seen == [second, third, first]


def test_one_who_changes_while_the_pages_are_read_comes_again_at_the_end():
    shop = Shop()
    first, second, third = add(shop, 3)
    since = shop.till.get(f"members/{first}/").json()["updated_at"]
    turned = []

    def change_once():
        if not turned:
            turned.append(shop.till.patch(f"members/{first}/", {"given_name": "New"}).status_code)

    seen = [row["id"] for row in walk(shop, "members/", {"updated_since": since, "limit": 1}, between=change_once)]
    assert seen == [first, second, third, first]


def test_purchases_and_entries_come_newest_first_while_more_are_recorded():
    shop = Shop()
    there = [shop.buys(100)["purchase"]["id"] for _number in range(7)]
    seen = [row["id"] for row in walk(shop, "purchases/", {"limit": 2}, between=shop.buys)]
    assert seen == there[::-1]
    numbers = [row["balance_after"] for row in walk(shop, f"members/{shop.member.pk}/entries/", {"limit": 3})]
    assert numbers == sorted(numbers, reverse=True)


def test_a_cursor_of_one_list_is_none_of_another():
    shop = Shop()
    shop.buys(), shop.buys()
    cursor = shop.till.get(f"members/{shop.member.pk}/entries/", {"limit": 1}).json()["next_cursor"]
    answer = shop.till.get("purchases/", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def test_a_list_takes_as_many_queries_for_three_as_for_one():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    shop = Shop()
    shop.till.get("members/")

    def queries():
        with CaptureQueriesContext(connection) as caught:
            shop.till.get("members/")
        return len(caught)

    one = queries()
    for pk in add(shop, 2):
        shop.till.patch(f"members/{pk}/", {"tags": ["a", "b"]})
    # The tags' names are one query more where there is a tag at all.
    assert queries() <= one + 1
