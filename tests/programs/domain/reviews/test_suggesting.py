"""What we would watch: by trade and by the hours in which a business serves, in one click, never over the owner's."""

from datetime import UTC, datetime, time, timedelta

from customers.enums import Source
from customers.models import Purchase
from programs.domain.programs import change_program
from programs.domain.reviews.suggesting import decline_watching, is_settled, suggest_watches, watch_as_suggested
from tenants.enums import Trade
from tenants.isolation import current_tenant, tenant_context
from tests.cast import sign_in
from tests.programs.shop import SYSTEM, at, buy, make_member, make_program


def test_by_the_trade(inside):
    program = make_program(staff_day_limit=50_000)
    said = {}
    for trade in Trade:
        current_tenant().trade = trade
        said[trade] = suggest_watches(program)
    assert (said[Trade.CAFE].watch_often, said[Trade.CAFE].watch_away_days) == (10, 90)
    assert said[Trade.BOUTIQUE].watch_often < said[Trade.BAKERY].watch_often
    assert {one.device_day_limit for one in said.values()} == {100_000}
    assert {(one.watch_from, one.watch_until) for one in said.values()} == {(None, None)}


def test_hours_are_those_of_the_business_and_of_most_of_its_purchases(inside):
    with at("2026-03-27 12:00"):
        program, ana = make_program(), make_member()
        for hour in range(7, 17):  # in Vienna 8 to 17
            for number in range(20):
                moment = datetime(2026, 3, 10 + number % 10, hour, number, tzinfo=UTC)
                buy(ana, 100, occurred_at=moment)
        buy(ana, 100, occurred_at=datetime(2026, 3, 10, 1, 5, tzinfo=UTC))
        Purchase.objects.update(source=Source.COUNTER)
        said = suggest_watches(program)
    assert (said.watch_from, said.watch_until) == (time(7), time(19))


def test_few_purchases_say_no_hours(inside):
    program, ana = make_program(), make_member()
    for _number in range(20):
        buy(ana, 100, occurred_at=datetime.now(UTC) - timedelta(days=1))
    assert suggest_watches(program).watch_from is None


def test_what_the_owner_has_set_stays(inside):
    program = make_program()
    assert not is_settled(program)
    program = change_program(program, changes={"watch_often": 3}, by=SYSTEM)
    assert is_settled(program)
    program = watch_as_suggested(program, by=SYSTEM)
    assert (program.watch_often, program.watch_away_days) == (3, 90)


def test_declined_it_is_not_suggested_again(inside):
    program = make_program()
    decline_watching(by=SYSTEM)
    assert is_settled(program)
    assert program.watch_often is None


def test_one_click_on_the_checklist(cast):
    with tenant_context(cast.business):
        program = make_program()
    owner = sign_in(cast.owner)
    page = owner.get("/").content.decode()
    assert "Have misuse noticed" in page
    assert "Watch what is usual" in page
    settings = owner.get("/program/reviews/settings/").content.decode()
    assert "A start for you" in settings
    answer = owner.post("/program/reviews/settings/suggestion/")
    assert answer.url == "/program/reviews/settings/"
    with tenant_context(cast.business):
        program.refresh_from_db()
        assert (program.watch_often, program.watch_away_days) == (10, 90)
    assert 'Have misuse noticed <span class="sr-only">(done)' in owner.get("/").content.decode()
    assert "A start for you" not in owner.get("/program/reviews/settings/").content.decode()


def test_no_thank_you_on_the_page(cast):
    with tenant_context(cast.business):
        program = make_program()
    owner = sign_in(cast.owner)
    owner.post("/program/reviews/settings/suggestion/", {"decline": "1"})
    with tenant_context(cast.business):
        program.refresh_from_db()
        assert program.watch_often is None
    assert "A start for you" not in owner.get("/program/reviews/settings/").content.decode()


def test_before_there_is_a_program_it_leads_to_it(cast):
    assert sign_in(cast.owner).post("/program/reviews/settings/suggestion/").url == "/program/"
