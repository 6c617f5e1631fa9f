"""A friend joins by a member's code."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.activity import record_activity
from customers.domain.identity import present_member
from customers.effects import Arrival
from customers.enums import ActivityKind, Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import uuid7
from programs.domain.referrals.advocates import find_advocate, trace_of
from programs.domain.referrals.offering import running_offer
from programs.domain.referrals.suspicions import suspicions_of
from programs.enums import ArrivalWay
from programs.models import Referral
from tenants.actors import Actor
from tenants.rows import insert_row

_WAYS = {Source.PORTAL: ArrivalWay.PORTAL, Source.COUNTER: ArrivalWay.COUNTER, Source.API: ArrivalWay.API}


class UnknownCode(Invalid):
    code = "unknown_friend_code"
    sentence = _("We know no member with this code. Please check it letter by letter, or leave it empty.")


def check_code(code: str, /, *, by: Actor, source: str, silent: bool) -> None:
    """Raises UnknownCode for a code that is nobody's; an empty one is fine, as is any while nothing is offered."""
    if code.strip() and running_offer() is not None and find_advocate(code) is None:
        raise UnknownCode(field="friend_code")


@transaction.atomic
def arrive(arrival: Arrival, /, *, by: Actor, source: str, silent: bool) -> Referral | None:
    """Note who brought a member that has just joined, once; what is promised now holds for both.

    None where nothing is offered, nobody has the code, or it is their own. Nobody is kept from joining by it.
    """
    offer, advocate = running_offer(), find_advocate(arrival.code)
    if offer is None or advocate is None or present_member(advocate.member).pk == arrival.member.pk:
        return None
    now = timezone.now()
    referral = Referral(
        id=uuid7(),
        advocate=advocate,
        friend=arrival.member,
        way=_WAYS.get(Source(source), ArrivalWay.COUNTER),
        advocate_points=offer.advocate_points,
        friend_points=offer.friend_points,
        minimum=offer.minimum,
        hold_days=offer.hold_days,
        until=now + timedelta(days=offer.within_days),
        traces={"device": trace_of(arrival.device), "network": trace_of(arrival.network)},
        joined_at=now,
    )
    referral.reasons = [str(reason) for reason in suspicions_of(referral)]
    if not insert_row(referral, unless_there=True):
        return Referral.objects.filter(friend=arrival.member).first()
    record_activity(
        ActivityKind.FRIEND_JOINED,
        by=by,
        source=source,
        member=present_member(advocate.member),
        payload={"referral": str(referral.pk)},
        silent=silent,
    )
    return referral


def referral_of(member: Member) -> Referral | None:
    """By whose word a member came, while their first purchase is still to come."""
    found: Referral | None = Referral.objects.select_related("advocate__member").filter(friend=member).first()
    return found
