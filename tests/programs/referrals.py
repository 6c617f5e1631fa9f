"""Members who bring friends, for the tests."""

from typing import Any

from customers.domain.members import MemberDetails, enrol_member
from customers.effects import Arrival
from customers.enums import Source
from customers.models import Member
from programs.domain.referrals.advocates import advocate_for
from programs.domain.referrals.arriving import arrive
from programs.models import Program, Referral, ReferralOffer
from tenants.actors import Actor
from tests.programs.shop import make_program


def referral_program(program: Program | None = None, **offer: Any) -> ReferralOffer:
    """100 points for whoever brings a friend, 50 for the friend, from 10.00; nothing waits, unless told otherwise."""
    program = program or make_program()
    return ReferralOffer.objects.create(program=program, **{"is_active": True, "hold_days": 0, **offer})


def bring(advocate: Member, *, device: str = "", network: str = "", **details: Any) -> Member:
    """A friend who joins with the advocate's code."""
    friend = enrol_member(MemberDetails(**{"given_name": "Fred", **details}), by=Actor.system(), source=Source.COUNTER)
    arrival = Arrival(friend, advocate_for(advocate).code, device, network)
    arrive(arrival, by=Actor.system(), source=Source.PORTAL, silent=False)
    return friend


def referral(friend: Member) -> Referral:
    found: Referral = Referral.objects.get(friend=friend)
    return found
