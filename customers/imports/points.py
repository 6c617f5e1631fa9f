"""What imported facts do to points, by the choice made for the import."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from customers import effects
from customers.enums import ImportPoints, MemberStatus, Source
from customers.imports.writing import Written
from customers.models import Import, Member, Purchase, Return
from loyalty_saas.lib.errors import DomainError
from tenants.actors import Actor


def follow_purchases(record: Import, written: Written, *, by: Actor) -> None:
    """Let the apps above act on what a batch has written, in its transaction.

    To award, they are given the whole batch at once (`purchases_imported`) where somebody takes it so, and each
    purchase and return in the order of time where nobody does.
    """
    if record.points != ImportPoints.AWARD:
        return
    purchases = [purchase for purchase in written.purchases if purchase.member_id]
    returns = [one for one in written.returns if one.member_id]
    if effects.purchases_imported.followers:
        batch = effects.ImportedPurchases(tuple(purchases), tuple(returns), record.pk)
        effects.purchases_imported(batch, by=by, source=Source.IMPORT, silent=record.silent)
        return
    facts: list[Purchase | Return] = [*purchases, *returns]
    for fact in sorted(facts, key=lambda one: one.occurred_at):
        if isinstance(fact, Purchase):
            effects.purchase_completed(fact, by=by, source=Source.IMPORT, silent=record.silent)
        else:
            effects.purchase_returned(fact, by=by, source=Source.IMPORT, silent=record.silent)


def spent_by_member(written: Written) -> dict[str, int]:
    """Net of tax and returns, minor units, by member: what an opening balance is made from."""
    spent: dict[str, int] = {}
    for purchase in written.purchases:
        if purchase.member_id:
            spent[str(purchase.member_id)] = spent.get(str(purchase.member_id), 0) + purchase.net
    for one in written.returns:
        if one.member_id:
            spent[str(one.member_id)] = spent.get(str(one.member_id), 0) - (one.total - one.tax)
    return spent


def open_balances(record: Import, spent: Mapping[str, int], *, by: Actor) -> tuple[int, int]:
    """Give each active member one opening balance for what they spent in this import.

    Returns how many got one and how many did not: nothing spent, not active, no program that is live.
    """
    ids = [UUID(member_id) for member_id, amount in spent.items() if amount > 0]
    given = 0
    for member in Member.objects.filter(pk__in=ids, status=MemberStatus.ACTIVE).order_by("pk"):
        opening = effects.OpeningSpend(member, spent[str(member.pk)], f"opening:import:{record.pk}:{member.pk}")
        try:
            with transaction.atomic():
                effects.opening_spend(opening, by=by, source=Source.IMPORT, silent=record.silent)
        except DomainError:
            continue
        given += 1
    return given, len(spent) - given
