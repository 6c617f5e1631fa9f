"""Devices on which a member is signed in to the portal."""

from datetime import timedelta

from django.utils import timezone

from customers.enums import MemberStatus
from customers.models import Member, PortalSession
from loyalty_saas.lib.secrets import hash_token, new_token

IDLE = timedelta(days=180)
# How exact `seen_at` is: a row is not written at every page.
SEEN_EVERY = timedelta(hours=1)


def start_session(member: Member, *, device: str) -> tuple[PortalSession, str]:
    """Sign a member in on a device; returns the session and the token for its cookie, kept nowhere else."""
    token = new_token(256)
    session = PortalSession.objects.create(
        member=member, token_hash=hash_token(token), device=device[:80], seen_at=timezone.now()
    )
    return session, token


def find_session(token: str) -> PortalSession | None:
    """The open session of this token in the current business, with its member; idle ones are over."""
    now = timezone.now()
    session = (
        PortalSession.objects.filter(token_hash=hash_token(token), ended_at=None, seen_at__gt=now - IDLE)
        .exclude(member__status=MemberStatus.LEFT)
        .select_related("member")
        .first()
    )
    if session is not None and session.seen_at < now - SEEN_EVERY:
        session.seen_at = now
        session.save(update_fields=["seen_at"])
    return session


def open_sessions(member: Member) -> list[PortalSession]:
    """Where the member is signed in, last used first."""
    alive = PortalSession.objects.filter(member=member, ended_at=None, seen_at__gt=timezone.now() - IDLE)
    return list(alive.order_by("-seen_at", "-pk"))


def end_session(session: PortalSession) -> None:
    PortalSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=timezone.now())


def end_sessions(member: Member, *, but: PortalSession | None = None) -> int:
    """Sign the member out everywhere, or everywhere else; returns on how many devices."""
    ending = PortalSession.objects.filter(member=member, ended_at=None)
    if but is not None:
        ending = ending.exclude(pk=but.pk)
    return ending.update(ended_at=timezone.now())


def tidy_sessions() -> int:
    """Drop sessions that ended or fell idle more than a month ago."""
    before = timezone.now() - IDLE - timedelta(days=30)
    dropped, _by_model = PortalSession.objects.filter(seen_at__lt=before).delete()
    return dropped
