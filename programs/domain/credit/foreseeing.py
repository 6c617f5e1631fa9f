"""What a return would do to store credit, by doing it and taking it back."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.purchases import ReturnDetails, plan_return
from customers.enums import MemberStatus
from customers.errors import DoesNotAddUp
from customers.models import Member, Purchase, Return
from programs.domain.credit.earning import accrual_of, locked, take_cash_back
from programs.domain.credit.reading import credit_of
from programs.domain.credit.spending import REFUND_DAYS, payment_of, post_refund
from programs.domain.lots import held_lots, settle
from programs.domain.reversals import kept_after
from programs.errors import NoCredit, NotEnoughCredit
from programs.models import Program
from programs.words.unit import in_points
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class CreditForeseen:
    """What a purchase of `amount` would do: `paid` comes from credit, `money` is left to pay, `given` comes back.

    `given` is of the amount alone, whatever was bought; `after` is what could be spent then.
    """

    amount: int
    paid: int
    given: int
    after: int
    waits: bool

    @property
    def money(self) -> int:
        return self.amount - self.paid


def foresee_credit(member: Member, amount: int, *, credit: int = 0) -> CreditForeseen | None:
    """What a purchase would do to store credit; None where it would do nothing. Writes nothing.

    Raises what recording it would: NoCredit, NotEnoughCredit, DoesNotAddUp.
    """
    standing = credit_of(member)
    if credit > amount:
        raise DoesNotAddUp(_("More would be paid from credit than the purchase costs."), field="credit")
    if standing is None or not standing.is_running:
        if credit:
            raise NoCredit(field="credit")
        return None
    if credit > standing.balance:
        raise NotEnoughCredit(standing.balance, in_points(standing.program, standing.balance))
    given = standing.cash_back_for(amount, credit=credit) if member.status == MemberStatus.ACTIVE else 0
    if not credit and not given:
        return None
    waits = standing.terms.pending_days > 0
    after = standing.balance - credit + (0 if waits else max(0, given - standing.owed))
    return CreditForeseen(amount, credit, given, after, waits)


@dataclass(frozen=True, slots=True)
class CreditEffect:
    """Minor units: `money` is paid back, `refunded` goes back to credit (`anew` of it for `days`).

    `taken` is cash-back that comes off, `owed` of it was spent already; `expired` is gone and not taken twice.
    """

    program: Program
    money: int
    refunded: int
    anew: int
    taken: int
    owed: int
    expired: int
    before: int
    after: int
    days: int = REFUND_DAYS


def preview_uncrediting(purchase: Purchase, details: ReturnDetails) -> CreditEffect | None:
    """What recording this return would do to store credit; None where it does nothing. Writes nothing.

    Raises what recording would. Locks the account for a moment.
    """
    purchase = Purchase.objects.get(pk=purchase.pk)
    lines = list(purchase.lines.order_by("position"))
    plan = plan_return(purchase, lines, details)
    when = details.occurred_at or timezone.now()
    record = Return(purchase=purchase, total=plan.total, credit=plan.credit, occurred_at=when)
    accrual, spent = accrual_of(record), payment_of(record) if plan.credit else None
    if accrual is None and spent is None:
        return None
    with transaction.atomic():
        account = locked(accrual or spent)  # type: ignore[arg-type]  # one of them is there
        settle(account, held_lots(account), now=timezone.now(), silent=True)
        before = account.balance
        refund = post_refund(account, spent, record, by=Actor.system(), silent=True) if spent else None
        kept = kept_after(purchase, lines, plan)
        taken = take_cash_back(account, accrual, kept, record, by=Actor.system(), silent=True) if accrual else None
        effect = CreditEffect(
            program=account.program,
            money=plan.money,
            refunded=plan.credit,
            anew=refund.snapshot["anew"] if refund else 0,
            taken=taken.amount if taken else 0,
            owed=taken.owed if taken else 0,
            expired=taken.expired if taken else 0,
            before=before,
            after=account.balance,
        )
        transaction.set_rollback(True)
    return effect if refund or taken else None
