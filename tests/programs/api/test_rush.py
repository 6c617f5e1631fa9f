"""Eight tills redeem the points of a hundred members at once, over HTTP: exactly what can be paid is given."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from programs.domain.awards import award_opening
from programs.domain.reconcile import reconcile
from programs.models import Account, Entry, Redemption, Voucher
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import make_member
from tests.served import Client, served

# `make bars` asks for 10,000.
REDEMPTIONS = int(os.environ.get("RUSH_REDEMPTIONS", "1500"))
MEMBERS, CLIENTS, COST = 100, 8, 10


@pytest.mark.slow
def test_a_rush_of_redemptions_gives_exactly_the_affordable_ones(tmp_path: Path) -> None:
    shop = Shop()
    chance = random.Random(7)
    tries = REDEMPTIONS // MEMBERS
    with tenant_context(shop.business):
        members = [make_member() for _number in range(MEMBERS)]
        # From none at all to more than is asked for, and never a round number of rewards.
        points = {str(one.pk): chance.randrange(1, COST * tries * 3 // 2) for one in members}
        for one in members:
            award_opening(one, points=points[str(one.pk)], by=Actor.system(), key=f"opening:{one.pk}")
    calls = [member for member in points for _try in range(tries)]
    chance.shuffle(calls)
    with served(tmp_path / "server.log") as port:

        def take(part: list[str]) -> list[tuple[str, int, str]]:
            till = Client(port, shop.till.token)
            body = {"reward": str(shop.reward.pk)}
            answers = [(member, *till.post("redemptions/", {**body, "member": {"id": member}})) for member in part]
            till.close()
            return [(member, status, said.get("code", "")) for member, status, said in answers]

        with ThreadPoolExecutor(CLIENTS) as pool:
            parts = pool.map(take, [calls[number::CLIENTS] for number in range(CLIENTS)])
            answers = [answer for part in parts for answer in part]
    assert {(status, code) for _member, status, code in answers} <= {(201, ""), (409, "not_enough_points")}
    given = Counter(member for member, status, _code in answers if status == 201)
    assert given == {member: affordable for member in points if (affordable := min(points[member] // COST, tries))}
    with tenant_context(shop.business):
        for account in Account.objects.filter(member__in=members):
            member = str(account.member_id)
            assert (account.balance, account.owed) == (points[member] - COST * given[member], 0)
        assert Redemption.objects.count() == Voucher.objects.count() == given.total()
        assert Entry.objects.filter(kind="redeem").count() == given.total()
        assert reconcile().agrees
