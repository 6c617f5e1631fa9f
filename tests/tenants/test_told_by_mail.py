"""Whoever's account is changed is told, also when somebody else did it."""

from django.core import mail

from tests.cast import Cast, sign_in

NEW = "staple over the moon"


def test_a_changed_password_is_told_by_mail(cast: Cast) -> None:
    browser = sign_in(cast.owner)
    answer = browser.post(
        "/account/password/change/",
        {
            "oldpassword": "correct horse battery",
            "password1": "staple over the moon",
            "password2": "staple over the moon",
        },
    )
    assert answer.status_code == 302
    [told] = [one for one in mail.outbox if "password" in one.subject.lower()]
    assert told.to == [cast.owner.user.email]
    assert "If this was you, there is nothing to do." in told.body
    assert "example.com" not in told.body
