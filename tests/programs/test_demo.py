from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone

from programs.demo.clock import clock_at
from programs.demo.neighbour import BAKER, BEGAN, _found
from programs.demo.script import Person
from programs.demo.stage import make_person
from tenants.domain.networks.letters import letters_of_network
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.posting import send_owner_letters_of
from tests.cast import make_business, make_membership
from tests.threads import at_once


def test_one_who_is_in_two_samples_played_side_by_side_has_one_account() -> None:
    lena = Person("Lena", f"lena-{uuid4().hex}@example.com", "owner")
    made = at_once(make_person, [lena] * 6)
    assert made == [made[0]] * 6
    assert made[0].email == lena.email
    assert EmailAddress.objects.filter(email=lena.email, verified=True).count() == 1


def test_the_bakerys_invitation_of_long_ago_has_left() -> None:
    first, bakery = make_business(), make_business()
    for business in (first, bakery):
        make_membership(business, Role.OWNER)
    with clock_at(timezone.now() - timedelta(days=BEGAN)):
        _found(first, bakery)
    assert send_owner_letters_of(first) == 0
    with tenant_context(first):
        [letter] = letters_of_network()
        assert (letter.to, letter.letter.get_outcome_display()) == (BAKER.email, "Sent")
