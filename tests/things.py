"""One of everything in a business, to be looked at by those who may and to be hidden from all others."""

from datetime import date
from uuid import uuid4

from customers.domain.custom_fields import add_custom_field
from customers.domain.members import MemberDetails, enrol_member
from customers.domain.merging import merge_members
from customers.domain.notes import add_note
from customers.domain.purchases import LineDetails, PurchaseDetails, ReturnDetails, record_purchase, record_return
from customers.domain.segments import keep_segment
from customers.domain.tags import find_or_make_tags
from customers.enums import ImportKind, Source
from customers.models import Category, Import, Product
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.publishing import compose_challenge
from programs.domain.charities import add_charity
from programs.domain.events.recording import record_event
from programs.domain.events.types import TypeDetails, define_event_type
from programs.domain.extending import announce_closure
from programs.domain.goodwill.making import GestureDetails, make_right
from programs.domain.goodwill.reasons import add_reason
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import subscribe
from programs.domain.redemptions import redeem_reward
from programs.domain.referrals.advocacy import add_action, claim_action
from programs.domain.referrals.advocates import advocate_for
from programs.domain.reviews.opening import Seen, open_review
from programs.domain.sharing.families import found_family
from programs.domain.sharing.terms import change_sharing
from programs.domain.sharing.transfers import transfer_points
from programs.domain.stamps.publishing import compose_card, publish_card
from programs.domain.stamps.terms import Terms
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.publishing import compose_surprise
from programs.enums import GestureKind, ProgramStatus, ReviewKind, ReviewSubject, RewardKind, Suspicion
from programs.models import Entry, NetworkStatement, NetworkStatementLine, Program, Reward, Tier
from programs.queries import account_of
from tenants.actors import Actor
from tenants.domain.keys import create_key
from tenants.domain.networks.founding import found_network
from tenants.domain.networks.inviting import invite_business
from tenants.domain.networks.terms import Terms as NetworkTerms
from tenants.domain.team import invite
from tenants.enums import Role, Scope
from tenants.isolation import tenant_context
from tenants.models import Domain, NetworkInvitation, OwnerLetter
from tests.cast import Cast, make_membership
from tests.photos import a_photo
from tests.programs.polls import answer, make_poll
from tests.programs.rules import make_rule
from tests.routes import Things


