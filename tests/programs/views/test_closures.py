"""Closed days as a page, and where else they are said."""

from datetime import timedelta

from django.test import Client

from customers.domain.members import pause_member
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.days import local_day
from programs.domain.extending import announce_closure
from programs.models import Closure, Entry, Lot
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.portal.test_points import text
from tests.programs.shop import at, buy, make_member, make_program

BY = Actor.system()
TYPED = {"first": "2026-08-01", "last": "2026-08-14", "reason": "Summer holidays"}


def test_closed_days_are_announced_and_withdrawn(cast: Cast) -> None:
    with tenant_context(cast.business), at("2026-07-05 10:00"):
        make_program(expiry_months=1, expires_at_month_end=False)
        buy(make_member(), 1000)
        entry = Entry.objects.get()
    owner: Client = sign_in(cast.owner)
    with at("2026-07-10 10:00"):
        assert owner.post("/program/books/closed-days/", TYPED).headers["Location"] == "/program/books/closed-days/"
        page = owner.get("/program/books/closed-days/")
        [(closure, extended, is_over)] = page.context["rows"]
        assert (closure.reason, extended, is_over) == ("Summer holidays", 1, False)
        assert "1 Aug 2026 to 14 Aug 2026" in page.content.decode()
        said = owner.get(f"/program/books/entries/{entry.pk}/").content.decode()
        assert "Closed days (Summer holidays): until 19 Aug 2026 instead of 5 Aug 2026" in said
        assert owner.post(f"/program/books/closed-days/{closure.pk}/withdrawal/").status_code == 302
        assert owner.get("/program/books/closed-days/").context["rows"] == []


def test_closed_days_that_cannot_be_are_refused_at_their_field(cast: Cast) -> None:
    with tenant_context(cast.business):
        make_program()
    owner = sign_in(cast.owner)
    with at("2026-07-10 10:00"):
        for typed, said in (
            ({"last": "2026-07-31"}, "This must not lie before the first day"),
            ({"first": "2026-06-01", "last": "2026-06-02"}, "These days are over."),
            ({"reason": " "}, "Please fill this in."),
            ({"first": "x"}, "Enter a valid date."),
        ):
            answer = owner.post("/program/books/closed-days/", {**TYPED, **typed})
            assert (answer.status_code, said in answer.content.decode()) == (422, True)
    with tenant_context(cast.business):
        assert not Closure.objects.exists()


def test_members_read_in_their_portal_that_their_points_keep_longer() -> None:
    shop, email = a_shop(), an_address()
    a_guest(shop, email)
    visitor = Visitor(shop)
    visitor.sign_in(email)
    with tenant_context(shop):
        ends = Lot.objects.filter(account__member__email=email).order_by("id").last().expires_at
        day = local_day(ends - timedelta(seconds=1), shop.zone)
        announce_closure(day + timedelta(days=400), day + timedelta(days=401), reason="Far away", by=BY)
    before = text(visitor.get())
    with tenant_context(shop):
        announce_closure(day, day + timedelta(days=1), reason="Inventory", by=BY)
    after = text(visitor.get())
    assert "Inventory" not in before
    assert "(Inventory): your points that would expire then keep 2 days longer" in after
    # Nothing of theirs would expire then.
    assert "Far away" not in after
    with tenant_context(shop):
        pause_member(Member.objects.get(email=email), by=BY, source=Source.DASHBOARD)
    assert "Your card rests since" in text(visitor.get())
