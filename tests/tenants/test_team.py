"""Inviting, joining, changing roles and leaving."""

import datetime

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from loyalty_saas.lib.errors import DomainError
from tenants.domain.team import accept_invitation, change_role, invite, remove_from_team, withdraw_invitation
from tenants.enums import Role
from tenants.errors import AlreadyInTeam, InvitationForSomebodyElse, InvitationGone, LastOwner, OnlyOwners
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Invitation, Membership
from tenants.platform import memberships_of
from tests.cast import make_business, make_membership, make_user, sign_in


def test_an_invited_person_joins_with_the_role_and_only_once(cast):
    user = make_user("Nora")
    with tenant_context(cast.business):
        _invitation, token = invite(user.email, role=Role.STAFF, by=cast.owner)
    membership = accept_invitation(token, user=user)
    assert (membership.role, membership.name, membership.tenant_id) == (Role.STAFF, "Nora", cast.business.pk)
    with pytest.raises(InvitationGone):
        accept_invitation(token, user=user)


def test_an_invitation_is_for_one_address(cast):
    with tenant_context(cast.business):
        _invitation, token = invite("somebody@example.com", role=Role.STAFF, by=cast.owner)
    with pytest.raises(InvitationForSomebodyElse):
        accept_invitation(token, user=make_user())


def test_a_withdrawn_or_old_invitation_opens_nothing(cast):
    user = make_user()
    with tenant_context(cast.business):
        first, token = invite(user.email, role=Role.STAFF, by=cast.owner)
        withdraw_invitation(first, by=cast.owner)
    with pytest.raises(InvitationGone):
        accept_invitation(token, user=user)
    with tenant_context(cast.business):
        second, token = invite(user.email, role=Role.STAFF, by=cast.owner)
        second.expires_at = timezone.now() - datetime.timedelta(seconds=1)
        second.save(update_fields=["expires_at"])
    with pytest.raises(InvitationGone):
        accept_invitation(token, user=user)


def test_a_second_invitation_replaces_the_first(cast):
    user = make_user()
    with tenant_context(cast.business):
        _first, old = invite(user.email, role=Role.STAFF, by=cast.owner)
        _second, new = invite(user.email.upper(), role=Role.ANALYST, by=cast.owner)
    with pytest.raises(InvitationGone):
        accept_invitation(old, user=user)
    assert accept_invitation(new, user=user).role == Role.ANALYST


def test_somebody_in_the_team_is_not_invited_again(cast):
    with tenant_context(cast.business), pytest.raises(AlreadyInTeam):
        invite(cast.staff.user.email, role=Role.MANAGER, by=cast.owner)


def test_a_manager_neither_makes_nor_changes_owners(cast):
    with tenant_context(cast.business):
        with pytest.raises(OnlyOwners):
            invite("new@example.com", role=Role.OWNER, by=cast.manager)
        with pytest.raises(OnlyOwners):
            change_role(cast.staff, role=Role.OWNER, by=cast.manager)
        with pytest.raises(OnlyOwners):
            change_role(cast.owner, role=Role.STAFF, by=cast.manager)
        with pytest.raises(OnlyOwners):
            remove_from_team(cast.owner, by=cast.manager)


def test_the_last_owner_stays(cast):
    with tenant_context(cast.business):
        for act in (
            lambda: change_role(cast.owner, role=Role.STAFF, by=cast.owner),
            lambda: remove_from_team(cast.owner, by=cast.owner),
        ):
            with pytest.raises(LastOwner):
                act()
        change_role(cast.manager, role=Role.OWNER, by=cast.owner)
        remove_from_team(cast.owner, by=cast.manager)
        assert Membership.objects.get(pk=cast.owner.pk).removed_at is not None


def test_removing_somebody_ends_their_sessions_and_their_work(cast):
    browser = sign_in(cast.staff)
    assert browser.get("/palette/").status_code == 200
    assert UserSession.objects.filter(user=cast.staff.user).count() == 1
    owner = sign_in(cast.owner)
    assert owner.post(f"/team/{cast.staff.pk}/removal/").status_code == 302
    assert UserSession.objects.filter(user=cast.staff.user).count() == 0
    answer = browser.get("/palette/")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("end", ["removed", "made staff"])
