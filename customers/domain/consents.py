"""Proof of what a person agreed to, and what counts now."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import lock_member
from customers.enums import ActivityKind, ConsentChannel, Purpose
from customers.models import Consent, Member
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class ConsentDetails:
    """One answer to one question: `text` is the words that were shown."""

    purpose: str
    given: bool
    text: str
    channel: str = ConsentChannel.ANY


def record_consent(
    member: Member,
    *,
    purpose: str,
    channel: str,
    given: bool,
    text: str,
    by: Actor,
    source: str,
    silent: bool = False,
    at: datetime | None = None,
) -> Consent:
    """Append what the person said, now or (brought from elsewhere) `at` a moment before.

    The same answer to the same words again gives the row that is there.

    Locks the member. A "no" where there never was a "yes" is kept as a row and is no withdrawal.
    """
    if purpose not in Purpose or channel not in ConsentChannel:
        raise Invalid(field="purpose")
    shown = tidy_text(text, field="text", longest=4000, required=True)
    text_hash = hashlib.sha256(shown.encode()).hexdigest()
    member = lock_member(member.pk)
    latest = Consent.objects.filter(member=member, purpose=purpose, channel=channel).order_by("-id").first()
    if latest is not None and (latest.given, latest.text_hash) == (given, text_hash):
        return latest
    consent = Consent.objects.create(
        member=member,
        purpose=purpose,
        channel=channel,
        given=given,
        text=shown,
        text_hash=text_hash,
        source=source,
        actor_id=by.id,
        at=at or timezone.now(),
    )
    if given or (latest is not None and latest.given):
        record_activity(
            ActivityKind.CONSENT_GIVEN if given else ActivityKind.CONSENT_WITHDRAWN,
            by=by,
            source=source,
            member=member,
            payload={"purpose": purpose, "channel": channel, "consent": str(consent.pk)},
            silent=silent,
        )
    return consent


def record_consents(
    member: Member, consents: Iterable[ConsentDetails], *, by: Actor, source: str, silent: bool = False
) -> list[Consent]:
    """Append several answers given at once."""
    return [
        record_consent(
            member,
            purpose=one.purpose,
            channel=one.channel,
            given=one.given,
            text=one.text,
            by=by,
            source=source,
            silent=silent,
        )
        for one in consents
    ]


def current_consents(member: Member) -> dict[tuple[str, str], Consent]:
    """The latest answer by (purpose, channel); what was never asked is missing."""
    latest = Consent.objects.filter(member=member).order_by("purpose", "channel", "-id").distinct("purpose", "channel")
    return {(one.purpose, one.channel): one for one in latest}


def has_consent(member: Member, *, purpose: str, channel: str = ConsentChannel.ANY) -> bool:
    """Whether the person agrees now; the answer for a channel counts before the one for any."""
    answers = current_consents(member)
    answer = answers.get((purpose, channel)) or answers.get((purpose, ConsentChannel.ANY))
    return answer is not None and answer.given
