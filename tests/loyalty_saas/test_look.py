"""The tags behind the elements: what is escaped, tied together and remembered."""

from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from django_cotton.compiler_regex import CottonCompiler

from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.templatetags.look import attributes, breakable, hue, monogram, page_numbers, undo_url


class GuestForm(forms.Form):
    name = forms.CharField(help_text="As on the card.")
    birthday = forms.DateField(initial="2000-02-29")


def draw(source: str, **context: object) -> str:
    return Template(CottonCompiler().process(source)).render(Context(context)).strip()


def test_attributes_escape_what_people_typed() -> None:
    assert attributes({"title": '"><script>', "disabled": True, "hidden": False, "rel": None}) == (
        'title="&quot;&gt;&lt;script&gt;" disabled'
    )


def test_attributes_keep_what_is_escaped_already() -> None:
    assert (
        attributes({"hx-vals": mark_safe('{"a": "&lt;b&gt;"}')}) == 'hx-vals="{&quot;a&quot;: &quot;&lt;b&gt;&quot;}"'
    )


def test_button_cannot_be_broken_out_of() -> None:
    drawn = draw('<c-button :title="name" data-name="{{ name }}">{{ name }}</c-button>', name='"><img src=x>')
    assert drawn.startswith("<button")
    assert "<img" not in drawn


def test_a_long_address_breaks_at_its_marks_and_nowhere_else() -> None:
    assert breakable("ana.b@mail.example") == "ana<wbr>.b<wbr>@mail<wbr>.example"
    assert breakable("<i>@x.y") == "&lt;i&gt;<wbr>@x<wbr>.y"
    assert breakable(None) == ""


def test_field_ties_help_and_error_to_its_control() -> None:
    form = GuestForm({"name": "", "birthday": "2000-02-29"})
    drawn = draw('<c-field :field="form.name" />', form=form)
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name_error"' in drawn


def test_field_keeps_what_was_typed() -> None:
    form = GuestForm({"name": "<Ana>", "birthday": "31 February"})
    assert 'value="&lt;Ana&gt;"' in draw('<c-field :field="form.name" />', form=form)
    assert 'value="31 February"' in draw('<c-field :field="form.birthday" />', form=form)


def test_date_speaks_the_browsers_language() -> None:
    drawn = draw('<c-field :field="form.birthday" />', form=GuestForm())
    assert 'type="date"' in drawn
    assert 'value="2000-02-29"' in drawn


@pytest.mark.parametrize(
    ("name", "letters"), [("Ana María López", "AL"), ("Jo", "J"), ("lena@example.com", "L"), ("", "?"), (None, "?")]
)
def test_monogram(name: str | None, letters: str) -> None:
    assert monogram(name) == letters


def test_hue_follows_the_name() -> None:
    assert hue("Ana ") == hue("ana")
    assert 0 <= hue("Ana") < 6


@pytest.mark.parametrize(
    ("number", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 9, [1, 2, 0, 9]),
        (4, 43, [1, 2, 3, 4, 5, 0, 43]),
        (20, 43, [1, 0, 19, 20, 21, 0, 43]),
        (43, 43, [1, 0, 42, 43]),
    ],
)
def test_page_numbers(number: int, last: int, shown: list[int]) -> None:
    assert page_numbers(Paginator(range(last), 1).get_page(number)) == shown


def test_new_sort_keeps_the_filters_and_starts_at_the_first_page() -> None:
    request = RequestFactory().get("/", {"q": "ana & co", "page": "3", "cursor": "x"})
    assert draw('{% query_with "sort" "-name" %}', request=request) == "?q=ana+%26+co&amp;sort=-name"


def test_undo_goes_only_to_an_address_of_ours() -> None:
    assert undo_url(SimpleNamespace(extra_tags="undo=/members/1/undo/")) == "/members/1/undo/"
    assert undo_url(SimpleNamespace(extra_tags="undo=https://elsewhere.example/")) == ""
    assert undo_url(SimpleNamespace(extra_tags="undo=//elsewhere.example/")) == ""
    assert undo_url(SimpleNamespace(extra_tags=None)) == ""


def test_sort_is_one_of_the_columns_own() -> None:
    columns = [Column("name", "Name", sort="name"), Column("note", "Note")]
    assert chosen_sort("-name", columns, default="name") == "-name"
    assert chosen_sort("password", columns, default="name") == "name"
    assert chosen_sort(None, columns, default="-name") == "-name"
