"""What a gesture would do and count as, by the rules that hold when it is made. Writes nothing."""

from dataclasses import dataclass

from customers.models import Member
from programs.domain.goodwill.budgets import Budget, budget_today
from programs.domain.goodwill.making import GestureDetails, Priced, price
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.serving import Preview
from programs.enums import GestureKind
from programs.errors import BudgetSpent
from programs.models import Account, Gesture
from programs.queries import account_of, standing_of_balance
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class ForeseenGesture:
    """`sums` for points alone; `beyond` says why a manager has to approve, if one has to."""

    priced: Priced
    budget: Budget
    sums: Preview | None = None
    beyond: BudgetSpent | None = None


def foresee_gesture(member: Member, details: GestureDetails, *, by: Actor) -> ForeseenGesture | None:
    """None for a member without an account. Raises what making it would refuse, but for the budgets."""
    account = account_of(member)
    if account is None:
        return None
    membership = acting_membership(by)
    refuse_own_account(member, by=by, membership=membership)
    priced = price(details, account.program)
    budget = budget_today(account.program, membership=membership, location_id=by.location_id)
    beyond = None
    try:
        budget.refuse_beyond(priced.cost)
    except BudgetSpent as refusal:
        beyond = refusal
    sums = _sums(account, priced.amount) if details.kind == GestureKind.POINTS else None
    return ForeseenGesture(priced, budget, sums, beyond)


def sums_of(gesture: Gesture) -> Preview | None:
    """The line "balance + won = new" as it was written; None when no point moved."""
    entry = gesture.entry
    if entry is None:
        return None
    return _preview(entry.balance_after - entry.owed_after - entry.amount, entry.amount)


def _sums(account: Account, won: int) -> Preview:
    return _preview(standing_of_balance(account) - account.owed, won)


def _preview(before: int, won: int) -> Preview:
    after = max(0, before + won)
    return Preview(before=max(0, before), won=won, spent=0, after=after, repaid=max(0, min(won, -before)))
