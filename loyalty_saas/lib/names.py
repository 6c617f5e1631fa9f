"""Names of people and things: folded for search, split into words, compared when someone mistypes."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n",
        "ŧ": "t", "ĸ": "k", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ə": "e", "ƒ": "f", "ĳ": "ij", "ґ": "г",
    }
)  # fmt: skip
# Accents on letters, and the vowel points of Hebrew and Arabic; marks that spell a vowel in Indic scripts stay.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u0591-\u05bd\u064b-\u065f\u0670]")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_JOINERS = re.compile("['\u2019\u2018`\u00b4\u02bc\u2010\u2011-]")


def fold(text: str) -> str:
    """The text in lower case without accents, in one width: "Łukasz GROß" and "lukasz gross" are the same."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", apart)).translate(_LETTERS)
    return unicodedata.normalize("NFC", bare)


def words(text: str) -> list[str]:
    """The folded words in their order; apostrophes and hyphens part them: "Anne-Marie O'Neil" has four."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in folded).split()


def search_words(text: str) -> list[str]:
    """Every word one may look for, once each; those parted by an apostrophe or a hyphen also joined."""
    return list(dict.fromkeys([*words(text), *words(_JOINERS.sub("", text))]))


def initials(name: str) -> str:
    """One or two capitals for an avatar: of the first and the last word. Empty when there is no letter."""
    parts = ["".join(char for char in part if char.isalnum()) for part in unicodedata.normalize("NFKC", name).split()]
    heads = [part[0] for part in parts if part]
    return "".join([*heads[:1], *heads[1:][-1:]]).upper()


def edits(one: str, other: str, most: int = 2) -> int | None:
    """How many letters are wrong, missing, added or swapped with a neighbour; None when more than `most`.

    Optimal string alignment (restricted Damerau-Levenshtein) in a band of 2 * most + 1 cells a row.
    """
    if abs(len(one) - len(other)) > most:
        return None
    far = most + 1
    before: list[int] = []
    row = [column if column <= most else far for column in range(len(other) + 1)]
    for line, letter in enumerate(one, 1):
        start, end = max(1, line - most), min(len(other), line + most)
        new = [far] * (len(other) + 1)
        new[0] = line if line <= most else far
        for column in range(start, end + 1):
            against = other[column - 1]
            cost = min(row[column] + 1, new[column - 1] + 1, row[column - 1] + (letter != against))
            if line > 1 and column > 1 and letter == other[column - 2] and one[line - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            new[column] = min(cost, far)
        if min(new) > most:
            return None
        before, row = row, new
    return row[-1] if row[-1] <= most else None


def typo_limit(word: str) -> int:
    """How many wrong letters still are the same word: none up to 3 letters, one up to 7, then two."""
    return 0 if len(word) <= 3 else 1 if len(word) <= 7 else 2


def looks_like(one: str, other: str) -> bool:
    """Whether two names could be one person's, mistyped: the words in any order, with a few wrong letters.

    A middle name may be missing, but one name alone is not taken for a whole one.
    """
    short, long = sorted((words(one), words(other)), key=len)
    if not short or (len(short) == 1 and len(long) > 1) or len(long) > 12:
        return False
    left = list(long)
    for word in sorted(short, key=len, reverse=True):
        near = [(found, rest) for rest in left if (found := edits(word, rest, typo_limit(word))) is not None]
        if not near:
            return False
        left.remove(min(near)[1])
    return True
