"""What is said of a field that was left empty."""

import pytest
from allauth.account.forms import SignupForm
from django import forms

from customers.forms.members import CustomFieldForm


class Typed(forms.Form):
    name = forms.CharField()
    size = forms.TypedChoiceField(choices=[("s", "Small")])
    agreed = forms.BooleanField()
    picture = forms.ImageField()
    day = forms.DateField()
    worded = forms.CharField(error_messages={"required": "Write how they are called."})


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", "Please fill this in."),
        ("size", "Please choose one."),
        ("agreed", "Please tick this to go on."),
        ("picture", "Please choose a file."),
        ("day", "Please choose a day."),
        ("worded", "Write how they are called."),
    ],
)
def test_a_field_left_empty_says_what_to_do(field: str, said: str) -> None:
    assert Typed({}).errors[field] == [said]


def test_forms_of_ours_and_of_the_sign_in_say_the_same() -> None:
    assert CustomFieldForm({}).errors["label"] == ["Please fill this in."]
    assert SignupForm({}).errors["email"] == ["Please fill this in."]
