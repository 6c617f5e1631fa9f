"""A member answers, corrects what they answered, or takes it back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member, Product
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account, lock_account_of, require_live, source_of
from programs.domain.challenges.definition import Definition as Gift
from programs.domain.challenges.rewarding import worth_of
from programs.domain.drafts import Draft
from programs.domain.guards import acting_membership
from programs.domain.lots import new_lot
from programs.domain.polls.answers import count_right, read_answers
from programs.domain.polls.definition import Definition
from programs.domain.polls.happening import happening_of
from programs.domain.polls.reading import answer_of, is_for, is_open, period_of
from programs.domain.posting import post
from programs.domain.presents import write_present
from programs.domain.rules.happenings import judge_happening
from programs.domain.taking_back import take_back_entry
from programs.enums import Cause, EntryKind, PollKind, PresentOccasion, RedemptionStatus
from programs.errors import CannotUndo, NothingToCorrect, PollClosed, PollNotForYou
from programs.models import Account, Entry, Poll, PollAnswer, Present, Voucher
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.permissions import Permission


@transaction.atomic
def answer_poll(
    member: Member, *, poll: Poll, answers: Mapping[str, Any], by: Actor, source: str = "", silent: bool = False
) -> PollAnswer:
    """Keep what a member answers, once in a period of the poll, and give what was promised for it.

    Sent again, it gives the first answer, whatever the second says. Of a budget the last one gets what is left. Raises
    Invalid at `answers.<key>`, PollClosed, PollNotForYou, ProgramNotLive, MemberNotActive. Locks the account, then the
    poll, then the rules that match and have a budget.
    """
    account = lock_account_of(member, by=by)
    definition, now = Definition.from_json(poll.definition), timezone.now()
    if (there := answer_of(poll, definition, account.member, now)) is not None:
        return there
    require_live(account)
    # Locked by all who answer, so that two of them cannot take the same rest of a budget.
    poll = Poll.objects.select_for_update(no_key=True).get(pk=poll.pk)
    if not is_open(poll, now):
        raise PollClosed
    if not is_for(definition, account):
        raise PollNotForYou
    kept = read_answers(definition, answers)
    answer = PollAnswer(
        id=uuid7(), poll=poll, member=account.member, period=period_of(definition, now), answers=kept, answered_at=now
    )
    if poll.kind == PollKind.QUIZ:
        answer.right = count_right(definition, kept)
        answer.passed = answer.right >= definition.pass_at
    _give(account, answer, definition, by=by, silent=silent)
    answer.save(force_insert=True)
    record_activity(
        ActivityKind.POLL_ANSWERED,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload=_payload(answer),
        silent=silent,
    )
    return answer


@transaction.atomic
def correct_answer(answer: PollAnswer, *, answers: Mapping[str, Any], by: Actor) -> PollAnswer:
    """A member changes what they answered to a poll, while it can be answered; it gives and takes nothing.

    Raises Invalid at `answers.<key>`, NothingToCorrect (of a quiz, or taken back), PollClosed, Forbidden. Locks the
    answer.
    """
    answer = PollAnswer.objects.select_for_update(no_key=True, of=("self",)).select_related("poll").get(pk=answer.pk)
    if by.kind == ActorKind.MEMBER and by.id != answer.member_id:
        raise Forbidden
    if answer.withdrawn_at is not None or answer.poll.kind == PollKind.QUIZ:
        raise NothingToCorrect
    if not is_open(answer.poll, timezone.now()):
        raise PollClosed
    kept = read_answers(Definition.from_json(answer.poll.definition), answers)
    if kept != answer.answers:
        answer.answers, answer.corrected_at = kept, timezone.now()
        answer.save(update_fields=["answers", "corrected_at"])
    return answer


@transaction.atomic
def withdraw_answer(answer: PollAnswer, *, by: Actor, reason: str = "", source: str = "") -> PollAnswer:
    """Take an answer back, with what it gave; they may answer again. Taking it back again changes nothing.

    Points that were spent already are owed, an unused voucher stops working. By the member themselves, or by managers
    and owners. Raises Forbidden. Locks the account, then the answer.
    """
    reason = tidy_text(reason[:300], field="reason", longest=300) or _("Taken back")
    account = lock_account_of(answer.member, by=by)
    answer = (
        PollAnswer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("poll", "entry__account", "member")
        .get(pk=answer.pk)
    )
    _may_withdraw(answer, account, by=by)
    if answer.withdrawn_at is not None:
        return answer
    points = _take_points(answer, reason=reason, by=by) if answer.entry else 0
    if answer.present_id is not None:
        open_ones = Voucher.objects.filter(present=answer.present_id, status=RedemptionStatus.OPEN)
        open_ones.update(status=RedemptionStatus.VOIDED)
    answer.withdrawn_at, answer.withdrawn_because = timezone.now(), reason
    answer.save(update_fields=["withdrawn_at", "withdrawn_because"])
    if by.kind == ActorKind.STAFF:
        record_audit("poll.answer_withdrawn", by=by, subject=answer.poll, answer=str(answer.pk))
    record_activity(
        ActivityKind.POLL_WITHDRAWN,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={
            "poll": str(answer.poll_id),
            "name": answer.poll.name,
            "answer": str(answer.pk),
            "points": points,
            "reason": reason,
        },
    )
    return answer


def _may_withdraw(answer: PollAnswer, account: Account, *, by: Actor) -> None:
    if by.kind == ActorKind.MEMBER:
        if by.id != account.member_id:
            raise Forbidden
        return
    membership = acting_membership(by)
    if by.kind == ActorKind.STAFF and (membership is None or not membership.may(Permission.ADJUST_POINTS)):
        raise Forbidden


def _take_points(answer: PollAnswer, *, reason: str, by: Actor) -> int:
    entry = answer.entry
    account = lock_account(entry.account_id) if entry else None
    if entry is None or account is None:  # pragma: no cover - an entry holds its account
        raise CannotUndo
    _back, points = take_back_entry(
        account,
        entry,
        key=f"poll-back:{answer.pk}",
        by=by,
        cause_id=answer.pk,
        reason=reason,
        snapshot={"name": answer.poll.name},
    )
    return points


def _give(account: Account, answer: PollAnswer, definition: Definition, *, by: Actor, silent: bool) -> None:
    """The points and the voucher that were promised, as far as the budget goes, and what rules add."""
    promised = definition.points + (definition.pass_points if answer.passed else 0)
    if definition.budget is not None:
        counted = PollAnswer.objects.filter(poll=answer.poll, withdrawn_at__isnull=True)
        given = counted.aggregate(sum=Sum("points"))["sum"] or 0
        promised = min(promised, max(0, definition.budget - given))
    more = judge_happening(account, happening_of(answer))
    answer.points, answer.reasons = promised, more.reasons
    if promised + more.points:
        answer.entry = _post(account, answer, promised + more.points, more.reasons, by=by)
    if definition.gift_kind and (answer.passed or not definition.gift_for_passing):
        answer.present = _present(account, answer, definition, silent=silent)


def _post(account: Account, answer: PollAnswer, points: int, reasons: list[dict[str, Any]], *, by: Actor) -> Entry:
    now = answer.answered_at
    return post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.POLL,
            cause_id=answer.pk,
            key=f"poll:{answer.pk}",
            by=by,
            request=(points,),
            earns=new_lot(account.program, points, earned_at=now, now=now, waits=False),
            occurred_at=now,
            snapshot={"name": answer.poll.name, "own": answer.points, "reasons": reasons},
        ),
    ).entry


def _present(account: Account, answer: PollAnswer, definition: Definition, *, silent: bool) -> Present | None:
    counted = PollAnswer.objects.filter(poll=answer.poll, withdrawn_at__isnull=True, present__isnull=False)
    if definition.gifts is not None and counted.count() >= definition.gifts:
        return None
    voucher = write_present(
        account,
        worth_of(_gift_of(definition)),
        occasion=PresentOccasion.POLL,
        day=local_day(answer.answered_at, current_tenant().zone),
        because=answer.poll.name,
        key=f"poll:{answer.pk}",
        silent=silent,
    )
    return voucher.present if voucher else None


def _gift_of(definition: Definition) -> Gift:
    """The voucher in the words that challenges have for theirs."""
    there = Product.objects.filter(pk=definition.product).exists() if definition.product else False
    gift = Gift(
        "times",
        gift_kind=definition.gift_kind,
        value=definition.value,
        product=definition.product,
        days=definition.days,
        names=definition.names,
    )
    return gift if there or not definition.product else replace(gift, product="")


def _payload(answer: PollAnswer) -> dict[str, Any]:
    entry = answer.entry
    return {
        "poll": str(answer.poll_id),
        "name": answer.poll.name,
        "answer": str(answer.pk),
        "passed": answer.passed,
        "right": answer.right,
        "points": entry.amount + entry.pending_amount if entry else 0,
        "entry": str(entry.pk) if entry else None,
    }
