import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.emails import email_key, parse_email, show_email
from loyalty_saas.lib.errors import Invalid
from tests.loyalty_saas.lib.shared import shared_rows


def _cases(kind: str) -> list[tuple[str, str]]:
    rows = shared_rows("identity/emails_python_email_validator.csv")
    return [
        (json.loads(row["email_json"]), json.loads(row["normalized_or_error_json"]))
        for row in rows
        if row["test"] == kind
    ]


def test_published_valid_addresses_are_taken() -> None:
    cases = [case for case in _cases("test_email_valid") if case[0].isascii() and not set('"<') & set(case[0])]
    assert [parse_email(address) for address, _ in cases] == [normal for _, normal in cases]
    assert len(cases) == 4


def test_published_invalid_addresses_are_refused() -> None:
    taken = set()
    cases = _cases("test_email_invalid_syntax") + _cases("test_email_invalid_syntax_strict")
    for address, _ in cases:
        try:
            taken.add((address, parse_email(address)))
        except Invalid:
            continue
    # Blank space around an address is trimmed, two letters and two dashes are allowed in practice.
    assert {normal for _, normal in taken} == {"my@example.com", "me@yy--0.tld"}
    assert len(cases) > 70


def test_addresses_of_people_in_ten_locales_are_taken() -> None:
    addresses = [row["email"] for row in shared_rows("identity/people_faker_10locales.csv")]
    assert [parse_email(address) for address in addresses] == addresses


@pytest.mark.parametrize(
    ("text", "kept", "key", "shown"),
    [
        (" Anna.Berg@Example.COM ", "Anna.Berg@example.com", "anna.berg@example.com", "Anna.Berg@example.com"),
        ("a@BÜCHER.de", "a@xn--bcher-kva.de", "a@xn--bcher-kva.de", "a@bücher.de"),
        ("a@xn--bcher-kva.de", "a@xn--bcher-kva.de", "a@xn--bcher-kva.de", "a@bücher.de"),
        ("\ufeffa@example.com\u200b", "a@example.com", "a@example.com", "a@example.com"),
        ("a＠example．com", "a@example.com", "a@example.com", "a@example.com"),
        ("a+cafe@straße.de", "a+cafe@xn--strae-oqa.de", "a+cafe@xn--strae-oqa.de", "a+cafe@straße.de"),
    ],
)
def test_one_form_to_keep_to_compare_and_to_show(text: str, kept: str, key: str, shown: str) -> None:
    assert (parse_email(text), email_key(text), show_email(parse_email(text))) == (kept, key, shown)


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("", "bad_email", "This is not an e-mail address. Write it like anna@example.com."),
        ("anna", "bad_email", "This is not an e-mail address. Write it like anna@example.com."),
        ("anna@localhost", "bad_email", "This is not an e-mail address. Write it like anna@example.com."),
        ("ünal@example.com", "bad_email", "Before the @ only plain letters, digits and signs can be used."),
        ("a@xn--0.tld", "bad_email", "The part after the @ is not the name of a mail server. Please check it."),
        (f"{'a' * 65}@example.com", "email_too_long", "This e-mail address is too long."),
        ("a@example.com\nBcc: b@example.com", "bad_email",
         "This is not an e-mail address. Write it like anna@example.com."),
    ],
)  # fmt: skip
def test_refusal_says_what_is_wrong(text: str, code: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_email(text)
    assert (refusal.value.code, refusal.value.field, str(refusal.value)) == (code, "email", sentence)


@given(st.text())
def test_email_key_never_breaks_and_is_stable(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)
