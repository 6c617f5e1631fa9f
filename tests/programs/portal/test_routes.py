"""Every address of the portal: who is let in, whose things are found, and nothing of another business."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLResolver, get_resolver

from customers.enums import Source
from customers.models import Member, PortalSession
from programs.domain.accounts import points_program
from programs.domain.gifts import wrap_voucher
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.networks.people import join_network
from programs.domain.networks.proofs import proof_for
from programs.domain.redemptions import redeem_reward
from programs.domain.referrals.advocacy import add_action, claim_action
from programs.domain.sharing.families import found_family, invite
from programs.models import Reward, Tier
from tenants.actors import Actor
from tenants.domain.networks.reading import own_seat, partners_of
from tenants.isolation import tenant_context
from tests.cast import make_business
from tests.customers.portal.visitor import Visitor, an_address
from tests.photos import a_photo
from tests.programs.credit import make_credit
from tests.programs.polls import make_poll
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.sharing import allow
from tests.programs.shop import make_member
from tests.programs.stamps import make_card
from tests.tenants.networks.circle import make_circle

# name: (who, the member's own thing that it names, method)
PUBLIC = {
    "home", "about", "join", "join_proved", "sign_in", "code", "another_code", "brand_css", "logo", "icon",
    "manifest", "service_worker", "offline", "present", "invited", "family_yes",
}  # fmt: skip
OWN: dict[str, tuple[str, str]] = {
    "sign_out": ("", "post"),
    "sign_out_everywhere": ("", "post"),
    "card": ("", "get"),
    "card_code": ("", "get"),
    "me": ("", "get"),
    "details": ("", "get"),
    "email": ("", "get"),
    "email_code": ("", "get"),
    "agreement": ("purpose", "post"),
    "devices": ("", "get"),
    "device_end": ("session", "post"),
    "data": ("", "get"),
    "rewards": ("", "get"),
    "reward": ("reward", "get"),
    "redeem": ("reward", "post"),
    "vouchers": ("", "get"),
    "voucher": ("voucher", "get"),
    "give_back": ("voucher", "post"),
    "wait": ("reward", "post"),
    "leave_line": ("reward", "post"),
    "print_voucher": ("voucher", "get"),
    "wrap_voucher": ("voucher", "post"),
    "unwrap_voucher": ("voucher", "post"),
    "open_present": ("code", "post"),
    "history": ("", "get"),
    "stamp_card": ("card", "get"),
    "credit": ("", "get"),
    "network": ("", "get"),
    "network_answer": ("", "post"),
    "network_carry": ("partner", "get"),
    "network_link": ("sealed", "get"),
    "membership": ("", "get"),
    "membership_wish": ("plan", "post"),
    "membership_wish_end": ("", "post"),
    "membership_cancellation": ("", "post"),
    "membership_cancellation_end": ("", "post"),
    "friends": ("", "get"),
    "recommend": ("action", "post"),
    "claim_photo": ("claim", "get"),
    "family": ("", "get"),
    "family_invite": ("", "post"),
    "family_withdraw": ("invitation", "post"),
    "family_leave": ("", "post"),
    "family_dissolve": ("", "post"),
    "family_part": ("member", "post"),
    "give_points": ("", "get"),
    "questions": ("poll", "get"),
    "questions_withdrawal": ("poll", "post"),
}
# What belongs to one member, and what to the whole business.
PERSONAL = {"claim", "session", "voucher", "invitation"}


def portal_routes() -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(patterns: list[Any], inside: bool) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, inside or pattern.namespace == "portal")
            elif inside:
                found[pattern.name] = pattern

    walk(get_resolver("loyalty_saas.urls").url_patterns, False)
    return found


class Guest(Visitor):
    """A signed-in member with a voucher."""

    def __init__(self, business: Any) -> None:
        super().__init__(business)
        email = an_address()
        member = a_guest(business, email)
        self.sign_in(email)
        partner, sealed = _next_door(member, business)
        with tenant_context(business):
            reward = Reward.objects.get(cost=80)
            by = Actor.member(member.pk)
            redemption = redeem_reward(member, reward=reward, by=by, key=uuid4().hex)
            make_credit()
            plan = add_plan(PlanDetails(name=uuid4().hex, tier=Tier.objects.first(), price=900), by=by)
            allow()
            family = found_family(member, name="Köhler", by=by)
            action = add_action(values={"name": "Review", "points": 5}, by=by)
            key = uuid4().hex
            self.things = {
                "member": member.pk,
                "claim": claim_action(member, action=action, proof="", photo=a_photo(), by=by, key=key).pk,
                "invitation": invite(family, by=by).pk,
                "purpose": "marketing",
                "partner": partner.pk,
                "sealed": sealed,
                "reward": reward.pk,
                "card": make_card().pk,
                "poll": make_poll(points_program()).pk,
                "plan": plan.pk,
                "action": action.pk,
                "voucher": redemption.vouchers.get().pk,
                "code": wrap_voucher(redemption.vouchers.get(), by=by).code,
                "session": PortalSession.objects.get(member=Member.objects.get(pk=member.pk)).pk,
            }

    def path(self, name: str, thing: str, of: "Guest") -> str:
        from django.urls import reverse

        kwargs = {"business": self.business.slug} | ({thing: of.things[thing]} if thing else {})
        return reverse(f"portal:{name}", kwargs=kwargs)


def _next_door(member: Member, business: Any) -> tuple[Any, str]:
    """Another business of the network, and the proof that somebody is a member there."""
    with tenant_context(business):
        seat = own_seat()
        found = partners_of(seat)[0].pk if seat else None
    partner = found or make_circle(businesses=[make_business(), business]).businesses[0].pk
    with tenant_context(business):
        join_network(member, agreed=True, by=Actor.member(member.pk), source=Source.PORTAL)
    with tenant_context(partner) as there:
        return there, proof_for(make_member(), business.pk)


@pytest.fixture(scope="module")
def people() -> tuple[Guest, Guest, Guest]:
    """A member, another of the same business, and one of another business."""
    shop = a_shop()
    return Guest(shop), Guest(shop), Guest(a_shop())


def test_every_route_is_in_the_table():
    kinds = {name: pattern.callback.access.kind for name, pattern in portal_routes().items()}
    assert kinds == dict.fromkeys(PUBLIC, "portal") | dict.fromkeys(OWN, "member")


@pytest.mark.parametrize("name", sorted(OWN))
def test_nobody_is_asked_to_sign_in(people, name):
    thing, method = OWN[name]
    guest = people[0]
    answer = getattr(Visitor(guest.business).browser, method)(guest.path(name, thing, guest))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, f"{guest.at}sign-in/")


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_member_of_another_business_is_nobody_here(people, name):
    thing, method = OWN[name]
    guest, _other, stranger = people
    answer = getattr(stranger.browser, method)(guest.path(name, thing, guest))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, f"{guest.at}sign-in/")


@pytest.mark.parametrize("name", sorted(name for name, (thing, _method) in OWN.items() if thing in PERSONAL))
def test_another_members_thing_is_not_found(people, name):
    thing, method = OWN[name]
    guest, other, _stranger = people
    assert getattr(other.browser, method)(guest.path(name, thing, guest)).status_code == 404


@pytest.mark.parametrize("name", sorted(name for name, (thing, _method) in OWN.items() if thing and thing != "purpose"))
def test_a_thing_of_another_business_is_not_found(people, name):
    thing, method = OWN[name]
    guest, _other, stranger = people
    assert getattr(guest.browser, method)(guest.path(name, thing, stranger)).status_code == 404


@pytest.mark.parametrize("name", sorted(name for name, (_thing, method) in OWN.items() if method == "get"))
def test_a_member_sees_their_own(people, name):
    guest = people[0]
    answer = guest.browser.get(guest.path(name, OWN[name][0], guest))
    # The code for a new e-mail is only asked for when there is one, and a card is carried to another portal.
    assert answer.status_code == {"email_code": 422, "network_carry": 302}.get(name, 200)
