"""What the panels and pages of one request share, read once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone

from customers.enums import MemberStatus
from customers.models import Member
from loyalty_saas.lib.errors import NotFound
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import open_account
from programs.domain.challenges.reading import Trial, trials_of
from programs.domain.credit.reading import CreditStanding, credit_of
from programs.domain.networks.balance import Elsewhere, elsewhere_of
from programs.domain.places import IN_LINE
from programs.domain.stamps.reading import CardStanding, cards_of
from programs.enums import GiftStatus, ProgramStatus, RedemptionStatus, WaitingStatus
from programs.models import (
    Account,
    AdvocacyAction,
    CashBackVersion,
    Challenge,
    EarningRuleVersion,
    Entry,
    Gift,
    MembershipPlan,
    Poll,
    Program,
    ReferralOffer,
    SharingTerms,
    StampCardVersion,
    SurpriseDraw,
    Voucher,
    WaitingPlace,
)
from programs.queries import AccountStanding, RewardOffer, account_of, points_program, rewards_for, standing_of
from tenants.domain.networks.reading import own_seat, today_of
from tenants.isolation import current_tenant_id
from tenants.models import NetworkSeat

_SELDOM: tuple[type[Model], ...] = (
    AdvocacyAction,
    CashBackVersion,
    Challenge,
    EarningRuleVersion,
    MembershipPlan,
    NetworkSeat,
    Poll,
    ReferralOffer,
    SharingTerms,
    StampCardVersion,
    SurpriseDraw,
)
_EXISTS = "CASE WHEN EXISTS (SELECT FROM {} WHERE tenant_id = %s) THEN {} END"
_ONE_BY_ONE = ", ".join(_EXISTS.format(model._meta.db_table, place) for place, model in enumerate(_SELDOM))
_USED = f"SELECT array_remove(ARRAY[{_ONE_BY_ONE}], NULL)"


@dataclass
class Reading:
    """A member's account as their pages show it; without an account everything is empty."""

    request: Any

    @cached_property
    def account(self) -> Account | None:
        account = account_of(self.request.member) or self._opened()
        return account if account is not None and account.program.status != ProgramStatus.DRAFT else None

    def _opened(self) -> Account | None:
        """Who became a member before there was a program (by an import, say) has an account from their first look."""
        member, program = self.request.member, points_program()
        if program is None or program.status != ProgramStatus.LIVE or member.status != MemberStatus.ACTIVE:
            return None
        return open_account(member, by=self.request.actor, program=program)

    @cached_property
    def program(self) -> Program | None:
        if self.request.member is not None and self.account is not None:
            return self.account.program
        program = points_program()
        return program if program is not None and program.status == ProgramStatus.LIVE else None

    @cached_property
    def used(self) -> frozenset[type[Model]]:
        """Of what most businesses never use, the tables in which this one has anything: asked for in one query."""
        tenant = current_tenant_id()
        with connection.cursor() as cursor:
            execute_prepared(cursor, _USED, [tenant] * len(_SELDOM))
            [places] = cursor.fetchone()
        return frozenset(_SELDOM[place] for place in places)

    @property
    def is_running(self) -> bool:
        return self.account is not None and self.account.program.status == ProgramStatus.LIVE

    @cached_property
    def standing(self) -> AccountStanding | None:
        return standing_of(self.account) if self.account else None

    @cached_property
    def trials(self) -> list[Trial]:
        """The challenges that run, and those the member has done."""
        return trials_of(self.account) if self.account and self.is_running and Challenge in self.used else []

    @cached_property
    def offers(self) -> list[RewardOffer]:
        """Those within reach first, then those still ahead, then those that cannot be had for other reasons.

        Within each, the owner's order holds.
        """
        if self.account is None or not self.is_running:
            return []
        return sorted(rewards_for(self.account, self.elsewhere, standing=self.standing), key=_nearness)

    @cached_property
    def seat(self) -> NetworkSeat | None:
        """The business's seat in a network, while points cross."""
        seat = own_seat() if NetworkSeat in self.used else None
        return seat if seat is not None and seat.is_open_on(today_of(seat)) else None

    @cached_property
    def elsewhere(self) -> Elsewhere | None:
        """What the member has in other businesses of the network."""
        return elsewhere_of(self.account) if self.account and self.is_running and self.seat else None

    @cached_property
    def waiting(self) -> list[WaitingPlace]:
        """The places this member waits for or is asked about, those that run out first in front."""
        if self.account is None or not any(offer.reward.has_waiting_list for offer in self.offers):
            return []
        line = WaitingPlace.objects.filter(account=self.account, status__in=IN_LINE).select_related("reward")
        now = timezone.now()
        kept = [one for one in line if one.status == WaitingStatus.WAITING or (one.offered_until or now) > now]
        return sorted(kept, key=lambda one: (one.offered_until is None, one.offered_until))

    @cached_property
    def open_vouchers(self) -> list[Voucher]:
        """Those for points and those of full stamp cards."""
        return list(vouchers_of(self.request.member).filter(**_usable()).order_by("valid_until"))

    @cached_property
    def cards(self) -> list[CardStanding]:
        """How the member stands on the stamp cards that are running."""
        return cards_of(self.request.member) if StampCardVersion in self.used else []

    @cached_property
    def credit(self) -> CreditStanding | None:
        """How the member stands with store credit; None for a business without any."""
        return credit_of(self.request.member) if CashBackVersion in self.used else None


