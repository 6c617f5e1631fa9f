"""Things of a shop that addresses of the API name: made once, by what they are called in the tables of the tests."""

from datetime import UTC, date, datetime, timedelta

from programs.domain.networks.closing import close_month
from programs.domain.own_codes import add_codes
from programs.domain.referrals.advocacy import add_action, claim_action
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import ReviewKind, ReviewSubject, RewardKind, Suspicion
from tenants.actors import Actor
from tenants.domain.networks.founding import found_network
from tenants.domain.networks.terms import Terms
from tenants.isolation import tenant_context
from tenants.models import NetworkSeat
from tests.api import Shop
from tests.photos import a_photo
from tests.programs.events import happen, make_type
from tests.programs.polls import make_poll
from tests.programs.sharing import allow
from tests.programs.shop import make_member, make_reward


def waiting_in(shop: Shop) -> dict[str, str]:
    """An event that is full, and the member who waits for a place."""
    with tenant_context(shop.business):
        event = make_reward(
            shop.program,
            kind=RewardKind.EXPERIENCE,
            stock=0,
            has_waiting_list=True,
            happens_at=datetime.now(UTC) + timedelta(days=30),
        )
    waiting = shop.till.post(f"rewards/{event.pk}/waiting/", {"member": {"id": str(shop.member.pk)}}).json()
    return {"event": str(event.pk), "waiting": waiting["id"]}


def happened_in(shop: Shop) -> dict[str, str]:
    """An event of the business's own, and questions it asks."""
    with tenant_context(shop.business):
        return {
            "happening": str(happen(shop.member, make_type()).pk),
            "poll": str(make_poll(shop.program).pk),
        }


def scarce_in(shop: Shop) -> dict[str, str]:
    """A reward with codes of the business's own, and a voucher of another that is wrapped."""
    with tenant_context(shop.business):
        coded = make_reward(shop.program, kind=RewardKind.AMOUNT_OFF, value=500, uses_own_codes=True, stock=0)
        add_codes(coded, ["SUMMER-1", "SUMMER-2"], by=Actor.system())
    wanted = {"member": {"id": str(shop.member.pk)}, "reward": str(shop.reward.pk)}
    voucher = shop.till.post("redemptions/", wanted).json()["voucher"]["code"]
    gift = shop.till.post(f"vouchers/{voucher}/gift/", {"message": "For you"}).json()
    return {"coded": str(coded.pk), "gift": gift["code"]}


def looked_at_in(shop: Shop) -> dict[str, str]:
    """Something to look at, and somebody who says that they recommended the business."""
    with tenant_context(shop.business):
        by = Actor.member(shop.member.pk)
        seen = Seen(ReviewKind.STAFF, ReviewSubject.REFUSAL, [Suspicion.OWN_CARD], f"seen {shop.member.pk}")
        action = add_action(values={"name": "Review", "points": 5}, by=Actor.system())
        claim = claim_action(shop.member, action=action, proof="As Ines", photo=a_photo(), by=by, key="said")
        return {"review": str(open_review(seen).pk), "claim": str(claim.pk)}


def network_of(shop: Shop) -> dict[str, str]:
    """A network with nobody else in it yet, and a month that is closed."""
    with tenant_context(shop.business):
        seat = found_network(name="Street", terms=Terms(value=500), by=Actor.system())
        NetworkSeat.objects.update(joined_at="2026-01-05T10:00:00Z")
    with tenant_context(shop.business):
        statement = close_month(seat.network_id, date(2026, 1, 1))
    return {"statement": str(statement.pk)}


def shared_in(shop: Shop) -> dict[str, str]:
    """A family of the member's, and points given to somebody else."""
    with tenant_context(shop.business):
        allow()
        other = make_member(given_name="Ben")
    head, receiver = {"id": str(shop.member.pk)}, {"id": str(other.pk)}
    family = shop.till.post("families/", {"head": head, "name": "Gruber"}).json()
    given = shop.till.post("transfers/", {"giver": head, "receiver": receiver, "points": 2}).json()
    with tenant_context(shop.business):
        twin = make_member(given_name="Ana")
    merged = shop.till.post("merges/", {"kept": str(shop.member.pk), "absorbed": str(twin.pk)}).json()
    return {"family": family["id"], "transfer": given["id"], "merge": merged["id"]}
