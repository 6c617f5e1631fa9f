"""What this app refuses, in words for people."""

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError, Forbidden, Invalid, NotFound


class SlugTaken(Invalid):
    code = "slug_taken"
    sentence = _("This address is taken. Try another one.")


class TooManyAddresses(Invalid):
    code = "too_many_addresses"
    sentence = _("A portal can have had %(most)d addresses, and this one has. Take one of its former ones.")

    def __init__(self, most: int) -> None:
        super().__init__(field="slug", params={"most": most})


class DomainNotUsable(Invalid):
    code = "domain_not_usable"
    sentence = _("This name belongs to Regulars. Take one of your own.")

    def __init__(self) -> None:
        super().__init__(field="host")


class DomainTaken(DomainError):
    """Somebody proved it; who is not told."""

    code = "domain_taken"
    sentence = _("This name is in use already. If it is yours, write to us.")

    def __init__(self) -> None:
        super().__init__(field="host")


class DomainThere(DomainError):
    code = "domain_there"
    sentence = _("This name is on your list already.")

    def __init__(self) -> None:
        super().__init__(field="host")


class TooManyDomains(DomainError):
    code = "too_many_domains"
    sentence = _("A business can have %(most)d names. Remove one first.")

    def __init__(self, most: int) -> None:
        super().__init__(field="host", params={"most": most})


class DomainNotProven(DomainError):
    code = "domain_not_proven"
    sentence = _("This name is not proven yet.")


class AlreadyInTeam(DomainError):
    code = "already_in_team"
    sentence = _("%(email)s is in the team already.")


class InvitationGone(NotFound):
    code = "invitation_gone"
    sentence = _("This invitation has been used, withdrawn or has run out. Ask for a new one.")


class InvitationForSomebodyElse(Forbidden):
    code = "invitation_for_somebody_else"
    sentence = _("This invitation was sent to %(email)s. Sign in with that address to accept it.")


class LastOwner(DomainError):
    code = "last_owner"
    sentence = _("A business needs an owner. Make somebody else an owner first.")


class OnlyOwners(Forbidden):
    code = "only_owners"
    sentence = _("Only an owner can change an owner, or make somebody one.")


class WeakPin(Invalid):
    code = "weak_pin"
    sentence = _("Choose 4 to 6 digits that are not all the same and not in a row.")
