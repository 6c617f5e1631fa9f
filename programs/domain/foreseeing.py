"""What serving a member would do, said while it is typed, by the rules that hold when it is done. Writes nothing."""

from dataclasses import dataclass, replace

from django.utils import timezone

from customers.domain.purchases import find_recorded
from customers.enums import MemberStatus, Source
from customers.models import Member
from programs.domain.day_limits import has_day_limits, refuse_beyond_day
from programs.domain.earning import Basket, quote_purchase, rules_that_count
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.handing_over import refuse_together_at, using_of
from programs.domain.networks.balance import elsewhere_of
from programs.domain.posting import account_carry
from programs.domain.rules.reading import judge_purchase, rules_in_force
from programs.domain.serving import Preview, Visit, purchase_details
from programs.domain.vouchers import held_amount, taken_off
from programs.enums import ProgramStatus
from programs.models import Account
from programs.queries import account_of, pool_of, standing_of_balance
from tenants.actors import Actor
from tenants.models import Location


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`sums` is None for a member without an account. `is_known_receipt`: nothing would be given for the purchase."""

    sums: Preview | None
    is_known_receipt: bool


def preview_visit(member: Member, visit: Visit, *, by: Actor, location: Location | None = None) -> Foreseen:
    """What `serve_member` would do to the balance.

    Raises what it would refuse the purchase with: ReceiptConflict, OwnAccount, MemberDayLimit, StaffDayLimit, Invalid
    at the field, VouchersTogether, PurchaseTooSmall, NotEnoughLeft. Points that are missing for the rewards are in
    the sums instead, for they may still be earned.
    """
    refuse_together_at(visit)
    if visit.amount is not None:
        for voucher in visit.vouchers:
            taken_off(voucher, using_of(visit, voucher, voucher.pk), held=held_amount(voucher))
    is_known_receipt = False
    if visit.amount is not None:
        details = purchase_details(visit, location=location)
        is_known_receipt = find_recorded(member, details, by=by, source=Source.COUNTER) is not None
    account = account_of(member)
    if account is None:
        return Foreseen(None, is_known_receipt)
    won = 0
    rules: tuple[str, ...] = ()
    if visit.amount is not None and not is_known_receipt:
        won, rules = _won(account, visit.amount, credit=visit.credit, by=by, location=location)
    spent = sum(reward.cost for reward in visit.rewards)
    sums = _from_network(account, _sums(account, won, spent), visit)
    return Foreseen(replace(sums, rules=rules), is_known_receipt)


def _won(
    account: Account, amount: int, *, credit: int, by: Actor, location: Location | None
) -> tuple[int, tuple[str, ...]]:
    """The points of a purchase, as `award_purchase` gives or refuses them, and the rules that count for it."""
    program = account.program
    if program.status != ProgramStatus.LIVE or account.member.status != MemberStatus.ACTIVE:
        return 0, ()
    membership = acting_membership(by) if has_day_limits(program) else None
    refuse_own_account(account.member, by=by, membership=membership)
    multiplier = account.tier.multiplier if account.tier else 100
    now, basket = timezone.now(), Basket(amount, credit=credit)
    place = location.pk if location else by.location_id
    rules = rules_in_force(program, now)
    verdicts = judge_purchase(account, rules, basket, when=now, location=place, binding=False)
    quote = quote_purchase(program, basket, multiplier=multiplier, carry=account_carry(account), verdicts=verdicts)
    refuse_beyond_day(account, membership=membership, more=quote.points, device=by.device)
    return quote.points, rules_that_count(quote.reasons)


def _sums(account: Account, won: int, spent: int) -> Preview:
    spendable = standing_of_balance(account) - account.owed
    waiting = won if account.program.pending_days else 0
    pooled = _from_family(account, spendable + won - waiting, spent)
    after = spendable + won - waiting + pooled - spent
    return Preview(
        before=max(0, spendable),
        won=won,
        spent=spent,
        after=max(0, after),
        waiting=waiting,
        repaid=max(0, min(won - waiting, -spendable)),
        missing=max(0, -after) if spent else 0,
        pooled=pooled,
    )


def _from_family(account: Account, own: int, spent: int) -> int:
    """What at least has to come from the others of a family, as far as it is there and may be spent.

    More of it may be drawn, where the others' points expire first.
    """
    pool = pool_of(account) if spent > own and account.family_id is not None else None
    if pool is None or not pool.may_spend:
        return 0
    return min(spent - own, pool.points - pool.own)


def _from_network(account: Account, sums: Preview, visit: Visit) -> Preview:
    """What is missing, as far as it lies in other businesses of the network and counts for every reward chosen."""
    if not sums.missing or not visit.rewards or (elsewhere := elsewhere_of(account)) is None:
        return sums
    there = min(elsewhere.counts_for(reward.kind) for reward in visit.rewards)
    if there < sums.missing:
        return sums
    return replace(sums, missing=0, pooled=sums.pooled + sums.missing, abroad=sums.missing)
