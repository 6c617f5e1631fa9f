import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import (
    PLAIN_ALPHABET,
    card_number,
    check_digit,
    is_card_number,
    read_card_number,
    short_code,
    show_card_number,
    tidy_code,
    uuid7,
)


def test_uuid7_is_a_standard_uuid_in_the_order_of_making() -> None:
    made = [uuid7() for _ in range(5000)]
    assert type(made[0]) is uuid.UUID
    assert {one.int >> 76 & 0xF for one in made} == {7}
    assert sorted(set(made)) == made


def test_short_code_uses_only_letters_that_are_not_misread() -> None:
    assert re.fullmatch(f"[{PLAIN_ALPHABET}]{{400}}", short_code(400))
    assert not set("01OILS5Z8NU") & set(PLAIN_ALPHABET)


def test_tidy_code_undoes_how_people_write_a_code() -> None:
    assert tidy_code(" bcd4-fg7h ") == tidy_code("ＢＣＤ４ ＦＧ７Ｈ") == "BCD4FG7H"


def test_check_digit_is_damms_own_example() -> None:
    assert check_digit("572") == "4"


@pytest.mark.parametrize("length", [12, 13, 14, 15, 16])
def test_card_number_is_valid_in_every_length(length: int) -> None:
    number = card_number(length)
    assert len(number) == length
    assert is_card_number(number)


@pytest.mark.parametrize("length", [11, 17])
def test_card_number_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="12 to 16"):
        card_number(length)


@given(st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(place: int, shift: int) -> None:
    number = card_number()
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_card_number(wrong)


@given(st.integers(0, 10))
def test_swapped_neighbours_are_noticed(place: int) -> None:
    number = card_number()
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_card_number(swapped) == (swapped == number)


def test_read_card_number_takes_the_printed_form() -> None:
    number = card_number(16)
    assert read_card_number(f" {show_card_number(number)}\n") == number


@pytest.mark.parametrize("text", ["", "hello", "123456789012345678", "²²²²²²²²²²²²"])
def test_read_card_number_refuses_what_is_none(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_card_number(text)
    assert (refusal.value.code, refusal.value.field) == ("bad_card_number", "card_number")
