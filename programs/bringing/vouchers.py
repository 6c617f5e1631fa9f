"""Vouchers that members bring from another business here, for their import (customers.imports.records).

Each is had for what it was had for there, on its own terms. Where this business has the reward of its name it hangs on
that: on the date of its event, whose place it takes, and on its words. Where not, it stands on its own with what that
reward said. What was used or is over comes as that.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.imports.records import BroughtVoucher
from customers.models import Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import tidy_code, uuid7
from programs.bringing.ids import id_of
from programs.bringing.worth import made_of
from programs.domain.accounts import lock_account_of, lock_accounts_of, points_program, require_points_program
from programs.domain.brought import HANDED_ON
from programs.domain.gifts import wrap_as_before
from programs.domain.memberships.welcome import WELCOME_OF
from programs.enums import PresentOccasion, RedemptionStatus, RewardKind
from programs.models import Account, Gift, Present, Reward, Voucher, VoucherUse
from tenants.actors import Actor
from tenants.isolation import current_tenant
from tenants.rows import insert_row


class VouchersFromElsewhere:
    """Fills `customers.imports.records`."""

    def known(self, codes: Iterable[str]) -> set[str]:
        stored = {_key(code): code for code in codes}
        return {stored[key] for key in Present.objects.filter(key__in=stored).values_list("key", flat=True)}

    def check(self, voucher: BroughtVoucher) -> None:
        made = made_of(voucher)
        own = Q(own_code=made.own_code) if made.own_code else Q(pk=None)
        if Voucher.objects.filter(Q(code=made.code) | own).exists():
            raise _code_taken()
        if voucher.is_wrapped and Gift.objects.filter(code=tidy_code(voucher.gift_code)).exists():
            raise _code_taken("gift_code")
        reward = _reward_named(voucher, made)
        if reward is not None and _takes_place(made, reward) and reward.stock == 0:
            raise _no_place(reward)

    def bring(
        self, member: Member, voucher: BroughtVoucher, *, by: Actor, silent: bool, had_by: Member | None = None
    ) -> None:
        """Raises Invalid for what is not here (a product, a place), a full event, or a code that is another's.

        Locks the account, that of whoever handed it on, and the reward of an event.
        """
        account, got_by = _locked(member, had_by, by=by)
        if self.known([voucher.code]):
            return
        now, zone = timezone.now(), current_tenant().zone
        made = made_of(voucher)
        made.terms |= _belongs(voucher, is_known=had_by is not None)
        had_at = _had_at(voucher, made, now)
        reward = _reward_named(voucher, made)
        if reward is None:
            made.terms |= _own_terms(voucher)
        elif _takes_place(made, reward):
            _take_place(reward)
        present = Present(
            id=uuid7(),
            account=got_by,
            occasion=PresentOccasion.BROUGHT,
            day=local_day(had_at, zone),
            said=made.name,
            because=_("Brought from before"),
            key=_key(voucher.code),
            created_at=had_at,
            reward=reward,
        )
        present.save(force_insert=True)
        made.account_id, made.present = account.pk, present
        if not insert_row(made, unless_there=True):
            raise _code_taken()
        _use_elsewhere(made)
        if voucher.is_wrapped and made.status == RedemptionStatus.OPEN:
            made.account = account
            wrap_as_before(made, code=voucher.gift_code, message=voucher.gift_message, wrapped_at=voucher.gift_at)
        if made.status in (RedemptionStatus.OPEN, RedemptionStatus.USED):
            is_used = made.status == RedemptionStatus.USED
            record_activity(
                ActivityKind.VOUCHER_USED if is_used else ActivityKind.PRESENT_GIVEN,
                by=by,
                source=Source.IMPORT,
                member=account.member,
                occurred_at=made.used_at if is_used else None,
                payload={
                    "present": str(present.pk),
                    "voucher": str(made.pk),
                    "name": made.name,
                    "occasion": str(PresentOccasion.BROUGHT),
                    "because": present.because,
                    "brought": True,
                },
                silent=silent or is_used,
            )


def _locked(member: Member, had_by: Member | None, *, by: Actor) -> tuple[Account, Account]:
    """The accounts of whoever holds it and whoever got it, which is the same where nobody handed it on."""
    if had_by is None or had_by.pk == member.pk:
        account = lock_account_of(member, by=by)
        return account, account
    both = lock_accounts_of({one.pk: one for one in (member, had_by)}, require_points_program())
    return both[member.pk].account, both[had_by.pk].account


def _had_at(given: BroughtVoucher, made: Voucher, now: datetime) -> datetime:
    """When they got it, or the latest moment at which they can have, where the file does not say."""
    return min(given.had_at or made.used_at or now, made.valid_until, now)


def _belongs(given: BroughtVoucher, *, is_known: bool) -> dict[str, str]:
    """Who handed it on, where they are not here; and the membership it welcomes to, whichever of them comes first."""
    said = {HANDED_ON: given.had_by} if given.had_by and not is_known else {}
    return said | ({WELCOME_OF: str(id_of(given.welcome_of))} if given.welcome_of else {})


def _reward_named(given: BroughtVoucher, made: Voucher) -> Reward | None:
    """The reward here of the name it had there, if it gives the same; of an event the one on that day."""
    if not given.reward:
        return None
    kinds = [given.worth, RewardKind.MYSTERY]
    rows = Reward.objects.filter(program=points_program(), name__iexact=given.reward, kind__in=kinds)
    for reward in rows.order_by("-is_active", "-created_at"):
        if reward.kind != RewardKind.EXPERIENCE or given.event is None or reward.happens_at is None:
            return reward
        zone = current_tenant().zone
        if local_day(reward.happens_at, zone) == local_day(given.event, zone):
            return reward
    return None


def _own_terms(given: BroughtVoucher) -> dict[str, str]:
    """What its reward said there, for one that stands on its own."""
    said = {
        "reward": given.reward,
        "event": given.event.isoformat() if given.event else "",
        "words": given.words,
        "link": given.link,
    }
    return {name: text for name, text in said.items() if text}


def _takes_place(made: Voucher, reward: Reward) -> bool:
    """A place at an event is one less for others; pieces of other rewards were counted where it comes from."""
    counts = made.status in (RedemptionStatus.OPEN, RedemptionStatus.USED)
    return reward.kind == RewardKind.EXPERIENCE and reward.stock is not None and counts


def _take_place(reward: Reward) -> None:
    """The row lock makes the last place somebody's."""
    if not Reward.objects.filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1):
        raise _no_place(reward)


def _use_elsewhere(voucher: Voucher) -> None:
    """What was used of its money, as one use of before, so that what is left adds up."""
    if voucher.left is None or voucher.left == voucher.value:
        return
    used = VoucherUse(voucher=voucher, amount=voucher.value - voucher.left)
    used.used_at = voucher.used_at or timezone.now()
    insert_row(used)


def _no_place(reward: Reward) -> Invalid:
    return Invalid(
        _("No place is left at “%(name)s” here. Give it one more, and bring this row again."),
        code="no_place",
        field="reward",
        params={"name": reward.name},
    )


def _code_taken(field: str = "code") -> Invalid:
    return Invalid(_("This code is that of another voucher here."), code="code_taken", field=field)


def _key(code: str) -> str:
    return f"brought:{code}"[:120]
