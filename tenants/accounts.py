"""How people's accounts behave: allauth, with what it leaves open closed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from loyalty_saas.lib.secrets import decrypt, encrypt


class AccountAdapter(DefaultAccountAdapter):
    """E-mail and password; where a person lands is decided by the pages themselves."""


class MFAAdapter(DefaultMFAAdapter):
    """Authenticator secrets and recovery seeds are encrypted at rest (allauth's own keeps them readable)."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
