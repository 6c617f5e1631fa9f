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


class NotInNetwork(NotFound):
    """The other business is told apart from none at all by nobody."""

    code = "not_in_network"
    sentence = _("These businesses are not in one network.")


class InNetworkAlready(DomainError):
    code = "in_network_already"
    sentence = _("You are in a network already. A business can be in one at a time.")


class OtherCurrency(DomainError):
    code = "other_network_currency"
    sentence = _(
        "This network counts in %(network)s, and your business in %(own)s. What one owes the other has to be in one"
        " currency, so you cannot join it."
    )

    def __init__(self, *, network: str, own: str) -> None:
        super().__init__(params={"network": network, "own": own})


class NetworkFull(DomainError):
    code = "network_full"
    sentence = _("A network has room for %(most)d businesses, and all places are taken.")

    def __init__(self, most: int) -> None:
        super().__init__(params={"most": most})


class RulesAgreed(DomainError):
    code = "network_rules_agreed"
    sentence = _("Others have agreed to these rules, so they stay as they are.")


class ChangeComing(DomainError):
    code = "network_change_coming"
    sentence = _("A change is agreed already. Propose the next one when it counts.")


class NothingProposed(NotFound):
    code = "network_nothing_proposed"
    sentence = _("Nothing is proposed any more, or its day has come before everybody agreed.")


class LeavingAlready(DomainError):
    code = "network_leaving_already"
    sentence = _("This business leaves the network already.")


class Excluded(DomainError):
    code = "network_excluded"
    sentence = _("Whoever leads the network has given notice to you. Only they can take it back.")


class NetworkBusy(DomainError):
    code = "network_busy"
    sentence = _("Somebody is being served with points of the network right now. Please try again in a moment.")


class NetworkInvitationGone(NotFound):
    code = "network_invitation_gone"
    sentence = _("This invitation has been used, withdrawn or has run out. Ask whoever invited you for a new one.")


class LetterNotNeeded(DomainError):
    code = "letter_not_needed"
    sentence = _("This letter is not needed any more: what it was about is answered, taken back or over.")


class RulesNotAgreed(Invalid):
    code = "network_rules_not_agreed"
    sentence = _("Read the rules, and say that you agree to them.")


class LastOwner(DomainError):
    code = "last_owner"
    sentence = _("A business needs an owner. Make somebody else an owner first.")


class OnlyOwners(Forbidden):
    code = "only_owners"
    sentence = _("Only an owner can change an owner, or make somebody one.")


class WeakPin(Invalid):
    code = "weak_pin"
    sentence = _("Choose 4 to 6 digits that are not all the same and not in a row.")
