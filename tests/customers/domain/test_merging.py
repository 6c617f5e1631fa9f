"""Two records of one person: details, agreements, whatever leads to them, and the way back."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from customers.domain.cards import card_payload, verify_card
from customers.domain.consents import current_consents, has_consent, record_consent
from customers.domain.members import MemberDetails, change_member, enrol_member
from customers.domain.merging import (
    choices_of,
    count_duplicates,
    default_choices,
    find_duplicates,
    finding,
    known_apart,
    look_for_duplicates,
    merge_members,
    not_known_apart,
    patience,
    undo_merge,
)
from customers.domain.notes import add_note
from customers.domain.portal_access import member_with
from customers.domain.portal_sessions import find_session, start_session
from customers.enums import ActivityKind, MemberStatus, Source
from customers.errors import BeingServed, MergedElsewhere, MergeTooOld, SameRecord, Taken
from customers.models import Activity, Member, MemberSummary, Merge, Note, Purchase
from customers.queries import member_by_card, search_members
from customers.timeline import timeline_of
from loyalty_saas.lib.errors import Invalid, NotFound
from programs.domain.reconcile import reconcile
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import make_business
from tests.customers.people import a_member, a_purchase
from tests.programs.shop import make_program
from tests.threads import at_once

SYSTEM = Actor.system()


@pytest.fixture
def inside(business):
    with tenant_context(business):
        yield business


def merge(kept, absorbed, **options) -> Merge:
    return merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD, **options)


def undo(one: Merge) -> Merge:
    return undo_merge(one, by=SYSTEM, source=Source.DASHBOARD)


def now(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


DETAILS = (
    "given_name",
    "family_name",
    "email",
    "phone",
    "birth_month",
    "preferences",
    "external_id",
    "custom",
    "status",
)


def details(member: Member) -> dict[str, object]:
    return {name: getattr(now(member), name) for name in (*DETAILS, "joined_at")}


def a_pair(**more: object) -> tuple[Member, Member]:
    kept = a_member(email="mara@example.com", phone="0660 1111111", tags=("regular",), preferences="Oat milk")
    absorbed = a_member(
        email="mara.weber@example.com",
        birth_month=5,
        birth_day=3,
        tags=("regular", "terrace"),
        external_id="till-7",
        **more,
    )
    return kept, absorbed


def test_the_kept_record_has_the_choices_and_everything_that_was_not_known(inside):
    kept, absorbed = a_pair()
    merge(kept, absorbed, fields={"email", "birthday", "external_id"})
    one = now(kept)
    assert (one.email, one.phone, one.birth_month, one.external_id, one.preferences) == (
        "mara.weber@example.com",
        "+436601111111",
        5,
        "till-7",
        "Oat milk",
    )
    assert sorted(one.member_tags.values_list("tag__name", flat=True)) == ["regular", "terrace"]
    other = now(absorbed)
    assert (other.status, other.merged_into, other.email) == (MemberStatus.MERGED, one, "mara@example.com")


def test_the_proposal_takes_what_is_missing_and_the_address_that_was_proved_last(inside):
    kept, absorbed = a_pair(given_name="Mara Sophie")
    assert default_choices(kept, absorbed) == {"birthday", "external_id"}
    start_session(absorbed, device="Phone")
    assert default_choices(kept, absorbed) == {"birthday", "external_id", "email"}
    assert [one.name for one in choices_of(kept, absorbed) if one.is_open] == ["name", "email"]


def test_a_choice_of_nothing_known_is_refused(inside):
    kept, absorbed = a_pair()
    with pytest.raises(Invalid):
        merge(kept, absorbed, fields={"shoe size"})
    with pytest.raises(SameRecord):
        merge(kept, kept)


def test_everything_that_named_the_absorbed_record_leads_to_the_kept_one(inside):
    kept, absorbed = a_pair()
    code = card_payload(absorbed)
    merge(kept, absorbed)
    kept = now(kept)
    assert member_by_card(absorbed.number) == kept
    assert verify_card(absorbed.number).member == kept
    assert verify_card(code).member == kept
    assert member_with("mara@example.com") == kept
    assert member_with("mara.weber@example.com") == kept
    for typed in ("mara.weber@", "mara@", absorbed.number, "1111111", "Weber", "till-7"):
        assert search_members(typed) == [kept]
    with pytest.raises(Taken) as refusal:
        enrol_member(
            MemberDetails(email="mara.weber@example.com"),
            by=SYSTEM,
            source=Source.COUNTER,
        )
    assert refusal.value.member == kept


def test_phones_are_signed_out_and_come_back_by_proving_the_address(inside):
    kept, absorbed = a_pair()
    _session, token = start_session(absorbed, device="Phone")
    merge(kept, absorbed)
    assert find_session(token) is None


def test_purchases_notes_summaries_and_the_timeline_come_together_and_part(inside):
    kept, absorbed = a_pair()
    a_purchase(kept, 1000)
    theirs = a_purchase(absorbed, 500)
    note = add_note(absorbed, text="Nut allergy", by=SYSTEM, source=Source.COUNTER)
    one = merge(kept, absorbed)
    assert Purchase.objects.filter(member=kept).count() == 2
    assert Note.objects.get(pk=note.pk).member == kept
    assert [MemberSummary.objects.get(member=who).spent for who in (kept, absorbed)] == [1500, 0]
    kinds = [activity.kind for activity in timeline_of(kept)[0]]
    assert kinds.count(ActivityKind.PURCHASE_COMPLETED) == 2
    assert kinds[0] == ActivityKind.MEMBER_MERGED
    late = a_purchase(absorbed, 300)
    undo(one)
    assert [Purchase.objects.get(pk=bought.pk).member for bought in (theirs, late)] == [absorbed, kept]
    assert Note.objects.get(pk=note.pk).member == absorbed
    assert [MemberSummary.objects.get(member=who).spent for who in (kept, absorbed)] == [1300, 500]
    assert Activity.objects.filter(kind=ActivityKind.MEMBER_PARTED).count() == 2


def test_undoing_gives_both_their_own_details_back(inside):
    kept, absorbed = a_pair()
    before = details(kept), details(absorbed)
    keys = [set(member.search_keys.values_list("kind", "token")) for member in (kept, absorbed)]
    undo(merge(kept, absorbed, fields={"email", "birthday", "external_id"}))
    assert (details(kept), details(absorbed)) == before
    assert [set(member.search_keys.values_list("kind", "token")) for member in (kept, absorbed)] == keys
    assert sorted(kept.member_tags.values_list("tag__name", flat=True)) == ["regular"]
    assert AuditEvent.objects.filter(action__in=("members.merged", "members.parted")).count() == 2


def test_what_was_changed_since_the_merge_is_not_turned_back(inside):
    kept, absorbed = a_pair()
    one = merge(kept, absorbed, fields={"email"})
    change_member(kept, changes={"preferences": "Soy milk", "email": "mara@example.com"}, by=SYSTEM, source=Source.API)
    assert now(absorbed).email == ""  # what led here was moved, not refused
    undo(one)
    assert (now(kept).preferences, now(kept).email) == ("Soy milk", "mara@example.com")
    assert now(absorbed).email == "mara.weber@example.com"


def test_undoing_is_refused_after_thirty_days(inside):
    kept, absorbed = a_pair()
    one = merge(kept, absorbed)
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)), pytest.raises(MergeTooOld):
        undo(one)
    assert now(absorbed).merged_into == kept


def answer(member, given, *, channel="email", purpose="marketing"):
    record_consent(member, purpose=purpose, channel=channel, given=given, text="News?", by=SYSTEM, source=Source.PORTAL)


@pytest.mark.parametrize(
    ("ours", "theirs", "merged", "parted"),
    [
        (True, False, False, True),
        (False, True, False, False),
        (None, True, True, False),
        (True, None, True, True),
        (None, False, False, False),
    ],
)
def test_a_no_on_either_record_wins(inside, ours, theirs, merged, parted):
    kept, absorbed = a_pair()
    for member, said in ((kept, ours), (absorbed, theirs)):
        if said is not None:
            answer(member, said)
    one = merge(kept, absorbed)
    assert has_consent(kept, purpose="marketing", channel="email") is merged
    undo(one)
    assert has_consent(kept, purpose="marketing", channel="email") is parted
    assert has_consent(absorbed, purpose="marketing", channel="email") is bool(theirs)


def test_a_yes_for_a_channel_does_not_undo_a_no_for_all(inside):
    kept, absorbed = a_pair()
    answer(kept, given=False, channel="any")
    answer(absorbed, given=True, channel="email")
    merge(kept, absorbed)
    assert not has_consent(kept, purpose="marketing", channel="email")


def test_a_carried_yes_keeps_its_own_proof_and_a_no_said_since_counts_for_both(inside):
    kept, absorbed = a_pair()
    answer(absorbed, given=True)
    proof = current_consents(absorbed)["marketing", "email"]
    one = merge(kept, absorbed)
    carried = current_consents(kept)["marketing", "email"]
    assert (carried.text, carried.at, carried.source) == (proof.text, proof.at, proof.source)
    answer(kept, given=False)
    undo(one)
    assert not has_consent(absorbed, purpose="marketing", channel="email")


# --- who is found ---------------------------------------------------------------------------------


def test_pairs_are_found_with_their_reasons_the_surest_first(inside):
    dots = [
        a_member(given_name="Ole", family_name=name, email=email)
        for name, email in (("Berg", "o.berg@example.com"), ("Borg", "oberg+cafe@example.com"))
    ]
    birthday = [
        a_member(given_name=name, family_name="Lindqvist", birth_month=2, birth_day=28, phone=phone)
        for name, phone in (("Katharina", "0660 2222222"), ("Katarina", "0660 3333333"))
    ]
    phones = [
        a_member(given_name="Tim", family_name=name, phone=phone)
        for name, phone in (("Hofstaetter", "0660 7654321"), ("Hofstatter", "0664 7654321"))
    ]
    names = [
        a_member(given_name="Xaver", family_name="Unusual", phone="0660 9999991"),
        a_member(given_name="xaver", family_name="UNUSUAL", email="xaver@example.com"),
    ]
    a_member(given_name="Tim", family_name="Other", phone="0676 7654321")
    found = [{pair.kept.pk, pair.other.pk} for pair in find_duplicates()]
    assert found == [{one.pk for one in pair} for pair in (dots, birthday, phones, names)]
    assert all(pair.reasons for pair in find_duplicates())


def test_the_same_name_with_different_details_is_two_people(inside):
    a_member(given_name="Anna", family_name="Huber", phone="0660 1231231")
    a_member(given_name="Anna", family_name="Huber", phone="0660 9879879")
    assert find_duplicates() == []


def test_pairs_known_apart_or_merged_are_not_proposed_again(inside):
    one, other = (a_member(email=email) for email in ("a.b@example.com", "ab@example.com"))
    assert len(find_duplicates()) == 1
    known_apart(other, one, by=SYSTEM)
    assert find_duplicates() == []
    not_known_apart(one, other)
    merged = merge(one, other)
    assert find_duplicates() == []
    undo(merged)
    assert len(find_duplicates()) == 1


def test_another_business_has_no_part_in_it(business):
    with tenant_context(make_business()):
        stranger = a_member(email="mara.weber@example.com", phone="0660 1111111")
    with tenant_context(business):
        kept, _absorbed = a_pair()
        for pair in ((kept, stranger), (stranger, kept)):
            with pytest.raises(NotFound):
                merge(*pair)
        assert all(stranger not in pair.people for pair in find_duplicates())


# --- at the same time -----------------------------------------------------------------------------


def test_of_crossing_merges_one_happens(business):
    with tenant_context(business):
        one, other, third = (a_member(given_name=name) for name in ("Ann", "Anne", "Anna"))

    def act(pair):
        with tenant_context(business):
            return merge(*pair)

    outcomes = at_once(act, [(one, other), (other, one), (one, third), (third, one)])
    with tenant_context(business):
        done = [outcome for outcome in outcomes if isinstance(outcome, Merge)]
        assert done
        assert all(isinstance(outcome, Merge | MergedElsewhere) for outcome in outcomes)
        assert Merge.objects.count() == len(done) == Member.objects.filter(status="merged").count()
        assert not Member.objects.filter(merged_into__status="merged").exists()


def test_purchases_that_are_recorded_meanwhile_end_on_the_kept_record(business):
    with tenant_context(business):
        make_program()
        kept, absorbed = a_pair()
        for member in (kept, absorbed):
            a_purchase(member, 500)

    def act(number):
        with tenant_context(business):
            if number == 0:
                return merge(kept, absorbed)
            return a_purchase(absorbed if number % 2 else kept, 1000)

    outcomes = at_once(act, range(7))
    with tenant_context(business):
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert Purchase.objects.filter(member=kept).count() == 8
        assert now(kept).accounts.get().balance == 70
        assert reconcile().differences == []


@pytest.mark.parametrize("first", ["purchase", "merge"])
def test_whoever_comes_second_waits_for_the_other_to_be_over(business, first):
    with tenant_context(business):
        make_program()
        kept, absorbed = a_pair()
        a_purchase(absorbed, 500)
    written, begun = threading.Event(), threading.Event()

    def act(what):
        if what != first:
            written.wait(60)
            begun.set()
        with tenant_context(business):
            done = merge(kept, absorbed) if what == "merge" else a_purchase(absorbed, 1000)
            if what == first:
                written.set()
                begun.wait(60)
                time.sleep(0.4)  # the other one is at the lock by now
            return done

    outcomes = at_once(act, ["purchase", "merge"])
    with tenant_context(business):
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert Purchase.objects.filter(member=kept).count() == 2
        assert now(kept).accounts.get().balance == 15
        assert reconcile().differences == []


def test_a_large_business_is_counted_at_night_and_nobody_waits_for_it(inside):
    crowd = (f"{number:08}" for number in range(finding.QUICKLY_COUNTED))
    joined = timezone.now()
    Member.objects.bulk_create(Member(number=one, source=Source.IMPORT, joined_at=joined) for one in crowd)
    for email in ("a.b@example.com", "ab@example.com"):
        a_member(email=email)
    assert count_duplicates() is None
    assert look_for_duplicates(timezone.now().date()) == 1
    assert count_duplicates() == 1


def test_who_waits_too_long_is_told_to_try_again_and_nothing_is_done(business):
    with tenant_context(business):
        kept, absorbed = a_pair()
    held, done = threading.Event(), threading.Event()

    def act(what):
        with tenant_context(business):
            if what == "serve":
                Member.objects.select_for_update(no_key=True).get(pk=absorbed.pk)
                held.set()
                return done.wait(60 + patience.GIVES_UP_AFTER)
            held.wait(60)
            try:
                return merge(kept, absorbed)
            finally:
                done.set()

    outcomes = at_once(act, ["merge", "serve"])
    with tenant_context(business):
        assert [type(one) for one in outcomes if one is not True] == [BeingServed]
        assert now(absorbed).merged_into is None
