"""Rows about a record that was merged are about the one that is kept."""

from pathlib import Path
from typing import Any

from customers.domain.merging import merge_members
from customers.enums import ImportPoints, Source
from customers.models import Member, Purchase
from programs.domain.reconcile import reconcile
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.imports.shared import MEMBERS, PURCHASES, imported, write
from tests.customers.people import a_member
from tests.programs.shop import make_program


def merged(business: Any) -> Member:
    with tenant_context(business):
        make_program()
        kept, absorbed = a_member(email="one@example.com"), a_member(email="two@example.com", external_id="A1")
        merge_members(kept, absorbed, by=Actor.system(), source=Source.DASHBOARD, fields=())
    return kept


def test_purchases_of_a_merged_record_are_the_kept_ones(business: Any, tmp_path: Path) -> None:
    kept = merged(business)
    sales = "Receipt,Date,Amount,Customer ID\n1,2025-01-02,10.00,A1\n2,2025-01-03,5.00,A1\n"
    imported(business, PURCHASES, write(tmp_path, sales), points=ImportPoints.AWARD)
    with tenant_context(business):
        account = account_of(kept)
        assert set(Purchase.objects.values_list("member", flat=True)) == {kept.pk}
        assert account is not None
        assert account.balance == 15
        assert reconcile().differences == []


def test_a_row_of_members_changes_the_kept_record(business: Any, tmp_path: Path) -> None:
    kept = merged(business)
    rows = "Email,First name,Phone\ntwo@example.com,Mara,0660 1234567\n"
    imported(business, MEMBERS, write(tmp_path, rows))
    with tenant_context(business):
        assert Member.objects.count() == 2
        assert Member.objects.get(pk=kept.pk).phone == "+436601234567"
