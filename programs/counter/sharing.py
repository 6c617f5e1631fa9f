"""What the counter shows of a family, and of giving points: read only where the business allows it."""

from dataclasses import dataclass

from programs.domain.sharing.pool import Pool
from programs.domain.sharing.terms import terms_of
from programs.models import SharingTerms
from programs.queries import AccountStanding


@dataclass(frozen=True, slots=True)
class SharingPanel:
    """The pool of the member's family, and what the owner allows."""

    terms: SharingTerms
    pool: Pool | None

    @property
    def is_shown(self) -> bool:
        return self.pool is not None or self.terms.has_families or self.terms.may_give


def sharing_panel(standing: AccountStanding | None) -> SharingPanel | None:
    """None while there is nothing to share."""
    if standing is None:
        return None
    panel = SharingPanel(terms_of(standing.program), standing.pool)
    return panel if panel.is_shown else None
