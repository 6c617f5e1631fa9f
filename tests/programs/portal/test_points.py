"""Balance, rewards, vouchers and history, as a member sees them."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Member
from programs.domain.adjustments import adjust_points
from programs.domain.goodwill.making import GestureDetails, make_right
from programs.domain.goodwill.reasons import add_reason
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.redemptions import use_voucher
from programs.domain.rules.publishing import publish_rule, redraft_rule
from programs.enums import EntryKind, GestureKind, ProgramStatus, RedemptionStatus
from programs.models import Account, Entry, Program, Redemption, Reward, Voucher
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.templatetags.show import day
from tests.cast import make_membership
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.rules import defined, make_rule
from tests.programs.shop import at, bring_back, buy, key, make_member, make_reward, make_tier


@pytest.fixture
def shop():
    return a_shop()


@pytest.fixture
def visitor(shop):
    email = an_address()
    a_guest(shop, email)
    visitor = Visitor(shop)
    visitor.sign_in(email)
    return visitor


def text(answer):
    """The words of a page, without the tags."""
    page = re.sub(r"<(script|style|title)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ")


def the_reward(shop, cost):
    with tenant_context(shop):
        return Reward.objects.get(cost=cost)


def redeem(visitor, reward, once=None):
    return visitor.post(f"rewards/{reward.pk}/redemptions/", key=once or uuid4().hex)


def voucher_of(answer):
    return answer.url.rstrip("/").rsplit("/", 1)[1]


def test_home_says_how_things_stand(shop):
    with at("2026-11-23 12:00"):  # what was bought in the weeks before counts for the tier of the same year
        email, visitor = an_address(), Visitor(shop)
        a_guest(shop, email)
        visitor.sign_in(email)
        page = text(visitor.get())

    assert "Hello Ines" in page
    assert "146 points" in page
    assert "€0.20 to your next point" in page
    assert "€73.20 to Silver by 31 Dec 2026" in page
    assert "A coffee of your choice You have enough for it" in page
    assert "€10 off 4 points to go" in page


def test_what_a_tier_earns_is_said_by_itself(visitor, shop):
    stranger = text(Client().get(f"/{shop.slug}/"))
    assert "Silver from €200.00 a year You earn 1.25 times as much A cake on your birthday" in stranger
    with tenant_context(shop):
        account = Account.objects.get()
        account.tier = Program.objects.get().tiers.get(name="Silver")
        account.save(update_fields=["tier"])
    assert "You earn 1.25 times as much A cake on your birthday" in text(visitor.get())


def test_who_was_there_before_the_program_sees_it_from_the_day_it_runs(shop):
    email = an_address()
    with tenant_context(shop):
        before = make_member(given_name="Ida", email=email)
        Program.objects.update(status=ProgramStatus.DRAFT)
    early = Visitor(shop)
    early.sign_in(email)
    assert "Points start here soon" in text(early.get())
    with tenant_context(shop):
        assert not Account.objects.filter(member=before).exists()
        Program.objects.update(status=ProgramStatus.LIVE)
    page = text(early.get())
    assert "Points start here soon" not in page
    assert "A coffee of your choice 80 points to go" in page
    with tenant_context(shop):
        assert Account.objects.get(member=before).balance == 0


def test_rewards_within_reach_come_first_then_the_nearest(visitor, shop):
    with tenant_context(shop):
        make_reward(Program.objects.get(), 10, name="Gone", stock=0)
    names = re.findall(r'reward-name">([^<]+)<', visitor.get("rewards/").content.decode())
    assert names == ["A coffee of your choice", "€10 off", "Tasting for two", "A fifth off everything", "Gone"]


def test_a_reward_that_more_points_would_not_open_promises_nothing(visitor, shop):
    with tenant_context(shop):
        program = Program.objects.get()
        Reward.objects.filter(cost=150).update(is_active=False)
        Reward.objects.filter(cost=80).update(stock=0)
        make_reward(program, 160, name="Evening", tier=program.tiers.get(name="Silver"))
    page = text(visitor.get("rewards/"))
    assert "Evening This reward is for members from Silver upwards. 160 points" in page
    assert "14 points to go" not in page
    assert "Tasting for two: 154 points to go" in text(visitor.get())


def test_pending_points_say_when_they_come(shop):
    with tenant_context(shop):
        Program.objects.update(pending_days=30)
    email = an_address()
    a_guest(shop, email, spent=(5000,))
    visitor = Visitor(shop)
    visitor.sign_in(email)

    page = text(visitor.get())
    assert "20 points" in page
    assert re.search(r"50 points more from \d+ \w+ \d{4}", page)


def test_what_is_owed_is_said(visitor, shop):
    with tenant_context(shop):
        member = Member.objects.get(given_name="Ines")
        purchase = buy(member, 10_000)
    redeem(visitor, the_reward(shop, 150))
    with tenant_context(shop):
        bring_back(purchase)

    page = text(visitor.get())
    assert "0 points" in page
    assert "points of a return are still open" in page


def test_redeeming_gives_a_voucher_with_its_code_as_text_and_qr(visitor, shop):
    answer = redeem(visitor, the_reward(shop, 80))

    page = visitor.browser.get(answer.url)
    with tenant_context(shop):
        voucher = Voucher.objects.get()
        balance = Account.objects.get().balance
        assert voucher.redemption.entry.actor_kind == "member"
    assert f"{voucher.code[:4]}-{voucher.code[4:]}" in text(page)
    assert read_qr(page.content.decode()) == voucher.code
    assert balance == 66
    assert "A coffee of your choice" in text(visitor.get("vouchers/"))


def test_the_button_pressed_twice_redeems_once(visitor, shop):
    reward, once = the_reward(shop, 80), uuid4().hex
    first, second = redeem(visitor, reward, once), redeem(visitor, reward, once)
    assert first.url == second.url
    with tenant_context(shop):
        assert Redemption.objects.count() == 1


def test_what_is_out_of_reach_is_refused_in_words_and_takes_nothing(visitor, shop):
    answer = redeem(visitor, the_reward(shop, 150))

    assert answer.status_code == 409
    assert "4 points are missing" in text(answer)
    with tenant_context(shop):
        assert Account.objects.get().balance == 146


def test_a_voucher_given_back_returns_its_points(visitor, shop):
    voucher = voucher_of(redeem(visitor, the_reward(shop, 80)))

    answer = visitor.post(f"vouchers/{voucher}/give-back/", key=uuid4().hex)

    assert answer.status_code == 302
    with tenant_context(shop):
        assert Account.objects.get().balance == 146
        assert Voucher.objects.get().status == RedemptionStatus.VOIDED
    assert "Given back" in text(visitor.get(f"vouchers/{voucher}/"))


def test_a_used_voucher_shows_no_code_and_cannot_be_given_back(visitor, shop):
    voucher = voucher_of(redeem(visitor, the_reward(shop, 80)))
    with tenant_context(shop):
        use_voucher(Voucher.objects.get(), by=Actor.system())

    page = visitor.get(f"vouchers/{voucher}/")
    answer = visitor.post(f"vouchers/{voucher}/give-back/", key=uuid4().hex)

    assert "Used on" in text(page)
    assert "qr-box" not in page.content.decode()
    assert (answer.status_code, "used already" in text(answer)) == (409, True)


def test_another_members_voucher_is_not_found(visitor, shop):
    voucher = voucher_of(redeem(visitor, the_reward(shop, 80)))
    email = an_address()
    a_guest(shop, email)
    stranger = Visitor(shop)
    stranger.sign_in(email)

    assert stranger.get(f"vouchers/{voucher}/").status_code == 404
    assert stranger.post(f"vouchers/{voucher}/give-back/", key="x").status_code == 404
    with tenant_context(shop):
        assert Voucher.objects.get().status == RedemptionStatus.OPEN


def test_rewards_and_vouchers_of_another_business_are_not_found(visitor, shop):
    voucher = voucher_of(redeem(visitor, the_reward(shop, 80)))
    elsewhere, email = a_shop(), an_address()
    a_guest(elsewhere, email)
    stranger = Visitor(elsewhere)
    stranger.sign_in(email)

    assert stranger.get(f"rewards/{the_reward(shop, 80).pk}/").status_code == 404
    assert redeem(stranger, the_reward(shop, 80)).status_code == 404
    assert stranger.get(f"vouchers/{voucher}/").status_code == 404


def test_history_says_why_in_words(visitor, shop):
    with tenant_context(shop):
        member = Member.objects.get(given_name="Ines")
        adjust_points(member, points=5, reason="Sorry for the wait", by=Actor.system(), key=key())
    redeem(visitor, the_reward(shop, 80))

    page = text(visitor.get("history/"))

    assert "€65.50 counted; each €1.00 gives 1 point." in page
    assert "0.50 of your next point is saved for your next purchase." in page
    assert "A welcome present" in page
    assert "Sorry for the wait" in page
    assert "A coffee of your choice" in page
    assert "−80" in page


def test_every_kind_of_entry_has_words(inside):
    from programs.portal.words import entry_title

    for kind in EntryKind:
        for amount in (-5, 5):
            assert entry_title(Entry(kind=kind, cause="clock", amount=amount, snapshot={}))


def test_next_is_the_voucher_that_runs_out(visitor, shop):
    redeem(visitor, the_reward(shop, 80))
    with tenant_context(shop):
        Voucher.objects.update(valid_until=timezone.now() + timedelta(days=3))
    assert "Show your voucher until" in text(visitor.get())


@pytest.mark.parametrize("status", [ProgramStatus.DRAFT, ProgramStatus.PAUSED])
def test_a_program_that_does_not_run_offers_nothing(visitor, shop, status):
    with tenant_context(shop):
        Program.objects.update(status=status)
    for path in ("", "rewards/", "vouchers/", "history/"):
        assert visitor.get(path).status_code == 200
    assert "No rewards right now" in text(visitor.get("rewards/"))
    assert visitor.get(f"rewards/{the_reward(shop, 80).pk}/").status_code == 404


def test_the_welcome_says_what_the_program_gives(shop):
    page = text(Visitor(shop).get())
    assert "1 point for every €1.00 you spend" in page
    assert "From 80 points: A coffee of your choice" in page
    assert "20 points to begin with" in page


def test_a_business_without_a_program_still_has_a_portal(business):
    visitor = Visitor(business)
    visitor.join(an_address())
    for path in ("", "rewards/", "vouchers/", "history/", "card/", "me/"):
        assert visitor.get(path).status_code == 200


def test_the_file_with_own_data_has_the_points(visitor):
    data = visitor.get("me/data/").json()
    assert data["points"]["balance"] == 146
    assert len(data["points"]["entries"]) == 4


def test_home_and_lists_ask_the_same_for_few_and_many(visitor, shop):
    visitor.get("")  # statements that are prepared by name are prepared once for a connection
    counts = []
    for _round in range(2):
        asked = []
        for path in ("", "rewards/", "vouchers/", "history/"):
            with CaptureQueriesContext(connection) as queries:
                visitor.get(path)
            asked.append(len(queries))
        counts.append(asked)
        with tenant_context(shop):
            member = Member.objects.get(given_name="Ines")
            for number in range(3):
                buy(member, 1000)
                make_reward(Program.objects.get(), 700 + number)
    assert counts[0] == counts[1]
    # One of them asks what of all there may be the business has, and only that is read.
    assert 5 < max(counts[0]) <= 18


def read_qr(page):
    """What a scanner reads from the drawing, with the modules as segno writes them."""
    import zxingcpp
    from PIL import Image, ImageDraw

    drawing = re.search(r'<svg[^>]*viewBox="0 0 (\d+) \d+"[^>]*class="qr".*?<path[^>]*d="([^"]+)"', page, re.S)
    side, path = int(drawing[1]), drawing[2]
    picture = Image.new("L", (side, side), 255)
    draw, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if letter == "h":
            draw.line((x, int(y), x + values[0] - 1, int(y)), fill=0)
            x += values[0]
        else:
            x, y = (values[0], values[1]) if letter == "M" else (x + values[0], y + values[1])
    return zxingcpp.read_barcode(picture.resize((side * 8, side * 8), Image.Resampling.NEAREST)).text


def test_a_member_sees_the_rules_that_are_theirs_and_what_changes_when(visitor, shop):
    with tenant_context(shop):
        program = Program.objects.get()
        gold = make_tier(program, "Gold", 10**9)
        make_rule(program, "Double Tuesday", weekdays=(1,), budget=5_000)
        make_rule(program, "Only Gold", tiers=(gold,))
        make_rule(program, "Long over", last_day=date(2025, 3, 1))
        changing = make_rule(program, "Changing")
        redraft_rule(changing, name="Changing", definition=defined(amount=300), by=Actor.system())
        publish_rule(changing, by=Actor.system(), starts_at=datetime(2099, 1, 1, 12, tzinfo=UTC))
    page = text(visitor.get())
    assert "2 times the points · on Tuesday · until 5,000 points are given out to all" in page
    assert "From 1 January 2099: 3 times the points" in page
    assert "Only Gold" not in page
    assert "Long over" not in page


@pytest.fixture
def gesture(shop):
    """Twenty points and a voucher from the team."""
    with tenant_context(shop):
        by = Actor.staff(make_membership(shop, Role.MANAGER))
        member = Member.objects.get(given_name="Ines")
        reason = add_reason(name="Machine was down", by=by)
        make_right(member, GestureDetails(GestureKind.POINTS, reason, points=20, note="grumpy"), by=by, key=key())
        return make_right(member, GestureDetails(GestureKind.AMOUNT_OFF, reason, amount=500), by=by, key=key())


def test_a_gesture_says_whom_it_is_from_and_why_and_keeps_the_note_to_the_team(visitor, gesture):
    page = text(visitor.get("history/"))
    assert "A gesture from Café Morgenrot" in page
    assert "Machine was down" in page
    assert "grumpy" not in page
    assert "A gesture from Café Morgenrot" in text(visitor.get())


def test_the_voucher_of_a_gesture_says_why_and_is_not_given_back_for_points(visitor, shop, gesture):
    with tenant_context(shop):
        voucher = gesture.vouchers.get()
    assert "€5.00 off" in text(visitor.get("vouchers/"))
    page = text(visitor.get(f"vouchers/{voucher.pk}/"))
    assert "A gesture from Café Morgenrot: Machine was down" in page
    assert "I changed my mind" not in page
    assert visitor.post(f"vouchers/{voucher.pk}/give-back/", key=uuid4().hex).status_code == 404
    with tenant_context(shop):
        undo_gesture(gesture, by=Actor.system(), key=key())
    assert "Taken back" in text(visitor.get("vouchers/"))
    assert "Taken back" in text(visitor.get(f"vouchers/{voucher.pk}/"))


def test_what_was_counted_on_another_day_says_so_in_the_history(visitor, shop):
    """Lines stand in the order in which they were counted; the day of what they are about may be an earlier one."""
    with tenant_context(shop):
        member = Member.objects.get(given_name="Ines")
        buy(member, 300)
    said = newest_line(visitor)
    with tenant_context(shop):
        buy(member, 400, occurred_at=timezone.now() - timedelta(days=3))
        today = day(Entry.objects.order_by("-seq")[0].recorded_at)
    assert "counted" not in said
    assert newest_line(visitor).endswith(f" · counted {today}")


def newest_line(visitor):
    return re.findall(r'class="entry-when">([^<]*)<', visitor.get("history/").content.decode())[0]
