import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import slots
from customers.consumers import run_pending
from customers.domain.notes import add_note
from customers.models import CustomField, Member, MemberTag, Note, Tag
from customers.slots import MemberFilter
from loyalty_saas.lib.slots import Panel
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import sign_in
from tests.customers.people import a_member, a_purchase
from tests.customers.settled import settle


@pytest.fixture
def owner(cast):
    return sign_in(cast.owner)


@pytest.fixture
def mara(business):
    with tenant_context(business):
        member = a_member(email="mara@example.com", phone="0664 1234567", tags=("Regular",), preferences="Oat milk")
        a_purchase(member, 1240, occurred_at=datetime(2024, 5, 3, 9, 0, tzinfo=UTC), receipt_number="R-17")
    settle()
    run_pending(business)
    return member


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_an_empty_list_teaches(owner):
    page = owner.get(reverse("customers:members"))
    assert "Your regulars will stand here" in page.text


def test_the_list_shows_search_filters_and_sort(owner, business, mara):
    with tenant_context(business):
        a_member(given_name="Zoe", family_name="Adler")
    url = reverse("customers:members")
    shown = lambda query: [one.given_name for one in owner.get(url + query).context["page"]]  # noqa: E731
    assert shown("") == ["Mara", "Zoe"]
    assert shown("?q=1234567") == ["Mara"]
    assert shown("?q=adlre") == ["Zoe"]
    assert shown("?sort=name") == ["Zoe", "Mara"]
    assert shown("?sort=-spent") == ["Mara", "Zoe"]
    assert shown("?seen=never") == ["Zoe"]
    assert shown("?seen=not60") == ["Mara"]
    assert shown("?joined=7&status=active") == ["Mara", "Zoe"]
    assert shown("?tag=nonsense&location=x&sort=x&joined=x&page=99") == ["Mara", "Zoe"]
    with tenant_context(business):
        tag = Tag.objects.get()
    assert shown(f"?tag={tag.pk}") == ["Mara"]
    assert "€12.40" in owner.get(url).text


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(owner, business, mara):
    url = reverse("customers:members")
    one = queries_of(owner, url)
    with tenant_context(business):
        for name in ("Jo", "Ann"):
            a_member(given_name=name, tags=("Regular", f"Tag {name}"))
    assert queries_of(owner, url) == one


def test_a_filter_of_a_higher_app_narrows_the_list(owner, mara, monkeypatch):
    monkeypatch.setattr(slots.member_filters, "_items", {})
    slots.member_filters.register(
        MemberFilter("tier", "Tier", lambda: [("", "Any tier"), ("gold", "Gold")], lambda rows, value: rows.none())
    )
    page = owner.get(reverse("customers:members") + "?tier=gold")
    assert "Any tier" in page.text
    assert list(page.context["page"]) == []


def test_tag_many_and_take_it_away(owner, business, mara):
    with tenant_context(business):
        ids = [str(mara.pk), str(a_member(given_name="Jo").pk)]
    url = reverse("customers:members_tagging")
    answer = owner.post(url, {"ids": ids, "tag": " VIP ", "query": "sort=name"})
    assert answer["Location"] == reverse("customers:members") + "?sort=name"
    with tenant_context(business):
        tag = Tag.objects.get(name="VIP")
        assert MemberTag.objects.filter(tag=tag).count() == 2
    owner.post(url, {"ids": ids[:1], "take": str(tag.pk)})
    with tenant_context(business):
        assert [str(one.member_id) for one in MemberTag.objects.filter(tag=tag)] == ids[1:]
    assert owner.post(url, {"ids": ids, "tag": ""}).status_code == 422
    assert owner.post(url, {"ids": ids, "take": "no id"}).status_code == 404
    assert owner.post(url, {"ids": ["x" * 36, "\x00"], "tag": "VIP"}).status_code == 302


