"""Somebody invited who made an account without the link of the letter: the invitation waits for them at the start."""

import datetime
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from tenants.actors import Actor
from tenants.domain.closing import close_business
from tenants.domain.team import accept_waiting_invitation, invite, withdraw_invitation
from tenants.enums import Role
from tenants.errors import InvitationGone
from tenants.isolation import tenant_context
from tenants.models import Invitation, Membership, User
from tests.cast import Cast, make_membership, make_user


def invited(cast: Cast, email: str) -> Invitation:
    with tenant_context(cast.business):
        return invite(email, role=Role.STAFF, by=cast.owner)[0]


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def url(invitation: Invitation) -> str:
    return f"/start/invitations/{invitation.pk}/acceptance/"


def shows(user: User, cast: Cast) -> bool:
    return f"invites you to {cast.business.name}" in browser_of(user).get("/start/").content.decode()


def roles(cast: Cast, user: User) -> list[str]:
    with tenant_context(cast.business):
        return list(Membership.objects.filter(user=user, removed_at=None).values_list("role", flat=True))


def test_it_stands_above_the_start_and_is_accepted_with_one_click(cast: Cast) -> None:
    user = make_user("Nora")
    invitation = invited(cast, user.email.upper())
    browser = browser_of(user)
    assert browser.get("/").headers["Location"] == "/start/"
    page = browser.get("/start/").content.decode()
    assert f"{cast.owner.name} invites you to {cast.business.name}" in page
    assert f'action="{url(invitation)}"' in page
    assert browser.post(url(invitation)).headers["Location"] == "/"
    assert roles(cast, user) == ["staff"]
    assert not shows(user, cast)
    assert browser.post(url(invitation)).status_code == 404


def test_one_without_a_name_is_asked_for_it(cast: Cast) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(name="")
    invitation = invited(cast, user.email)
    browser = browser_of(user)
    refused = browser.post(url(invitation), {"person": " "})
    assert refused.status_code == 422
    assert "Please fill this in." in refused.content.decode()
    assert browser.post(url(invitation), {"person": "Nora"}).headers["Location"] == "/"
    user.refresh_from_db()
    with tenant_context(cast.business):
        assert (user.name, Membership.objects.get(user=user).name) == ("Nora", "Nora")


def test_an_address_counts_once_it_is_proved_and_need_not_be_the_first(cast: Cast) -> None:
    user = make_user()
    claimed = EmailAddress.objects.create(user=user, email=f"second-{user.email}", verified=False)
    invitation = invited(cast, claimed.email)
    assert not shows(user, cast)
    assert browser_of(user).post(url(invitation)).status_code == 404
    assert roles(cast, user) == []
    claimed.verified = True
    claimed.save()
    assert shows(user, cast)
    assert browser_of(user).post(url(invitation)).headers["Location"] == "/"
    assert roles(cast, user) == ["staff"]


def test_the_address_one_signs_in_with_does_not_count_before_it_is_proved(cast: Cast) -> None:
    user = make_user()
    EmailAddress.objects.filter(user=user).update(verified=False)
    invitation = invited(cast, user.email)
    assert not shows(user, cast)
    with pytest.raises(InvitationGone):
        accept_waiting_invitation(invitation.pk, user=user)


def test_nobody_else_sees_or_accepts_it(cast: Cast) -> None:
    invitation, another = invited(cast, make_user().email), make_user()
    assert not shows(another, cast)
    assert browser_of(another).post(url(invitation)).status_code == 404
    assert Client().post(url(invitation)).headers["Location"].startswith("/account/login/")


def expire(cast: Cast, invitation: Invitation) -> None:
    with tenant_context(cast.business):
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))


def withdraw(cast: Cast, invitation: Invitation) -> None:
    with tenant_context(cast.business):
        withdraw_invitation(invitation, by=cast.owner)


def close(cast: Cast, invitation: Invitation) -> None:
    with tenant_context(cast.business):
        close_business(cast.business, by=Actor.system())


@pytest.mark.parametrize("end", [expire, withdraw, close])
def test_what_is_over_is_not_shown_and_not_accepted(cast: Cast, end: Callable[[Cast, Invitation], None]) -> None:
    user = make_user()
    invitation = invited(cast, user.email)
    assert shows(user, cast)
    end(cast, invitation)
    assert not shows(user, cast)
    assert browser_of(user).post(url(invitation)).status_code == 404


def test_one_who_is_in_the_team_keeps_their_role(cast: Cast) -> None:
    """Invited once more, at another address of theirs."""
    user = cast.manager.user
    EmailAddress.objects.create(user=user, email=f"second-{user.email}", verified=True)
    invitation = invited(cast, f"second-{user.email}")
    with pytest.raises(InvitationGone):
        accept_waiting_invitation(invitation.pk, user=user)
    assert roles(cast, user) == ["manager"]


def test_one_who_has_a_business_finds_it_where_another_is_added(cast: Cast) -> None:
    user = make_user()
    make_membership(cast.other_business, Role.OWNER, user)
    invited(cast, user.email)
    assert shows(user, cast)
