"""What the network refuses, in sentences for the member and for the person at the counter."""

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from programs.errors import LedgerConflict


class CrossingUnexpected(LedgerConflict):
    """Points of other businesses were needed when accounts were locked already: no moment to wait for the turn."""


class LinkedElsewhere(DomainError):
    code = "linked_to_another"
    sentence = _(
        "This card of the other business is linked to somebody else here. Ask the team to look at both records."
    )


class ProofOver(NotFound):
    code = "network_proof_over"
    sentence = _("This took too long, or was meant for another business. Please begin again.")


class PartnerCardOver(Invalid):
    code = "partner_card_over"
    sentence = _("The card was shown more than ten minutes ago. Scan it once more, fresh from the phone.")


class NoPartnerCard(Invalid):
    """Said alike of a card of nobody, an outdated one and one of somebody who cannot take part."""

    code = "no_partner_card"
    sentence = _(
        "This is no card of a business in your network, or it is a picture of one. Ask for the card fresh on the phone."
    )

    def __init__(self) -> None:
        super().__init__(field="code")


class MonthOpen(DomainError):
    code = "month_open"
    sentence = _("This month is not over yet.")


class SidesDiffer(DomainError):
    """Nothing is closed then, and somebody has to look."""

    code = "network_sides_differ"
    sentence = _("The two sides of this month do not agree. Nothing was closed; please tell us.")


class NothingOwedToUs(DomainError):
    """Whoever pays cannot say that it has arrived."""

    code = "network_nothing_owed"
    sentence = _("Nothing is owed to you here. Whoever receives the money marks it as received.")