def test_export_streams_what_is_shown_and_runs_nothing(owner, business, mara):
    with tenant_context(business):
        a_member(given_name="=cmd()", family_name="Evil")
    answer = owner.get(reverse("customers:members_export"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    by_name = {row["First name"]: row for row in rows}
    assert set(by_name) == {"Mara", "'=cmd()"}
    assert {key: by_name["Mara"][key] for key in ("Phone", "Tags", "Spent", "Visits", "Last visit")} == {
        "Phone": "+436641234567",
        "Tags": "Regular",
        "Spent": "12.40",
        "Visits": "1",
        "Last visit": "2024-05-03 11:00",
    }
    with tenant_context(business):
        assert AuditEvent.objects.get(action="members.exported").details == {"members": 2}
    narrowed = owner.get(reverse("customers:members_export") + "?q=mara")
    assert b"".join(narrowed.streaming_content).count(b"\r\n") == 2


def test_add_a_member(owner, business):
    answer = owner.post(
        reverse("customers:member_new"),
        {"given_name": "Zoë", "phone": "0664 7654321", "birth_day": "29", "birth_month": "2", "tags": "Vegan, Regular"},
    )
    with tenant_context(business):
        member = Member.objects.get()
        assert (member.given_name, member.phone, member.birth_day) == ("Zoë", "+436647654321", 29)
        assert member.member_tags.count() == 2
    assert answer["Location"] == reverse("customers:member", args=[member.pk])


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(owner, mara):
    answer = owner.post(
        reverse("customers:member_new"), {"given_name": "Jo", "email": "MARA@example.com", "phone": "12"}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["phone"]
    answer = owner.post(reverse("customers:member_new"), {"given_name": "Jo", "email": "MARA@example.com"})
    assert answer.context["form"].errors == {"email": ["Mara Weber has this e-mail."]}
    assert 'value="Jo"' in answer.text


def test_everything_that_is_wrong_is_said_at_once(owner, business):
    typed = {"given_name": "Jo", "email": "a@b", "phone": "12", "birth_day": "31", "birth_month": "2"}
    answer = owner.post(reverse("customers:member_new"), typed)
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["birth_day", "email", "phone"]
    assert answer.context["form"].errors["birth_day"] == ["There is no such day."]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"birth_month": "5"}, {"birth_day": ["Choose the day too, or leave both empty."]}),
        ({"birth_day": "5"}, {"birth_month": ["Choose the month too, or leave both empty."]}),
        (
            {"birth_year": "1990"},
            {"birth_day": ["Choose the day and the month too, or leave all three empty."]},
        ),
    ],
)
def test_a_birthday_that_lacks_a_part_says_which(owner, typed, errors):
    assert owner.post(reverse("customers:member_new"), {"given_name": "Jo", **typed}).context["form"].errors == errors


def test_duplicates_are_warned_of_while_typing(owner, mara):
    url = reverse("customers:member_duplicates")
    page = owner.post(url, {"given_name": "Marra", "family_name": "Weber", "birth_day": "x"})
    assert "nearly the same name" in page.text
    assert "the same phone number" in owner.post(url, {"phone": "+43 664 1234567"}).text
    assert owner.post(url, {"phone": "0664 1234567", "itself": str(mara.pk)}).text.strip() == ""
    assert owner.post(url, {"given_name": "M", "email": "m@"}).text.strip() == ""


def test_edit_changes_only_what_was_changed(owner, business, mara):
    url = reverse("customers:member_edit", args=[mara.pk])
    with tenant_context(business):
        CustomField.objects.create(key="milk", label="Milk", kind="choice", choices=["oat", "cow"])
        CustomField.objects.create(key="since", label="Since", kind="date")
    page = owner.get(url)
    data = {field.html_name: field.value() if field.value() is not None else "" for field in page.context["form"]} | {
        "family_name": "Huber",
        "custom-milk": "oat",
        "custom-since": "2024-02-29",
    }
    assert owner.post(url, data).status_code == 302
    with tenant_context(business):
        changed = Member.objects.get(pk=mara.pk)
        assert (changed.name, changed.phone, changed.custom) == (
            "Mara Huber",
            "+436641234567",
            {"milk": "oat", "since": "2024-02-29"},
        )
        assert [one.tag.name for one in changed.member_tags.all()] == ["Regular"]


