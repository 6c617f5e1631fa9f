"""What a member is found by, kept in the transaction that changes the member."""

import re
from collections.abc import Iterable, Sequence

from customers.enums import SearchKind
from customers.models import Member, SearchKey
from loyalty_saas.lib.names import fold, search_words, words
from loyalty_saas.lib.phones import last_digits_key

LONGEST = 120
_PARTS = re.compile(r"[._+\-]+")
# A change of one of these changes the keys.
SEARCHED_FIELDS = frozenset({"given_name", "family_name", "email", "phone", "claimed_phone", "number", "external_id"})


def tokens_of(member: Member) -> set[tuple[str, str]]:
    """Every (kind, token): words of the name, the e-mail and the words before its @, the phone from its end, numbers.

    Numbers are that of the card and the one of the till or shop, which may be all that is known of somebody.
    """
    keys = {(SearchKind.NAME, word) for word in search_words(f"{member.given_name} {member.family_name}")}
    keys.add((SearchKind.CARD, fold(member.number)))
    keys.add((SearchKind.CARD, fold(member.external_id)))
    # Of "shop-4711" the part that many have is nobody's.
    keys |= {(SearchKind.CARD, word) for word in words(member.external_id) if _has_digit(word)}
    if member.email:
        local = member.email.rpartition("@")[0]
        keys.add((SearchKind.EMAIL, member.email))
        keys |= {(SearchKind.EMAIL, word) for word in _PARTS.split(local) if word}
    if phone := member.phone or member.claimed_phone:
        keys.add((SearchKind.PHONE, last_digits_key(phone)))
    return {(str(kind), token[:LONGEST]) for kind, token in keys if token}


def _has_digit(word: str) -> bool:
    return any(char.isdecimal() for char in word)


def write_keys(members: Sequence[Member]) -> None:
    """Write the keys of members that have none yet."""
    SearchKey.objects.bulk_create(_rows(members), batch_size=2000)


def renew_keys(members: Iterable[Member]) -> None:
    """Bring the keys of members up to date: only what differs is written."""
    for member in members:
        wanted = _wanted(member)
        there = {(key.kind, key.token): key.pk for key in SearchKey.objects.filter(member=member)}
        gone = [pk for token, pk in there.items() if token not in wanted]
        if gone:
            SearchKey.objects.filter(pk__in=gone).delete()
        SearchKey.objects.bulk_create(
            [SearchKey(member=member, kind=kind, token=token) for kind, token in wanted - there.keys()]
        )


def _wanted(member: Member) -> set[tuple[str, str]]:
    """Their own and those of every record merged into theirs; a record that was merged is found by none."""
    if member.merged_into_id is not None:
        return set()
    absorbed = Member.objects.filter(merged_into=member.pk)
    return tokens_of(member).union(*(tokens_of(one) for one in absorbed))


def _rows(members: Iterable[Member]) -> list[SearchKey]:
    return [SearchKey(member=member, kind=kind, token=token) for member in members for kind, token in tokens_of(member)]
