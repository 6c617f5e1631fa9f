"""What was held for a look elsewhere and came along: held here too, until somebody decides here."""

from collections.abc import Iterable

from programs.domain.reviews.holding import hold_points
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import ProgramKind, ReviewKind, ReviewSubject, Suspicion
from programs.models import Account, Entry, Review
from tenants.actors import Actor

# Of which kind a suspicion is that is not of the counter.
_KINDS = {
    Suspicion.FEEDING: ReviewKind.SHARING,
    **dict.fromkeys(
        (
            *(Suspicion.SAME_DEVICE, Suspicion.SAME_NETWORK, Suspicion.SAME_PHONE, Suspicion.SAME_CARD),
            *(Suspicion.SIMILAR_EMAIL, Suspicion.SAME_PERSON, Suspicion.TEAM, Suspicion.TOO_MANY),
        ),
        ReviewKind.REFERRAL,
    ),
}


def hold_brought(account: Account, entry: Entry, *, why: Iterable[str], silent: bool) -> Review | None:
    """Hold what an opening has just brought to a locked account, and open its review; None where nothing is left.

    `why` are the reasons of there; what is no reason of here is left out.
    """
    points = hold_points(account, entry, why="", by=Actor.system(), silent=silent)
    if not points:
        return None
    known = [Suspicion(reason) for reason in dict.fromkeys(why) if reason in Suspicion.values]
    reasons = [*(reason for reason in known if reason != Suspicion.BROUGHT), Suspicion.BROUGHT]
    return open_review(
        Seen(
            kind=_KINDS.get(reasons[0], ReviewKind.STAFF),
            subject_kind=ReviewSubject.ENTRY,
            subject_id=entry.pk,
            reasons=reasons,
            key=f"entry:{entry.pk}",
            member=account.member,
            points=points,
            is_held=True,
            evidence={"credit": str(points)} if account.program.kind == ProgramKind.CREDIT else {},
        )
    )
