"""First purchases of friends that come in a file: they count only where the owner says so, and only after joining."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from customers.enums import ImportKind, ImportPoints
from programs.domain.reconcile import reconcile
from programs.enums import ReferralState
from programs.models import Entry
from tenants.isolation import tenant_context
from tests.customers.imports.shared import imported, write
from tests.programs.referrals import bring, referral, referral_program
from tests.programs.shop import balance, make_member


def brought(business, **offer):
    with tenant_context(business):
        referral_program(**offer)
        advocate = make_member(given_name="Ana")
        friend = bring(advocate, email="zoe@example.net")
    return advocate, friend


def earned_by(member) -> int:
    return sum(Entry.objects.filter(account__member=member).values_list("amount", flat=True))


def bring_in(business, folder: Path, *rows: tuple[str, timedelta, str], points=ImportPoints.AWARD):
    lines = [f"{number},{(timezone.now() + when).isoformat()},zoe@example.net,{total}" for number, when, total in rows]
    text = "receipt number,date,e-mail,total\n" + "\n".join(lines) + "\n"
    return imported(business, ImportKind.PURCHASES, write(folder, text), points=points)


@pytest.mark.parametrize(("counts", "state"), [(False, ReferralState.JOINED), (True, ReferralState.REWARDED)])
def test_by_the_owners_choice(business, tmp_path, counts, state):
    advocate, friend = brought(business, counts_imports=counts)
    bring_in(business, tmp_path, ("A-1", timedelta(seconds=0), "20.00"))
    with tenant_context(business):
        assert referral(friend).state == state
        assert earned_by(advocate) == (100 if counts else 0)
        assert balance(friend)[0] == (70 if counts else 20)
        assert reconcile().differences == []


def test_what_was_bought_before_joining_brought_nobody(business, tmp_path):
    advocate, friend = brought(business, counts_imports=True)
    bring_in(business, tmp_path, ("A-1", -timedelta(days=3), "50.00"), ("A-2", timedelta(seconds=0), "5.00"))
    with tenant_context(business):
        assert referral(friend).state == ReferralState.JOINED
        assert earned_by(advocate) == 0
    bring_in(business, tmp_path, ("A-3", timedelta(seconds=0), "12.00"))
    with tenant_context(business):
        assert referral(friend).purchase.receipt_number == "A-3"
        assert balance(advocate)[0] == 100


def test_a_file_that_is_brought_twice_thanks_once(business, tmp_path):
    advocate, _friend = brought(business, counts_imports=True)
    for _time in range(2):
        bring_in(business, tmp_path, ("A-1", timedelta(seconds=0), "20.00"))
    with tenant_context(business):
        assert balance(advocate)[0] == 100
        assert reconcile().differences == []
