"""What tiers bring by themselves, places given by hand and who would move, as people see and change them."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from programs.domain.benefits import BenefitDetails, set_benefits
from programs.domain.placements import place_member
from programs.enums import BenefitKind, TierWindow
from programs.models import Program, Tier, TierPlacement
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import Cast, sign_in
from tests.programs.shop import SYSTEM, buy, key, make_member, make_program, make_tier


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def test_a_tier_is_given_what_it_brings_by_itself(cast: Cast, owner: Client) -> None:
    typed = {
        "name": "Gold",
        "threshold": "500",
        "multiplier": "1",
        "benefits": "",
        "birthday_kind": "amount_off",
        "birthday_value": "5.00",
        "gift_days": "21",
        "delivery": "GOLD-POST",
        "early": "3",
        "invitation": "Tasting",
        "invitation_day": "2999-10-01",
        "priority": "on",
    }
    assert owner.post("/program/tiers/new/", typed).status_code == 302
    page = owner.get("/program/tiers/").content.decode()
    for said in (
        "For your birthday: €5.00 off",
        "Free delivery with the code GOLD-POST",
        "New rewards 3 days before others",
        "Tasting, on 1 Oct 2999",
        "You are served first",
    ):
        assert said in page
    with tenant_context(cast.business):
        gold = Tier.objects.get()
        assert gold.works.get(kind=BenefitKind.BIRTHDAY).days == 21
    owner.post(f"/program/tiers/{gold.pk}/", {**typed, "delivery": "", "priority": "", "keep": "on"})
    with tenant_context(cast.business):
        assert sorted(gold.works.values_list("kind", flat=True)) == ["birthday", "early", "invitation"]
        assert AuditEvent.objects.filter(action="tier.benefits_changed").count() == 2


def test_a_gift_without_its_worth_is_refused_at_its_field(owner: Client) -> None:
    typed = {"name": "Gold", "threshold": "500", "multiplier": "1", "birthday_kind": "free_product"}
    answer = owner.post("/program/tiers/new/", typed)
    assert answer.status_code == 422
    assert "Choose a product." in answer.content.decode()


def test_raising_a_threshold_names_who_would_fall(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        gold = make_tier(Program.objects.get(), "Gold", 10_000)
        member = make_member(given_name="Wanda")
        buy(member, 10_000)
    typed = {"name": "Gold", "threshold": "100.01", "multiplier": "1", "benefits": ""}
    said = owner.post(f"/program/tiers/{gold.pk}/movers/", typed).content.decode()
    assert "<strong>1 member</strong> would no longer have enough" in said
    assert "Wanda" in said
    owner.post(f"/program/tiers/{gold.pk}/", {**typed, "keep": "on"})
    with tenant_context(cast.business):
        assert account_of(member).tier == gold
    owner.post(f"/program/tiers/{gold.pk}/", {**typed, "threshold": "100"})
    owner.post(f"/program/tiers/{gold.pk}/", typed)
    with tenant_context(cast.business):
        assert account_of(member).tier is None


def test_windows_grace_and_notice_are_saved(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        gold = make_tier(Program.objects.get(), "Gold", 10_000)
    typed = {
        "tier_basis": "spend",
        "tier_window": "joining_year",
        f"threshold_{gold.pk.hex}": "100",
        "grace_days": "10",
        "notice_days": "20",
        "keep": "on",
    }
    assert owner.post("/program/tiers/measure/", typed).status_code == 302
    with tenant_context(cast.business):
        program = Program.objects.get()
        assert program.tier_window == TierWindow.JOINING_YEAR
        assert (program.tier_grace_days, program.tier_notice_days) == (10, 20)


def test_a_member_is_placed_from_their_page_and_taken_out_again(cast: Cast, owner: Client) -> None:
    until = timezone.now().date() + timedelta(days=30)
    with tenant_context(cast.business):
        gold = make_tier(Program.objects.get(), "Gold", 10_000)
        member = make_member()
        buy(member, 500)
    typed = {"tier": str(gold.pk), "until": until.isoformat(), "reason": "Won the quiz", "key": key()}
    assert owner.post(f"/members/{member.pk}/tier/", typed).status_code == 302
    page = owner.get(f"/members/{member.pk}/").content.decode()
    assert "Won the quiz" in page
    assert "Placed in Gold" in page
    owner.post(f"/members/{member.pk}/tier/removal/")
    with tenant_context(cast.business):
        assert account_of(member).tier is None
        assert TierPlacement.objects.get().end == "undone"
        words = set(AuditEvent.objects.values_list("action", flat=True))
        assert {"tier.placed", "tier.placement_undone"} <= words


def test_a_day_that_is_over_and_a_missing_reason_are_refused(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        gold = make_tier(Program.objects.get(), "Gold", 10_000)
        member = make_member()
    typed = {"tier": str(gold.pk), "until": "2020-01-01", "reason": "", "key": key()}
    answer = owner.post(f"/members/{member.pk}/tier/", typed)
    assert answer.status_code == 422
    assert "This day is over." in answer.content.decode()


def test_a_tier_by_invitation_is_shown_to_nobody_else(cast: Cast) -> None:
    with tenant_context(cast.business):
        program = make_program()
        make_tier(program, "Secret table", 50_000, by_invitation=True)
        make_tier(program, "Gold", 10_000)
    page = Client().get(f"/{cast.business.slug}/").content.decode()
    assert "Gold" in page
    assert "Secret table" not in page


def test_the_counter_says_who_is_served_first(cast: Cast) -> None:
    with tenant_context(cast.business):
        gold = make_tier(make_program(), "Gold", 10_000)
        set_benefits(gold, [BenefitDetails(BenefitKind.PRIORITY)], by=SYSTEM)
        member = make_member()
        buy(member, 500)
        place_member(
            member, tier=gold, reason="Neighbour", until=date(2999, 1, 1), by=Actor.staff(cast.owner), key=key()
        )
    client = sign_in(cast.owner)
    session = client.session
    session["location"] = str(cast.location.pk)
    session.save()
    page = client.get(f"/counter/members/{member.pk}/", follow=True).content.decode()
    assert "Serve first" in page
