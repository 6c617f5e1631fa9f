"""Why the two of a referral may be one person, or of the team. Each is a reason to look, none to refuse."""

import re

from allauth.account.models import EmailAddress

from customers.domain.identity import present_member
from customers.models import Member, Purchase
from loyalty_saas.lib.emails import mailbox_key
from loyalty_saas.lib.names import fold
from programs.enums import Suspicion
from programs.models import Referral
from tenants.models import Membership

# How many letters two addresses may differ by, and how long they must be for that to say anything.
NEAR = 1
LONG_ENOUGH = 5


def suspicions_of(referral: Referral) -> list[Suspicion]:
    """All that can be seen of the two now, in the order of the list."""
    advocate, friend = present_member(referral.advocate.member), present_member(referral.friend)
    found = {
        Suspicion.SAME_DEVICE: _shares(referral, "device", referral.advocate.devices),
        Suspicion.SAME_NETWORK: _shares(referral, "network", referral.advocate.networks),
        Suspicion.SAME_PHONE: bool(_phone(friend)) and _phone(friend) == _phone(advocate),
        Suspicion.SAME_CARD: _paid_with_one_card(advocate, referral.purchase),
        Suspicion.SIMILAR_EMAIL: are_similar(advocate.email, friend.email),
        Suspicion.SAME_PERSON: advocate.pk == friend.pk or _are_namesakes(advocate, friend),
        Suspicion.TEAM: is_of_team(advocate) or is_of_team(friend),
    }
    return [suspicion for suspicion, holds in found.items() if holds]


def are_similar(one: str, other: str) -> bool:
    """Whether two addresses lead to one mailbox, or differ by a number or a letter: mara@…, mara2@…, m.ara@…"""
    if not one or not other:
        return False
    left, right = mailbox_key(one), mailbox_key(other)
    if left == right:
        return True
    (local, _at, _domain), (local2, _at2, _domain2) = left.rpartition("@"), right.rpartition("@")
    bare, bare2 = (re.sub(r"[^a-z]", "", text) for text in (local, local2))
    if len(bare) < LONG_ENOUGH or len(bare2) < LONG_ENOUGH:
        return False
    return bare == bare2 or _differ_by_one(bare, bare2)


def is_of_team(member: Member) -> bool:
    """Whether a member works here: told by any address that a person of the team signs in with or has proved."""
    if not member.email:
        return False
    wanted = mailbox_key(member.email)
    team = list(Membership.objects.filter(removed_at__isnull=True).select_related("user"))
    proved = EmailAddress.objects.filter(user__in=[one.user_id for one in team], verified=True)
    addresses = {one.user.email for one in team} | set(proved.values_list("email", flat=True))
    return wanted in {mailbox_key(address) for address in addresses}


def _shares(referral: Referral, trace: str, known: list[str]) -> bool:
    """With the advocate, or with another friend of theirs."""
    mine = referral.traces.get(trace, "")
    if not mine:
        return False
    if mine in known:
        return True
    others = Referral.objects.filter(advocate=referral.advocate_id, **{f"traces__{trace}": mine})
    return others.exclude(pk=referral.pk).exists()


def _phone(member: Member) -> str:
    return member.phone or member.claimed_phone


def _are_namesakes(one: Member, other: Member) -> bool:
    """The same name and the same birthday."""
    birthdays = [(who.birth_month, who.birth_day) for who in (one, other)]
    same_name = bool(one.name) and fold(one.name) == fold(other.name)
    return same_name and None not in birthdays[0] and birthdays[0] == birthdays[1]


def _paid_with_one_card(advocate: Member, purchase: Purchase | None) -> bool:
    card = getattr(purchase, "payment_card", "")
    return bool(card) and Purchase.objects.filter(member=advocate, payment_card=card).exists()


def _differ_by_one(one: str, other: str) -> bool:
    """By one letter that is another, more, or fewer."""
    if abs(len(one) - len(other)) > NEAR:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    start = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    rest, rest2, after, after2 = one[start:], other[start:], one[start + 1 :], other[start + 1 :]
    return after in (after2, rest2) or rest == after2
