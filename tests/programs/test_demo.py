from uuid import uuid4

from allauth.account.models import EmailAddress

from programs.demo.script import Person
from programs.demo.stage import make_person
from tests.threads import at_once


def test_one_who_is_in_two_samples_played_side_by_side_has_one_account() -> None:
    lena = Person("Lena", f"lena-{uuid4().hex}@example.com", "owner")
    made = at_once(make_person, [lena] * 6)
    assert made == [made[0]] * 6
    assert made[0].email == lena.email
    assert EmailAddress.objects.filter(email=lena.email, verified=True).count() == 1
