"""How people's accounts behave: allauth, with what it leaves open closed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext, gettext_lazy

from loyalty_saas.lib.secrets import decrypt, encrypt
from tenants.models import User


class AccountAdapter(DefaultAccountAdapter):
    """E-mail and password; where a person lands is decided by the pages themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": gettext_lazy("This is not the code we sent. Look at it again, or ask for a new one."),
        "rate_limited": gettext_lazy("That was very quick. Wait a little, then try again."),
        # The same for a password and for a code: either way one begins again by signing in.
        "too_many_login_attempts": gettext_lazy("That was wrong too often. Wait a few minutes, then sign in again."),
    }


class MFAAdapter(DefaultMFAAdapter):
    """Authenticator secrets and recovery seeds are encrypted at rest (allauth's own keeps them readable)."""

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """What a passkey is called until its owner calls it otherwise: counted, so that two are told apart."""
        there = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": there + 1} if there else gettext("Passkey")

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