def reading_of(request: Any) -> Reading:
    if not hasattr(request, "_points"):
        request._points = Reading(request)
    reading: Reading = request._points
    return reading


def vouchers_of(member: Member) -> Any:
    known = Voucher.objects.filter(account__member=member)
    around = ("redemption__reward", "gesture", "present__reward", "product", "charity", "account__program")
    wrapped = Gift.objects.filter(voucher=OuterRef("pk"), status=GiftStatus.OPEN)
    return known.select_related(*around).annotate(is_wrapped=Exists(wrapped))


def own_voucher(request: Any, pk: UUID) -> Voucher:
    """A voucher that the signed-in member holds. Raises NotFound."""
    found: Voucher | None = vouchers_of(request.member).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def panel(
    load: Callable[[Reading], dict[str, Any] | None], *needs: type[Model]
) -> Callable[[Any], dict[str, Any] | None]:
    """A panel's loader from the shared reading; not asked where the business has nothing in the tables it `needs`."""

    def show(request: Any) -> dict[str, Any] | None:
        reading = reading_of(request)
        return load(reading) if not needs or reading.used.intersection(needs) else None

    return show


def last_day(voucher: Voucher) -> datetime:
    """A moment of the last day on which it can be used: `valid_until` is the first that no longer counts."""
    until: datetime = voucher.valid_until
    return until - timedelta(seconds=1)


def is_usable(voucher: Voucher) -> bool:
    return voucher.status == RedemptionStatus.OPEN and voucher.valid_until > timezone.now()


def begins_later(voucher: Voucher) -> bool:
    return voucher.valid_from is not None and voucher.valid_from > timezone.now()


def _usable() -> dict[str, Any]:
    return {"status": RedemptionStatus.OPEN, "valid_until__gt": timezone.now()}


def _nearness(offer: RewardOffer) -> int:
    return 0 if offer.available else 2 if offer.is_closed else 1


def entry_as_data(entry: Entry) -> dict[str, Any]:
    """A line of the ledger as its member takes it along."""
    return {
        "at": entry.occurred_at.isoformat(),
        "kind": entry.kind,
        "cause": entry.cause,
        "amount": entry.amount,
        "pending_amount": entry.pending_amount,
        "balance_after": entry.balance_after,
        "reason": entry.reason,
        "why": entry.snapshot,
    }
