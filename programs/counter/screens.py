"""What the counter shows of a member: one read for everything on the screen."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_symbol
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.identity import member_by_id
from customers.models import Member, Note, Purchase
from loyalty_saas.lib.days import local_day, next_birthday, start_of_day
from loyalty_saas.lib.errors import NotFound
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.money import minor_digits
from programs.counter.sharing import SharingPanel, sharing_panel
from programs.domain.benefits import benefits_of
from programs.domain.challenges.reading import trials_of
from programs.domain.credit.by_hand import credit_to_undo
from programs.domain.credit.reading import CreditStanding, credit_of
from programs.domain.memberships.selling import membership_of
from programs.domain.networks.balance import Elsewhere, elsewhere_of
from programs.domain.referrals.advocacy import claims_of
from programs.domain.stamps.reading import CardStanding, cards_of
from programs.domain.tier_notices import is_told
from programs.domain.undo import undo_until
from programs.enums import BenefitKind, Cause, ClaimState, EntryKind, ProgramStatus, RedemptionStatus, ReferralState
from programs.models import (
    Account,
    AdvocacyClaim,
    Entry,
    MembershipPlan,
    PaidMembership,
    Program,
    Referral,
    TierBenefit,
    Voucher,
)
from programs.queries import (
    AccountStanding,
    RewardOffer,
    account_of,
    points_program,
    rewards_for,
    standing_of,
)
from programs.words.challenges import shown
from programs.words.surprises import fresh_draws, say
from programs.words.tiers import benefit_words, to_keep, to_next
from tenants.domain.networks.reading import own_seat, today_of
from tenants.isolation import current_tenant
from tenants.models import Location, NetworkSeat

RECENT = 6
BIRTHDAY_DAYS = 7
_UNDOABLE = frozenset({EntryKind.ACCRUE, EntryKind.ADJUST, EntryKind.REDEEM})
_TOLD_AT_THE_COUNTER = (BenefitKind.DELIVERY, BenefitKind.INVITATION)
EXPIRES_SOON = datetime.timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Birthday:
    day: datetime.date
    days_left: int


@dataclass(frozen=True, slots=True)
class Friends:
    """By whose word a member came, while their first purchase is to come, and what they say they did for us."""

    came_by: Referral | None
    claims: list[AdvocacyClaim]


@dataclass(frozen=True, slots=True)
class CreditByHand:
    """Store credit that can be given by hand, and what was a moment ago and may be undone."""

    name: str
    undoable: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class MemberScreen:
    """A member as staff see them. `standing` is None while the business has no program."""

    member: Member
    program: Program | None
    standing: AccountStanding | None
    offers: list[RewardOffer]
    vouchers: list[Voucher]
    entries: list[Entry]
    undoable: frozenset[UUID]
    notes: list[Note]
    birthday: Birthday | None
    last_visit: datetime.datetime | None
    benefits: Mapping[str, TierBenefit]
    challenges: list[dict[str, object]]
    cards: list[CardStanding]
    credit: CreditStanding | None
    credit_by_hand: CreditByHand | None
    membership: PaidMembership | None
    plans: list[MembershipPlan]
    friends: Friends
    # Whether there is a network to take part in, and what this member has elsewhere in it.
    network: NetworkSeat | None = None
    elsewhere: Elsewhere | None = None
    # What they have won by chance and are to be told.
    surprises: Sequence[dict[str, object]] = ()
    # The family and giving points, where the business allows either.
    sharing: SharingPanel | None = None

    @property
    def is_live(self) -> bool:
        return self.program is not None and self.program.status == ProgramStatus.LIVE

    @property
    def lacks_bonus(self) -> bool:
        """Of somebody new: the points for joining are missing, which they are when staff may give no more today."""
        return self.program is not None and self.is_live and bool(self.program.joining_bonus) and not self.entries

    @property
    def currency_sign(self) -> str:
        return currency_sign()

    @property
    def no_amount(self) -> str:
        """What stands in the empty field: a zero with as many decimals as the currency has."""
        digits = minor_digits(current_tenant().currency)
        mark = babel_locale(current_tenant().locale).number_symbols["latn"]["decimal"]
        return f"0{mark}{'0' * digits}" if digits else "0"

    @property
    def tier_name(self) -> str:
        tier = self.standing.tier if self.standing else None
        return tier.name if tier else _("No tier yet")

    @property
    def to_next_tier(self) -> str:
        """What is missing to the next tier, in the member's words."""
        return to_next(self.standing.progress, self.standing.program) if self.standing else ""

    @property
    def to_keep_tier(self) -> str:
        """What keeps the tier, once they were told that it is in danger."""
        if self.standing is None or not is_told(self.standing.account):
            return ""
        return to_keep(self.standing.progress, self.standing.program)

    @property
    def is_priority(self) -> bool:
        return BenefitKind.PRIORITY in self.benefits

    @property
    def benefit_words(self) -> list[str]:
        """What their tier brings by itself and staff should know of."""
        return [benefit_words(self.benefits[kind]) for kind in _TOLD_AT_THE_COUNTER if kind in self.benefits]

    @property
    def available(self) -> list[RewardOffer]:
        return [offer for offer in self.offers if offer.available]

    @property
    def ahead(self) -> list[RewardOffer]:
        return [offer for offer in self.offers if not offer.available]

    @property
    def expires_next(self) -> tuple[datetime.date, int] | None:
        """The next points to expire, when it is soon enough to say so."""
        if self.standing is None or not self.standing.expiring:
            return None
        first = self.standing.expiring[0]
        today = local_day(timezone.now(), current_tenant().zone)
        return (first.day, first.points) if first.day - today <= EXPIRES_SOON else None


