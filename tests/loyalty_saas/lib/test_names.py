import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.names import edits, fold, initials, looks_like, search_words, words
from tests.loyalty_saas.lib.shared import shared_file, shared_rows


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łukasz GROß", "lukasz gross"),
        ("Øyvind Sæther Ångström", "oyvind saether angstrom"),
        ("Đorđe Þór İpek Işık", "dorde thor ipek isik"),
        ("João D’Ávila", "joao d’avila"),
        ("ＭＡＲＩＥ　ﾏﾘ", "marie マリ"),
        ("Иван Ёлкин", "иван елкин"),
        ("한지민", "한지민"),
        ("राम", "राम"),
        ("Nguyễn Thị Đặng", "nguyen thi dang"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Anne-Marie O'Neil", ["anne", "marie", "o", "neil"]),
        ("  de  la Cruz, José ", ["de", "la", "cruz", "jose"]),
        ("राम कुमार", ["राम", "कुमार"]),
        ("🙂 !", []),
    ],
)
def test_words(text: str, parts: list[str]) -> None:
    assert words(text) == parts


def test_search_words_find_a_name_with_and_without_its_apostrophe() -> None:
    assert search_words("Zoë O’Neil-Ray") == ["zoe", "o", "neil", "ray", "oneilray"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana María López", "AL"), ("madonna", "M"), ("中川 真綾", "中真"), (" (Øl) ", "Ø"), ("🙂", ""), ("", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("anna", "anna", 0), ("anna", "anan", 1), ("anna", "ana", 1), ("anna", "hannah", 2), ("anna", "otto", None),
     ("", "ab", 2), ("", "abc", None), ("ca", "abc", None)],
)  # fmt: skip
def test_edits(one: str, other: str, distance: int | None) -> None:
    assert edits(one, other) == distance


def _plain_osa(one: str, other: str) -> int:
    table = [[row + column for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            same = one[row - 1] == other[column - 1]
            best = min(table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + (not same))
            if row > 1 and column > 1 and one[row - 1] == other[column - 2] and one[row - 2] == other[column - 1]:
                best = min(best, table[row - 2][column - 2] + 1)
            table[row][column] = best
    return table[-1][-1]


@given(st.text("abc", max_size=9), st.text("abc", max_size=9), st.integers(0, 4))
def test_edits_agrees_with_the_unbounded_table(one: str, other: str, most: int) -> None:
    exact = _plain_osa(one, other)
    assert edits(one, other, most) == (exact if exact <= most else None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Maria Gonzales", "González, María", True),
        ("Jon Smith", "John Smith", False),
        ("Johann Schmidt", "Johan Schmitd", True),
        ("Anna Maria Berg", "Anna Berg", True),
        ("Anna", "Anna Berg", False),
        ("Anna Berg", "Otto Berg", False),
        ("Lisa Lisa", "Lisa Maria", False),
        ("", "Anna", False),
    ],
)
def test_looks_like(one: str, other: str, same: bool) -> None:
    assert looks_like(one, other) is same


def test_naughty_strings_go_through() -> None:
    for text in json.loads(shared_file("identity/blns.json").read_text(encoding="utf-8")):
        assert fold(fold(text)) == fold(text)
        assert all(part == fold(part) for part in words(text))
        assert len(initials(text)) <= 4


def test_every_real_name_is_found_by_its_folded_words() -> None:
    for row in shared_rows("identity/people_faker_10locales.csv"):
        name = f"{row['first_name']} {row['last_name']}"
        assert set(words(name.upper())) == set(words(name)) <= set(search_words(name))
