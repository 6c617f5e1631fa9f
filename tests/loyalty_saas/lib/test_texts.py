import pytest

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ida ", "Ida"),
        ("\u202eadI\u202c 12", "adI 12"),
        ("\u2067Ida\u2069", "Ida"),
        ("\u202a \u202c", ""),
        ("\u0645\u0631\u064a\u0645", "\u0645\u0631\u064a\u0645"),
        ("\u05e0\u05d5\u05e2\u05d4\u200f!", "\u05e0\u05d5\u05e2\u05d4\u200f!"),
        ("A\u200db", "A\u200db"),
    ],
)
def test_a_text_stays_as_it_was_typed_but_turns_nothing_beside_it(typed: str, kept: str) -> None:
    assert tidy_text(typed, field="name", longest=20) == kept


def test_what_holds_nothing_but_turns_is_nothing() -> None:
    with pytest.raises(Invalid, match="Please fill this in"):
        tidy_text("\u202e", field="name", longest=20, required=True)
