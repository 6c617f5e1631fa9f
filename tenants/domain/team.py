"""Who works in a business: invited, joined, given a role, removed."""

import datetime
from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.secrets import hash_token, new_token
from tenants import platform
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.second_step import LEADERS
from tenants.enums import Role
from tenants.errors import AlreadyInTeam, InvitationForSomebodyElse, InvitationGone, LastOwner, OnlyOwners
from tenants.isolation import tenant_context
from tenants.models import Invitation, Membership, User
from tenants.permissions import Permission

INVITATION_DAYS = 14


def invite(email: str, *, role: Role, by: Membership) -> tuple[Invitation, str]:
    """Open an invitation and return it with its token, of which only the hash is kept.

    One that is open for this address is replaced. Raises AlreadyInTeam and, for a manager who invites an
    owner, OnlyOwners.
    """
    check_rank(by, role)
    if Membership.objects.filter(user__email__iexact=email, removed_at__isnull=True).exists():
        raise AlreadyInTeam(field="email", params={"email": email})
    now = timezone.now()
    Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    token = new_token()
    invitation = Invitation.objects.create(
        email=email.lower(),
        role=role,
        token_hash=hash_token(token),
        invited_by=by,
        expires_at=now + datetime.timedelta(days=INVITATION_DAYS),
    )
    record_audit("team.invited", by=Actor.staff(by), subject=invitation, role=role)
    return invitation, token


def withdraw_invitation(invitation: Invitation, *, by: Membership) -> None:
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record_audit("team.invitation_withdrawn", by=Actor.staff(by), subject=invitation)


def accept_invitation(token: str, *, user: User, name: str = "") -> Membership:
    """Make the person part of the team. Opens the business itself. `name` is kept for a person who has none yet.

    The invitation holds for the address it was sent to: whoever finds the letter cannot use it. Raises
    InvitationGone and InvitationForSomebodyElse.
    """
    found = platform.find_invitation(hash_token(token))
    if found is None:
        raise InvitationGone()
    if found.email.lower() != user.email.lower():
        raise InvitationForSomebodyElse(params={"email": found.email})
    return _join(found, user=user, name=name)


def waiting_invitations(user: User) -> list[Invitation]:
    """The open invitations to addresses this person has proved, into teams they are not in; newest first."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    works_for = {membership.tenant_id for membership in platform.memberships_of(user)}
    return [one for one in platform.invitations_to(proved) if one.tenant_id not in works_for]


def accept_waiting_invitation(pk: UUID, *, user: User, name: str = "") -> Membership:
    """As `accept_invitation`, by one of the person's `waiting_invitations`: an address they proved needs no letter.

    Raises InvitationGone.
    """
    found = next((one for one in waiting_invitations(user) if one.pk == pk), None)
    if found is None:
        raise InvitationGone()
    return _join(found, user=user, name=name)


def _join(found: Invitation, *, user: User, name: str) -> Membership:
    with tenant_context(found.tenant):
        invitation = Invitation.objects.select_for_update(no_key=True).get(pk=found.pk)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise InvitationGone()
        if name and not user.name:
            user.name = name
            user.save(update_fields=["name"])
        membership, _created = Membership.objects.get_or_create(
            user=user, defaults={"role": invitation.role, "name": user.name or user.email.partition("@")[0]}
        )
        membership.role, membership.removed_at = invitation.role, None
        _note_leading(membership)
        membership.save(update_fields=["role", "removed_at", "leads_since"])
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        record_audit("team.joined", by=Actor.staff(membership), subject=membership, role=invitation.role)
    return membership


def change_role(membership: Membership, *, role: Role, by: Membership) -> Membership:
    """Raises OnlyOwners when a manager touches an owner, LastOwner when nobody would be left."""
    check_rank(by, role, membership.role)
    if membership.role == Role.OWNER and role != Role.OWNER:
        _check_another_owner(membership)
    before, membership.role = membership.role, role
    _note_leading(membership, before=before)
    membership.save(update_fields=["role", "leads_since"])
    record_audit("team.role_changed", by=Actor.staff(by), subject=membership, before=before, after=role)
    if not membership.may(Permission.MANAGE_TEAM):
        _withdraw_invitations_of(membership, by=by)
    return membership


def remove_from_team(membership: Membership, *, by: Membership) -> None:
    """Take the person out of the team and end their sessions, all of them: they may have chosen any business.

    What they invited and nobody has accepted goes with them: it might be a way back. Raises OnlyOwners and LastOwner.
    """
    check_rank(by, membership.role)
    if membership.role == Role.OWNER:
        _check_another_owner(membership)
    membership.removed_at = timezone.now()
    membership.pin_hash, membership.pin_once_until = "", None
    membership.save(update_fields=["removed_at", "pin_hash", "pin_once_until"])
    record_audit("team.removed", by=Actor.staff(by), subject=membership)
    _withdraw_invitations_of(membership, by=by)
    transaction.on_commit(partial(end_sessions, membership.user))


def end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _note_leading(membership: Membership, *, before: str = "") -> None:
    """Keep when somebody first led the business: changing roles to and fro gives no new days (`second_step_due`)."""
    if membership.leads_since is None and membership.role in LEADERS:
        membership.leads_since = membership.joined_at if before in LEADERS else timezone.now()


def check_rank(by: Membership, *roles: str) -> None:
    """Raises OnlyOwners when somebody who is none touches an owner."""
    if by.role != Role.OWNER and Role.OWNER in roles:
        raise OnlyOwners()


def _withdraw_invitations_of(inviter: Membership, *, by: Membership) -> None:
    open_ones = Invitation.objects.filter(invited_by=inviter, accepted_at__isnull=True, withdrawn_at__isnull=True)
    for invitation in open_ones.select_for_update(no_key=True).order_by("pk"):
        withdraw_invitation(invitation, by=by)


def _check_another_owner(membership: Membership) -> None:
    """Locks the owners, so that two cannot remove each other at once."""
    owners = Membership.objects.select_for_update(no_key=True).filter(role=Role.OWNER, removed_at__isnull=True)
    if not [one for one in owners.order_by("pk") if one.pk != membership.pk]:
        raise LastOwner()