def test_the_profile_shows_everything_and_what_higher_apps_bring(owner, business, mara, monkeypatch):
    asked = []
    monkeypatch.setattr(slots.member_panels, "_items", {})
    slots.member_panels.register(Panel("test", "none.html", lambda member: asked.append(member)))
    with tenant_context(business):
        add_note(mara, text="Likes the <window> seat", by=Actor.system(), source="dashboard")
    text = owner.get(reverse("customers:member", args=[mara.pk])).text
    for said in (
        "Mara Weber",
        "0664 1234567",
        "Oat milk",
        "Regular",
        "Bought for €12.40",
        "receipt R-17",
        "Joined",
    ):
        assert said in text
    assert "Likes the &lt;window&gt; seat" in text
    assert asked == [mara]


def test_the_profile_asks_the_same_number_of_questions_for_one_and_three(owner, business, mara):
    url = reverse("customers:member", args=[mara.pk])
    with tenant_context(business):
        add_note(mara, text="One", by=Actor.system(), source="dashboard")
    one = queries_of(owner, url)
    with tenant_context(business):
        for text in ("Two", "Three"):
            add_note(mara, text=text, by=Actor.system(), source="dashboard")
            a_purchase(mara, 500)
    assert queries_of(owner, url) == one


def test_the_timeline_goes_on_and_is_filtered(owner, business, mara):
    with tenant_context(business):
        for number in range(25):
            a_purchase(mara, 100 + number, occurred_at=datetime(2024, 6, 1, number % 24, 0, tzinfo=UTC))
    url = reverse("customers:member_timeline", args=[mara.pk])
    page, seen = owner.get(url + "?group=purchases"), []
    while True:
        seen += [activity.pk for activity, _told, _by in page.context["items"]]
        if not (more := page.context["more"]):
            break
        page = owner.get(f"{url}?group=purchases&before={more}")
    assert (len(seen), len(set(seen))) == (26, 26)
    assert [told.sentence for _activity, told, _by in owner.get(url + "?group=details").context["items"]] == ["Joined"]


def test_notes_are_added_removed_and_brought_back(owner, business, mara):
    url = reverse("customers:member_notes", args=[mara.pk])
    assert "Allergic to nuts" in owner.post(url, {"text": "Allergic to nuts"}).text
    assert owner.post(url, {"text": " "}).status_code == 422
    with tenant_context(business):
        note = Note.objects.get()
        assert note.author.name == "Owner"
    gone = owner.post(reverse("customers:note_removal", args=[note.pk]))
    assert "Allergic to nuts" not in gone.text
    undo = reverse("customers:note_restoration", args=[note.pk])
    assert undo in gone["HX-Trigger"]
    assert owner.post(undo)["HX-Trigger"] == "notes-changed"
    assert "Allergic to nuts" in owner.get(url).text


def test_pause_and_leave(owner, business, mara):
    url = reverse("customers:member_status", args=[mara.pk])
    owner.post(url, {"status": "paused"})
    assert "Paused" in owner.get(reverse("customers:member", args=[mara.pk])).text
    assert owner.post(url, {"status": "nonsense"}).status_code == 422


def test_own_fields(owner, business):
    url = reverse("customers:member_fields")
    owner.post(url, {"label": "Größe", "kind": "choice", "choices": "S, M, L"})
    owner.post(url, {"label": "Größe!", "kind": "text"})
    with tenant_context(business):
        assert [(one.key, one.choices) for one in CustomField.objects.all()] == [
            ("grosse", ["S", "M", "L"]),
            ("grosse-2", []),
        ]
        pk = CustomField.objects.first().pk
    assert owner.post(url, {"label": "X", "kind": "choice", "choices": "one"}).context["form"].errors == {
        "choices": ["Write at least two choices."]
    }
    owner.post(reverse("customers:member_field_removal", args=[pk]))
    with tenant_context(business):
        assert CustomField.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE x; --", "<script>alert(1)</script>", "\u202eabc", "%00", "a\x00b", "🏆" * 200]
)
def test_what_is_typed_into_the_list_breaks_nothing(owner, mara, text):
    answer = owner.get(reverse("customers:members"), {"q": text, "tag": text, "seen": text, "page": text, "sort": text})
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.text


def test_a_stranger_finds_nothing(cast, mara):
    stranger = sign_in(cast.stranger)
    for name in ("member", "member_edit", "member_timeline", "member_notes"):
        assert stranger.get(reverse(f"customers:{name}", args=[mara.pk])).status_code == 404