def currency_sign() -> str:
    tenant = current_tenant()
    return str(get_currency_symbol(tenant.currency, locale=babel_locale(tenant.locale)))


def member_named(member_id: UUID) -> Member:
    """The member of this business that this id means now. Raises NotFound, for a stranger's too."""
    member = member_by_id(member_id)
    if member is None:
        raise NotFound
    return member


def member_screen(member: Member) -> MemberScreen:
    account = account_of(member)
    if account is not None:
        account.member = member
    entries = list(Entry.objects.filter(account_id=account.pk).order_by("-seq")[:RECENT]) if account else []
    network = own_seat()
    elsewhere = elsewhere_of(account) if account and network else None
    last = Purchase.objects.filter(member=member).order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    standing = standing_of(account) if account else None
    return MemberScreen(
        sharing=sharing_panel(standing),
        surprises=[{"draw": one, "words": say(one)} for one in fresh_draws(account)],
        member=member,
        program=account.program if account else points_program(),
        standing=standing,
        offers=rewards_for(account, elsewhere, standing=standing) if account else [],
        network=network if network and network.is_open_on(today_of(network)) else None,
        elsewhere=elsewhere,
        vouchers=open_vouchers(member),
        entries=entries,
        undoable=_undoable(entries, account),
        notes=list(Note.objects.filter(member=member, removed_at__isnull=True).select_related("author")[:3]),
        birthday=_birthday(member),
        last_visit=last,
        friends=_friends(member),
        benefits=benefits_of(account.tier) if account else {},
        challenges=_challenges(account) if account else [],
        cards=cards_of(member),
        **_credit(member),
        membership=membership_of(member),
        plans=list(MembershipPlan.objects.filter(is_offered=True).select_related("tier", "welcome_product")),
    )


def _credit(member: Member) -> dict[str, Any]:
    """Store credit, where the member has some or will have, and what can be given by hand."""
    found = credit_of(member)
    if found is None:
        return {"credit": None, "credit_by_hand": None}
    by_hand = CreditByHand(found.program.name, _by_hand(found)) if found.is_running else None
    return {"credit": found if found.balance or found.pending or found.owed else None, "credit_by_hand": by_hand}


def _by_hand(standing: CreditStanding) -> list[Entry]:
    """What was given or taken by hand so lately that it may be undone."""
    account = standing.account
    if account is None or not account.version:
        return []
    latest = list(Entry.objects.filter(account=account, cause=Cause.BY_HAND).order_by("-seq")[:3])
    standing_still, now = credit_to_undo(latest), timezone.now()
    return [one for one in latest if one.pk in standing_still and undo_until(one, account) > now]


def _friends(member: Member) -> Friends:
    came_by = Referral.objects.select_related("advocate__member").filter(friend=member, state=ReferralState.JOINED)
    claims = claims_of(member).filter(state=ClaimState.OPEN)
    return Friends(came_by.filter(until__gt=timezone.now()).first(), list(claims[:3]))


def open_vouchers(member: Member) -> list[Voucher]:
    vouchers = Voucher.objects.filter(
        account__member=member, status=RedemptionStatus.OPEN, valid_until__gt=timezone.now()
    )
    return list(vouchers.select_related("product").order_by("valid_until"))


def served_today(location: Location | None, *, most: int = 8) -> list[Member]:
    """Those who were here last, the latest first: the person who comes back because something was wrong."""
    tenant = current_tenant()
    midnight = start_of_day(local_day(timezone.now(), tenant.zone), tenant.zone)
    purchases = Purchase.objects.filter(occurred_at__gte=midnight, member__isnull=False)
    if location is not None:
        purchases = purchases.filter(location=location)
    members: dict[UUID, Member] = {}
    for purchase in purchases.select_related("member").order_by("-occurred_at")[: most * 3]:
        if purchase.member is not None:
            members.setdefault(purchase.member.pk, purchase.member)
    return list(members.values())[:most]


def _undoable(entries: list[Entry], account: Account | None) -> frozenset[UUID]:
    """Those of the entries that may still be undone: recent, of a kind that can be, and not undone yet."""
    if account is None:
        return frozenset()
    now = timezone.now()
    recent = [one for one in entries if _is_undoable(one) and undo_until(one, account) > now]
    undone = set(Entry.objects.filter(reverses__in=recent).values_list("reverses_id", flat=True)) if recent else set()
    return frozenset(one.pk for one in recent if one.pk not in undone)


def _challenges(account: Account) -> list[dict[str, object]]:
    """Those that run, and those that were done today."""
    zone = current_tenant().zone
    today = local_day(timezone.now(), zone)
    trials = [
        trial for trial in trials_of(account) if trial.result is None or local_day(trial.result.done_at, zone) == today
    ]
    return [shown(trial, account.program) for trial in trials]


def _is_undoable(entry: Entry) -> bool:
    """What a challenge gave goes with what was bought for it, and what answers gave with the answers."""
    return entry.kind in _UNDOABLE and entry.cause not in (Cause.CHALLENGE, Cause.SURPRISE, Cause.POLL)


def _birthday(member: Member) -> Birthday | None:
    """The next one, when it is within a week."""
    if not member.birth_month or not member.birth_day:
        return None
    today = local_day(timezone.now(), current_tenant().zone)
    day = next_birthday(member.birth_month, member.birth_day, today)
    left = (day - today).days
    return Birthday(day, left) if left <= BIRTHDAY_DAYS else None
