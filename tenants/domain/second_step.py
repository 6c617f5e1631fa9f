"""Who has to prove more than a password: whoever leads a business, once a few days have passed."""

import datetime
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings

from tenants.enums import Role
from tenants.models import Membership, User

LEADERS = frozenset({Role.OWNER, Role.MANAGER})
# Recovery codes are no second step: they only stand in for one that is lost.
_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def second_step_due(user: User, memberships: Iterable[Membership]) -> datetime.datetime | None:
    """From when this person reaches the businesses only with a second step; None when nothing is owed.

    Owed by owners and managers of any open business who have neither an authenticator app nor a passkey,
    `SECOND_STEP_GRACE_DAYS` after they first became one: the earliest of their businesses counts. Sample businesses
    ask for nothing: their people share a password that everybody reads, and what they guard is made up. `memberships`
    are those in force, with their businesses.
    """
    led = [one.leads_since or one.joined_at for one in memberships if _counts(one)]
    if not led or has_second_step(user):
        return None
    return min(led) + datetime.timedelta(days=settings.SECOND_STEP_GRACE_DAYS)


def has_second_step(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=_STEPS).exists())


def _counts(membership: Membership) -> bool:
    return membership.role in LEADERS and not membership.tenant.is_demo
