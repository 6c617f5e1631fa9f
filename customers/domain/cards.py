"""The member's card: a number that may be printed, and a code on the phone that changes every 30 seconds."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.domain.identity import present_member
from customers.enums import MemberStatus
from customers.errors import CardNotReadable, CardOutdated, CardUsed
from customers.models import CardStep, Member
from loyalty_saas.lib.ids import tidy_code
from loyalty_saas.lib.secrets import CARD_STEP, card_step, decrypt, encrypt, new_token, rotating_code, same

LONGEST = 80
# From the scan until the rewards are chosen.
PROVES_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CardRead:
    """Whose card it is. With a `step` it was a code fresh from the phone: what redeeming asks for.

    A number alone, printed or typed, has none: it may earn.
    """

    member: Member
    step: int | None = None

    @property
    def is_live(self) -> bool:
        return self.step is not None


def card_payload(member: Member, now: float | None = None) -> str:
    """What the QR on the phone says at this moment: `<number>.<step>.<code>`."""
    step = card_step(now)
    return f"{member.number}.{step}.{rotating_code(_secret(member), step)}"


def seconds_left(now: float | None = None) -> int:
    """Until when the payload of this moment is the current one."""
    moment = timezone.now().timestamp() if now is None else now
    return CARD_STEP - int(moment) % CARD_STEP


def verify_card(payload: str, now: float | None = None) -> CardRead:
    """Read a card, scanned or typed. A code counts in its step and the next one, and once.

    Raises CardNotReadable for what is no card here, CardOutdated for a picture of one, CardUsed for a code that
    was shown before. Those who left have no card.
    """
    number, step, code = _parts(payload)
    holder = Member.objects.filter(number=number).first() if number else None
    # The card of a record that was merged goes on working, with its own secret, for the one that is kept.
    member = present_member(holder) if holder is not None else None
    if holder is None or member is None or member.status == MemberStatus.LEFT:
        raise CardNotReadable
    if step is None:
        return CardRead(member)
    if not 0 <= card_step(now) - step <= 1 or not same(rotating_code(_secret(holder), step), code):
        raise CardOutdated
    _use_step(member, step)
    return CardRead(member, step)


def prove_presence(member: Member, *, step: int, act: str) -> bool:
    """Whether this step of the member's card was read a short while ago, and stands for this act and no other.

    Each step proves one act, the same `act` (its key) as often as it is sent. Locks the step.
    """
    fresh = CardStep.objects.filter(member=member, step=step, used_at__gt=timezone.now() - PROVES_FOR)
    return bool(fresh.filter(proved__in=("", act)).update(proved=act))


def renew_card(member: Member) -> None:
    """A new secret: whatever phone or picture showed the card before shows nothing any more."""
    member.card_secret = encrypt(new_token(256))
    member.save(update_fields=["card_secret", "updated_at"])


def tidy_card_steps() -> int:
    """Drop the steps of yesterday: their codes are outdated anyway."""
    dropped, _by_model = CardStep.objects.filter(used_at__lt=timezone.now() - timedelta(days=1)).delete()
    return dropped


def _parts(payload: str) -> tuple[str, int | None, str]:
    pieces = payload.strip().split(".") if len(payload) <= LONGEST else []
    if len(pieces) == 1:
        return tidy_code(pieces[0]), None, ""
    if len(pieces) != 3 or not (pieces[1].isascii() and pieces[1].isdigit()):
        return "", None, ""
    return tidy_code(pieces[0]), int(pieces[1]), tidy_code(pieces[2])


def _secret(member: Member) -> str:
    """Members that came by import have none until they first look at their card."""
    if not member.card_secret:
        with transaction.atomic():
            locked = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
            if not locked.card_secret:
                renew_card(locked)
        member.card_secret = locked.card_secret
    return decrypt(member.card_secret)


def _use_step(member: Member, step: int) -> None:
    try:
        with transaction.atomic():
            CardStep.objects.create(member=member, step=step)
    except IntegrityError as error:
        raise CardUsed from error