def test_what_a_manager_invited_goes_when_they_do(cast, end):
    """Somebody who sees it coming invites an address of their own."""
    back_door, colleague = make_user(), make_user()
    with tenant_context(cast.business):
        _invitation, token = invite(back_door.email, role=Role.MANAGER, by=cast.manager)
        _other, other = invite(colleague.email, role=Role.STAFF, by=cast.owner)
        if end == "removed":
            remove_from_team(cast.manager, by=cast.owner)
        else:
            change_role(cast.manager, role=Role.STAFF, by=cast.owner)
    with pytest.raises(InvitationGone):
        accept_invitation(token, user=back_door)
    assert accept_invitation(other, user=colleague).role == Role.STAFF


def test_a_removed_person_who_is_invited_again_is_back_as_themselves(cast):
    user = cast.staff.user
    with tenant_context(cast.business):
        remove_from_team(cast.staff, by=cast.owner)
        _invitation, token = invite(user.email, role=Role.MANAGER, by=cast.owner)
    back = accept_invitation(token, user=user)
    assert (back.pk, back.role, back.removed_at) == (cast.staff.pk, Role.MANAGER, None)


def test_what_happens_to_the_team_is_written_down(cast):
    with tenant_context(cast.business):
        invite("new@example.com", role=Role.STAFF, by=cast.owner)
        change_role(cast.staff, role=Role.ANALYST, by=cast.owner)
        remove_from_team(cast.analyst, by=cast.owner)
        written = list(AuditEvent.objects.order_by("id").values_list("action", "actor_label"))
    owner = cast.owner.name
    assert written == [("team.invited", owner), ("team.role_changed", owner), ("team.removed", owner)]


def test_the_letter_reaches_the_person_and_its_link_joins(cast, mailoutbox):
    user = make_user("Ida")
    owner = sign_in(cast.owner)
    assert owner.post("/team/", {"email": user.email, "role": "staff"}).status_code == 302
    [letter] = mailoutbox
    assert letter.to == [user.email]
    link = next(word for word in letter.body.split() if "/invitations/" in word)
    browser = sign_in(make_membership(cast.other_business, Role.STAFF, user))
    page = link.removeprefix("http://localhost:8000")
    assert cast.business.name in browser.get(page).content.decode()
    assert browser.post(page).status_code == 302
    with tenant_context(cast.business):
        assert Membership.objects.filter(user=user, role=Role.STAFF).exists()


def test_a_wrong_invitation_form_says_so_at_the_field_and_keeps_what_was_typed(cast):
    page = sign_in(cast.owner).post("/team/", {"email": cast.staff.user.email, "role": "manager"})
    assert page.status_code == 422
    assert page.context["form"].errors == {"email": [f"{cast.staff.user.email} is in the team already."]}
    assert cast.staff.user.email in page.content.decode()
    with tenant_context(cast.business):
        assert Invitation.objects.count() == 0


def test_every_refusal_is_a_sentence():
    for refusal in (AlreadyInTeam(params={"email": "a@b.c"}), InvitationGone(), LastOwner(), OnlyOwners()):
        assert isinstance(refusal, DomainError)
        assert str(refusal).endswith(".")


def test_the_letter_of_an_invitation_names_its_last_day_as_the_business_writes_it(mailoutbox):
    business = make_business(country="GB", time_zone="Europe/London")
    owner = make_membership(business, Role.OWNER)
    address = f"new-{owner.user.email}"
    sign_in(owner).post("/team/", {"email": address, "role": "staff"})
    with tenant_context(business):
        last = Invitation.objects.get(email=address).expires_at.astimezone(business.zone)
    assert f"until {last.day} {last:%B %Y}, for this address only" in mailoutbox[-1].body


def test_who_works_in_several_comes_to_their_own_business_first():
    lena = make_user("Lena")
    made = [make_membership(make_business(), role, lena) for role in (Role.ANALYST, Role.OWNER, Role.STAFF)]
    assert memberships_of(lena) == [made[1], made[0], made[2]]
