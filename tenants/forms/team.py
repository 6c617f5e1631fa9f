"""Inviting people, and giving them a role."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.enums import Role, Scope

ROLE_HINTS = {
    Role.OWNER: _("Everything, also the team, the keys and closing the business"),
    Role.MANAGER: _("Everything but keys and owners"),
    Role.STAFF: _("The counter: find members, give points, redeem"),
    Role.ANALYST: _("Looks at everything, changes nothing"),
}


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=Role, widget=forms.RadioSelect, initial=Role.STAFF)


class JoinForm(forms.Form):
    """Asked of somebody who joins a team and has not said their name anywhere yet."""

    person = forms.CharField(
        label=_("Your name"), max_length=80, help_text=_("What your colleagues call you. Customers do not see it.")
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role, widget=forms.RadioSelect)


# What tills and shops need; giving points by hand is for those who know that they want it.
USUAL_SCOPES = [one for one in Scope if one != Scope.POINTS_WRITE]


class KeyForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=60, help_text=_("Such as “Till” or “Online shop”."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope, widget=forms.CheckboxSelectMultiple, initial=USUAL_SCOPES
    )