def make_things(cast: Cast) -> Things:
    """A member who bought, brought back, earned and redeemed, and all that it takes."""
    canary = f"zq{uuid4().hex[:10]}"
    with tenant_context(cast.business) as business:
        by = Actor.staff(cast.owner, cast.location.pk)
        invitation, _token = invite(f"{canary}@example.com", role=Role.STAFF, by=cast.owner)
        key, _text = create_key(name=f"Till {canary}", scopes=list(Scope), by=cast.owner)
        program = Program.objects.create(name=f"Circle {canary}", status=ProgramStatus.LIVE)
        tier = Tier.objects.create(program=program, name=f"Gold {canary}", threshold=0)
        rule = make_rule(program, f"Double {canary}")
        stamp_card = compose_card(Terms(name=f"Card {canary}", slots=9, reward_name=f"Tea {canary}"), by=by)
        publish_card(stamp_card, by=by)
        paid_tier = Tier.objects.create(program=program, name=f"Club {canary}", threshold=900_000, by_invitation=True)
        membership_plan = add_plan(PlanDetails(name=f"Plan {canary}", tier=paid_tier, price=900), by=by)
        category = Category.objects.create(name=f"Coffee {canary}")
        product = Product.objects.create(name=f"Espresso {canary}", sku=canary, category=category, price=280)
        reward = Reward.objects.create(
            program=program, name=f"Cake {canary}", kind=RewardKind.FREE_PRODUCT, product=product, cost=10
        )
        member = enrol_member(
            MemberDetails(
                given_name="Ada",
                family_name=canary,
                email=f"ada.{canary}@example.com",
                preferences=f"oat milk {canary}",
                tags=(f"tag {canary}",),
            ),
            by=by,
            source=Source.COUNTER,
        )
        purchase = record_purchase(
            member,
            PurchaseDetails(
                lines=(LineDetails(unit_price=5000, product=product, description=canary),), receipt_number=canary
            ),
            by=by,
            source=Source.COUNTER,
        )
        redemption = redeem_reward(member, reward=reward, by=by, key=canary)
        goodwill_reason = add_reason(name=f"Slow {canary}", by=by)
        gesture = make_right(
            member,
            GestureDetails(
                kind=GestureKind.FREE_PRODUCT, product=product, reason=goodwill_reason, note=f"Cold {canary}"
            ),
            by=by,
            key=f"gesture {canary}",
        )
        relative = enrol_member(MemberDetails(given_name="Ida", family_name=canary), by=by, source=Source.COUNTER)
        change_sharing(changes={"may_give": True, "has_families": True, "wait_days": 0}, by=by)
        family = found_family(member, name=f"Family {canary}", by=by)
        transfer = transfer_points(member, to=relative, points=10, message=canary, by=by, key=f"gift {canary}")
        action = add_action(values={"name": f"Review {canary}", "points": 5, "times": 9}, by=by)
        event_type = define_event_type(TypeDetails(f"Tasting {canary}", key=f"t_{canary}", by_staff=True), by=by)
        poll = make_poll(program, f"Asked {canary}")
        return_record = record_return(purchase, ReturnDetails(amount=1000, reason=canary), by=by, source=Source.COUNTER)
        statement = _statement(canary)
        return Things(
            canary=canary,
            slug=business.slug,
            membership=make_membership(business, Role.STAFF),
            invitation=invitation,
            location=cast.location,
            domain=Domain.objects.create(host=f"{canary}.example.com"),
            api_key=key,
            member=member,
            merge=merge_members(
                member,
                enrol_member(MemberDetails(given_name="Eda", family_name=canary), by=by, source=Source.COUNTER),
                by=by,
                source=Source.DASHBOARD,
            ),
            note=add_note(member, text=f"Note {canary}", by=by, source=Source.COUNTER),
            custom_field=add_custom_field(label=f"Milk {canary}", kind="text", by=by),
            tag=find_or_make_tags([f"tag {canary}"])[0],
            category=category,
            product=product,
            network_invitation=_network(cast, canary),
            network_letter=OwnerLetter.objects.get(),
            network_line=_line(statement, canary),
            network_statement=statement,
            purchase=purchase,
            return_record=return_record,
            import_record=Import.objects.create(
                kind=ImportKind.MEMBERS, file_name=f"{canary}.csv", file_hash="0" * 64, file="imports/none.csv"
            ),
            program=program,
            segment=keep_segment(name=f"Segment {canary}", filters={"seen": "30"}, by=by),
            closure=announce_closure(date(2999, 8, 1), date(2999, 8, 14), reason=f"Holidays {canary}", by=by),
            tier=tier,
            rule=rule,
            challenge=compose_challenge(
                program,
                name=f"Challenge {canary}",
                definition=Definition("times", goal=2, last_day=date(2999, 1, 1), points=5),
                by=by,
            ),
            stamp_card=stamp_card,
            membership_plan=membership_plan,
            membership_payment=subscribe(member, membership_plan, by=by, key=f"membership {canary}"),
            reward=reward,
            coded_reward=Reward.objects.create(
                program=program,
                name=f"Code {canary}",
                kind=RewardKind.FREE_PRODUCT,
                cost=9,
                uses_own_codes=True,
                stock=0,
            ),
            mystery=Reward.objects.create(
                program=program, name=f"Surprise {canary}", kind=RewardKind.MYSTERY, cost=9, is_active=False
            ),
            charity=add_charity(name=f"Shelter {canary}", by=by),
            account=account_of(member),
            entry=Entry.objects.filter(account__member=member).first(),
            event=record_event(member, kind=event_type, payload={}, by=by, key=f"event {canary}"),
            event_type=event_type,
            poll=poll,
            poll_answer=answer(member, poll),
            redemption=redemption,
            gesture=gesture,
            goodwill_reason=goodwill_reason,
            family=family,
            surprise=compose_surprise(
                program,
                name=f"Lucky {canary}",
                terms=SurpriseTerms("visit", one_in=9, points=5, budget_points=5),
                by=by,
            ),
            transfer=transfer,
            advocate=advocate_for(member),
            advocacy_action=action,
            claim=claim_action(
                member,
                action=action,
                proof=f"Seen {canary}",
                photo=a_photo(),
                by=Actor.member(member.pk),
                key=f"claim {canary}",
            ),
            review=open_review(
                Seen(
                    ReviewKind.STAFF,
                    ReviewSubject.REFUSAL,
                    [Suspicion.RECEIPT_AGAIN],
                    canary,
                    member=member,
                    evidence={"number": canary},
                )
            ),
            voucher=redemption.vouchers.get(),
        )


def _statement(canary: str) -> NetworkStatement:
    made: NetworkStatement = NetworkStatement.objects.create(
        network_id=uuid4(),
        network_name=f"Street {canary}",
        currency="EUR",
        time_zone="Europe/Vienna",
        month=date(2026, 1, 1),
        owed_to_us=0,
        owed_by_us=0,
        entries=0,
        closed_at="2026-02-01T00:00:00Z",
    )
    return made


def _line(statement: NetworkStatement, canary: str) -> NetworkStatementLine:
    amounts = dict.fromkeys(("points_in", "points_out", "owed_to_us", "owed_by_us", "entries"), 0)
    made: NetworkStatementLine = NetworkStatementLine.objects.create(
        statement=statement, partner_id=uuid4(), partner_name=f"Bakery {canary}", **amounts
    )
    return made


def _network(cast: Cast, canary: str) -> NetworkInvitation:
    found_network(name=f"Street {canary}", terms=NetworkTerms(value=500), by=Actor.staff(cast.owner))
    invitation, _token = invite_business(email=f"{canary}@example.com", by=cast.owner)
    return invitation
