"""What is promised at this moment."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from programs.models import Account, Program


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What members hold at this moment. `total` = available + pending − owed.

    `accounts` have something available or waiting, `spending` have something available.
    """

    available: int
    pending: int
    owed: int
    spending: int
    accounts: int

    @property
    def total(self) -> int:
        return self.available + self.pending - self.owed


def outstanding_now(program: Program | None = None) -> Outstanding:
    """What is promised at this moment in a program (in all of them, without one), in one query."""
    accounts = Account.objects.filter(program=program) if program else Account.objects.all()
    row = accounts.aggregate(
        sum_available=Sum("balance"),
        sum_pending=Sum("pending"),
        sum_owed=Sum("owed"),
        sum_spending=Count("pk", filter=Q(balance__gt=0)),
        sum_accounts=Count("pk", filter=Q(balance__gt=0) | Q(pending__gt=0)),
    )
    return Outstanding(**{name.removeprefix("sum_"): value or 0 for name, value in row.items()})
