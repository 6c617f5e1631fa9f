"""A family begun, joined and left in the portal; points given after a question."""

import re

from programs.models import Family, PointTransfer
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.sharing import allow
from tests.programs.shop import balance


def _guests(**terms):
    """A shop that allows sharing, and two members signed in."""
    shop, guests = a_shop(), []
    with tenant_context(shop):
        allow(**terms)
    for name in ("Ana", "Ben"):
        email = an_address()
        member = a_guest(shop, email)
        with tenant_context(shop):
            member.given_name = name
            member.save()
        visitor = Visitor(shop)
        visitor.sign_in(email)
        guests.append((visitor, member))
    return shop, *guests


def _key(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode()).group(1)


def test_nothing_of_it_stands_there_while_the_owner_allows_nothing():
    _shop, (ana, _member), _ben = _guests(may_give=False, has_families=False)
    home = ana.get().content.decode()
    assert "Collect as a family" not in home
    assert "/give/" not in home
    assert (ana.get("family/").status_code, ana.get("give/").status_code) == (404, 404)


def test_a_family_is_begun_and_joined_by_a_link_and_a_yes():
    shop, (ana, ana_member), (ben, ben_member) = _guests()
    assert "Collect as a family" in ana.get().content.decode()
    ana.post("family/", name="Köhler")
    ana.post("family/invitations/", note="Ben")
    page = ana.get("family/").content.decode()
    code = re.search(r"/family/yes/(\w+)/", page).group(1)
    asked = ben.get(f"family/yes/{code}/").content.decode()
    assert "Ana invites you into the family" in asked
    with tenant_context(shop):
        assert account_of(ben_member).family_id is None
    assert ben.post(f"family/yes/{code}/").status_code == 302
    page = ben.get("family/").content.decode()
    assert "Who has what" in page
    assert "Ana" in page
    with tenant_context(shop):
        together = balance(ana_member)[0] + balance(ben_member)[0]
    assert f"{together} points together" in page
    assert f"{together} points together for rewards" in ben.get().content.decode()
    assert ben.get(f"family/yes/{code}/").status_code == 409
    ben.post("family/leaving/")
    with tenant_context(shop):
        assert account_of(ben_member).family_id is None


def test_a_stranger_sees_what_it_is_and_signs_in_first():
    shop, (ana, _member), _ben = _guests()
    ana.post("family/", name="Köhler")
    ana.post("family/invitations/", note="")
    code = re.search(r"/family/yes/(\w+)/", ana.get("family/").content.decode()).group(1)
    page = Visitor(shop).get(f"family/yes/{code}/").content.decode()
    assert "Sign in to answer" in page
    assert "Yes, I join" not in page


def test_only_the_head_sees_the_buttons_of_a_head_and_parts():
    shop, (ana, _ana_member), (ben, ben_member) = _guests()
    ana.post("family/", name="Köhler")
    ana.post("family/invitations/", note="")
    code = re.search(r"/family/yes/(\w+)/", ana.get("family/").content.decode()).group(1)
    ben.post(f"family/yes/{code}/")
    assert "Invite somebody" not in ben.get("family/").content.decode()
    assert ben.post("family/invitations/", note="").status_code == 403
    ana.post(f"family/members/{ben_member.pk}/", act="head")
    with tenant_context(shop):
        assert Family.objects.get().head.member_id == ben_member.pk


def test_points_are_given_after_a_question_and_once():
    shop, (ana, ana_member), (_ben, ben_member) = _guests()
    with tenant_context(shop):
        before = balance(ana_member)[0], balance(ben_member)[0]
    key = _key(ana.get("give/"))
    asked = ana.post("give/", card=ben_member.number, points="30", message="For you", key=key)
    assert "30 points to Ben K.?" in asked.content.decode()
    with tenant_context(shop):
        assert PointTransfer.objects.count() == 0
    sure = {"card": ben_member.number, "points": "30", "message": "For you", "key": key, "sure": "yes"}
    for _press in range(2):
        assert ana.post("give/", **sure).status_code == 302
    with tenant_context(shop):
        assert (balance(ana_member)[0], balance(ben_member)[0]) == (before[0] - 30, before[1] + 30)
    assert "To Ben: For you" in ana.get("give/").content.decode()
    history = ana.get("history/").content.decode()
    assert "Given to another member" in history
    assert "to Ben: For you" in history


def test_refusals_stand_on_the_page_with_what_was_typed():
    _shop, (ana, _member), (_ben, ben_member) = _guests(minimum=50)
    key = _key(ana.get("give/"))
    page = ana.post("give/", card="123", points="30", key=key)
    assert page.status_code == 404
    assert "We know nobody with this card number." in page.content.decode()
    sure = {"card": ben_member.number, "points": "30", "key": key, "sure": "yes"}
    page = ana.post("give/", **sure)
    assert page.status_code == 422
    assert "At least 50 points can be given at a time." in page.content.decode()
    assert f'value="{ben_member.number}"' in page.content.decode()
