"""Vouchers that came along from elsewhere: whose they were there, and how often somebody had them.

The present of such a voucher belongs to whoever got it there, and is of that moment; what no row of here can say stands
in the terms of the voucher.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from programs.enums import PresentOccasion
from programs.models import Account, Present, Voucher

# In the terms of a voucher: the number of the card of somebody who is not here, and handed it on.
HANDED_ON = "had_by"


def had_elsewhere(
    account: Account, rewards: Iterable[UUID], *, statuses: Iterable[str]
) -> QuerySet[Voucher, tuple[UUID, datetime]]:
    """Which of the rewards a member had before they came along, and when: a pair for each time.

    What was handed on counts for whoever did that, and for nobody where they are not here.
    """
    vouchers = Voucher.objects.filter(
        present__in=brought_to(account), present__reward__in=list(rewards), status__in=list(statuses)
    )
    return vouchers.exclude(terms__has_key=HANDED_ON).order_by().values_list("present__reward", "present__created_at")


def brought_to(account: Account) -> QuerySet[Present]:
    """What came along to this card, or to one that was merged into it, where it stays."""
    cards = Account.objects.filter(Q(pk=account.pk) | Q(merged_into=account.pk))
    return Present.objects.filter(account__in=cards.values("pk"), occasion=PresentOccasion.BROUGHT)
