"""The letters about a paid membership, in plain words: what ends when, what it costs to keep it, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import letters
from customers.models import Letter, Member
from customers.portal.mail import message_to, portal_address
from loyalty_saas.lib.days import local_day
from programs.domain.memberships.holding import holds_until
from programs.domain.memberships.reminding import DUE, ENDED, LATE
from programs.domain.memberships.selling import membership_of
from programs.enums import MembershipEnd, MembershipState
from programs.models import PaidMembership
from programs.words.memberships import renewal_words
from tenants.isolation import current_tenant
from tenants.templatetags.show import day


@dataclass(frozen=True, slots=True)
class _Said:
    """A subject, the sentences below the greeting, what stands out among them, and what stands small at the end."""

    subject: str
    sentences: Sequence[str]
    mark: str
    small: str
    button: str
    page: str = "membership/"


def register() -> None:
    letters.register(DUE, due_message)
    letters.register(LATE, late_message)
    letters.register(ENDED, ended_message)


def due_message(letter: Letter, member: Member) -> EmailMultiAlternatives | None:
    """None once it was renewed, cancelled, or is late."""
    found = _running(letter, member)
    if found is None or found.paid_until is None or found.paid_until < _today():
        return None
    until = day(found.paid_until, "long")
    said = [
        _("Your membership “%(name)s” is paid up to %(day)s.") % {"name": found.plan.name, "day": until},
        renewal_words(found),
    ]
    small = _("Nothing is taken from you by itself. Without a payment it ends after that day.")
    if found.plan.grace_days:
        kept = day(holds_until(found), "long")
        small = _(
            "Nothing is taken from you by itself. Without a payment we keep everything for you up to %(day)s; after"
            " that it ends."
        ) % {"day": kept}
    subject = _("%(name)s is paid up to %(day)s") % {"name": found.plan.name, "day": until}
    mark = _("To be renewed by %(day)s") % {"day": until}
    return _message(member, _Said(subject, said, mark, small, _("See your membership")))


def late_message(letter: Letter, member: Member) -> EmailMultiAlternatives | None:
    """None once it was renewed, cancelled, or has ended."""
    found = _running(letter, member)
    if found is None or found.paid_until is None or not found.paid_until < _today() <= holds_until(found):
        return None
    kept = day(holds_until(found), "long")
    values = {"name": found.plan.name, "day": day(found.paid_until, "long")}
    said = [
        _("Your membership “%(name)s” was paid up to %(day)s, and the next payment has not come yet.") % values,
        renewal_words(found),
    ]
    small = _("Until then nothing changes for you. If you do not renew it, it ends by itself and costs nothing more.")
    subject = _("We keep %(name)s for you up to %(day)s") % {"name": found.plan.name, "day": kept}
    return _message(
        member, _Said(subject, said, _("Kept for you up to %(day)s") % {"day": kept}, small, _("See your membership"))
    )


def ended_message(letter: Letter, member: Member) -> EmailMultiAlternatives | None:
    """None for somebody who has one again."""
    found = _membership(letter, member)
    again = membership_of(member)
    if found is None or found.state != MembershipState.ENDED or found.paid_until is None:
        return None
    if again is not None and again.state == MembershipState.ACTIVE:
        return None
    values = {"name": found.plan.name, "day": day(found.paid_until, "long")}
    if found.end == MembershipEnd.CANCELLED:
        why = _("As you wished, your membership “%(name)s” has ended. It was paid up to %(day)s.") % values
    else:
        why = _("Your membership “%(name)s” has ended. It was paid up to %(day)s and not renewed.") % values
    stays = _("Your card stays, with everything you have collected, and costs nothing.")
    small = _("If you would like it again, say so at the counter or in your portal.") if found.plan.is_offered else ""
    subject = _("%(name)s has ended") % {"name": found.plan.name}
    mark = _("Ended on %(day)s") % {"day": day(found.ended_at, "long")}
    return _message(member, _Said(subject, [why, stays], mark, small, _("Open your card"), page=""))


def _running(letter: Letter, member: Member) -> PaidMembership | None:
    """The membership, if it runs and is paid as far as when the letter was owed."""
    found = _membership(letter, member)
    if found is None or found.state != MembershipState.ACTIVE or found.cancelled_at is not None:
        return None
    return found if str(found.paid_until) == letter.payload["paid_until"] else None


def _membership(letter: Letter, member: Member) -> PaidMembership | None:
    rows = PaidMembership.objects.select_related("plan")
    found: PaidMembership | None = rows.filter(pk=UUID(letter.payload["membership"]), member=member).first()
    return found


def _message(member: Member, said: _Said) -> EmailMultiAlternatives:
    tenant = current_tenant()
    context = {"name": member.given_name, "said": said, "link": f"{portal_address(tenant)}{said.page}"}
    return message_to(tenant, to=member.email, subject=said.subject, template="portal/mail/membership", context=context)


def _today() -> date:
    return local_day(timezone.now(), current_tenant().zone)
