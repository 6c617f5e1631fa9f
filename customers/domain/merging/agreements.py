"""What somebody agreed to on two records, as one: never more than before.

A no on either record wins over a yes on the other, whichever came later: we cannot know that both were the same
moment of the same person. A yes that nobody contradicted stands, with the words and the day of its own proof.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.consents import current_consents
from customers.enums import ActivityKind, ConsentChannel
from customers.models import Consent, Member
from tenants.actors import Actor

Answers = dict[tuple[str, str], Consent]


def join_consents(kept: Member, absorbed: Member, *, by: Actor, source: str) -> list[dict[str, Any]]:
    """Append what the kept record must say now; each line with the answer it had before, for `part_consents`."""
    ours, theirs = current_consents(kept), current_consents(absorbed)
    lines: list[dict[str, Any]] = []
    for purpose, channel in sorted(ours.keys() | theirs.keys()):
        mine, other = _effective(ours, purpose, channel), _effective(theirs, purpose, channel)
        deciding = next((one for one in (mine, other) if one is not None and not one.given), mine or other)
        if deciding is None or (mine is not None and mine.given == deciding.given):
            continue
        written = _append(kept, deciding, purpose=purpose, channel=channel)
        before = ours.get((purpose, channel))
        lines.append(
            {
                "consent": str(written.pk),
                "before": str(before.pk) if before else None,
                "purpose": purpose,
                "channel": channel,
                "given": written.given,
            }
        )
        if mine is not None and mine.given:
            _tell_withdrawn(kept, written, by=by, source=source)
    return lines


def part_consents(
    kept: Member, absorbed: Member, lines: list[dict[str, Any]], *, since: UUID, by: Actor, source: str
) -> None:
    """Give the kept record back its own answers, unless the person has answered anew since.

    Where it had none, what came from the other record is taken back. A no that was said since counts for both.
    """
    now = current_consents(kept)
    written = {line["consent"] for line in lines}
    for line in lines:
        appended = Consent.objects.get(pk=str(line["consent"]))
        latest = now.get((appended.purpose, appended.channel))
        if latest is None or latest.pk != appended.pk:
            continue
        if line["before"]:
            _append(kept, Consent.objects.get(pk=line["before"]), purpose=appended.purpose, channel=appended.channel)
        elif appended.given:
            taken = _append(kept, appended, purpose=appended.purpose, channel=appended.channel, given=False)
            _tell_withdrawn(kept, taken, by=by, source=source)
    theirs = current_consents(absorbed)
    for (purpose, channel), answer in now.items():
        said_no_since = not answer.given and answer.pk > since and str(answer.pk) not in written
        there = _effective(theirs, purpose, channel)
        if said_no_since and there is not None and there.given:
            _append(absorbed, answer, purpose=purpose, channel=channel)


def _effective(answers: Answers, purpose: str, channel: str) -> Consent | None:
    return answers.get((purpose, channel)) or answers.get((purpose, ConsentChannel.ANY))


def _append(member: Member, proof: Consent, *, purpose: str, channel: str, given: bool | None = None) -> Consent:
    """The same words, source and day on another record."""
    written: Consent = Consent.objects.create(
        member=member,
        purpose=purpose,
        channel=channel,
        given=proof.given if given is None else given,
        text=proof.text,
        text_hash=proof.text_hash,
        source=proof.source,
        actor_id=proof.actor_id,
        at=proof.at if given is None else timezone.now(),
    )
    return written


def _tell_withdrawn(member: Member, consent: Consent, *, by: Actor, source: str) -> None:
    payload = {"purpose": consent.purpose, "channel": consent.channel, "consent": str(consent.pk)}
    record_activity(ActivityKind.CONSENT_WITHDRAWN, by=by, source=source, member=member, payload=payload)
