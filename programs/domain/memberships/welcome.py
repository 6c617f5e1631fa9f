"""The voucher that a paid membership begins with: given with its first payment, or brought along with it."""

from django.db.models import Q, QuerySet

from programs.domain.brought import brought_to
from programs.enums import PresentOccasion
from programs.models import Account, PaidMembership, Voucher

# In the terms of a voucher that came along: the id of the membership it welcomes to.
WELCOME_OF = "welcome_of"
_KEY = "membership:"


def welcome_key(membership: PaidMembership) -> str:
    """Of the voucher that was given with the first payment."""
    return f"{_KEY}{membership.pk}"


def welcome_of(account: Account, membership: PaidMembership) -> QuerySet[Voucher]:
    """The voucher of a membership, whoever holds it by now. The membership is that of the account's member."""
    came = Voucher.objects.filter(present__in=brought_to(account), terms__contains={WELCOME_OF: str(membership.pk)})
    given = Voucher.objects.filter(present__key=welcome_key(membership))
    return Voucher.objects.filter(Q(pk__in=given.values("pk")) | Q(pk__in=came.values("pk")))


def welcomes_to(voucher: Voucher) -> str:
    """The id of the membership a voucher is of; empty for every other. Its present should be loaded."""
    present = voucher.present
    if present is not None and present.occasion == PresentOccasion.MEMBERSHIP:
        return str(present.key).removeprefix(_KEY)
    return str(voucher.terms.get(WELCOME_OF, ""))
