"""The voucher that a redemption gives: worth what the reward, or the prize that came out of it, is worth now."""

from datetime import datetime, timedelta

from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from programs.domain.conditions import for_voucher
from programs.domain.own_codes import give_code, tie_code
from programs.domain.prizes import draw_prize
from programs.domain.vouchers import write_voucher
from programs.enums import RewardKind
from programs.models import Account, Prize, Redemption, Reward, Voucher
from tenants.isolation import current_tenant


def issue_voucher(redemption: Redemption, *, now: datetime) -> Voucher:
    """Write the voucher of a redemption that is written already. Raises OutOfStock, NoPrizeLeft."""
    reward, account = redemption.reward, redemption.account
    drawn = draw_prize(redemption) if reward.kind == RewardKind.MYSTERY else None
    worth: Reward | Prize = drawn or reward
    first, until = dates_of(reward, account, now)
    voucher = Voucher(
        account_id=redemption.account_id,
        redemption=redemption,
        name=worth.name,
        kind=worth.kind,
        value=worth.value,
        product_id=worth.product_id,
        charity_id=reward.charity_id,
        cap=reward.cap if worth.kind == RewardKind.PERCENT_OFF else None,
        minimum=reward.minimum,
        left=worth.value if reward.is_partial and worth.kind == RewardKind.AMOUNT_OFF else None,
        terms=for_voucher(reward.terms),
        valid_from=first,
        valid_until=until,
    )
    code = give_code(reward, voucher) if reward.uses_own_codes else None
    write_voucher(voucher)
    if code is not None:
        tie_code(code, voucher)
    return voucher


def dates_of(reward: Reward, account: Account, now: datetime) -> tuple[datetime | None, datetime]:
    """From when (None: at once) and until when a voucher of today works.

    A place at an event works until the end of its day, early access until everybody may come.
    """
    zone = current_tenant().zone
    today = local_day(now, zone)
    later = reward.usable_from is not None and reward.usable_from > today
    first = reward.usable_from if later and reward.usable_from is not None else today
    begins = start_of_day(first, zone) if later else None
    if reward.kind == RewardKind.EXPERIENCE and reward.happens_at is not None:
        return begins, end_of_day(local_day(reward.happens_at, zone), zone)
    if reward.kind == RewardKind.EARLY_ACCESS and reward.public_at is not None:
        return None, reward.public_at
    days = account.program.voucher_days if reward.usable_days is None else reward.usable_days
    return begins, end_of_day(first + timedelta(days=days), zone)
