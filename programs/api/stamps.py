"""Stamp cards through the API: how far a member's are, a stamp by hand, and what a purchase or a return did to them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.api.lookup import member_or_404
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.api.stamp_shapes import GivenStamps, NewStamps, StampCards
from programs.domain.stamps.giving import give_stamps
from programs.domain.stamps.reading import CardStanding, cards_of, filled_by
from programs.domain.stamps.taking import StampEffect
from programs.enums import Cause, EntryKind, ProgramKind
from programs.models import Entry, Program
from programs.words.stamps import earning, reward_of, why_stamps
from tenants.api.operations import Call, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope


class MemberStampCards(BusinessView):
    section = "Stamp cards"

    @operation(Scope.POINTS_READ, "List a member's stamp cards", StampCards)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """Every card that is running, begun or not, the fullest first."""
        return {"results": [_shown(card) for card in cards_of(member_or_404(member_id))]}


class MemberStamps(BusinessView):
    section = "Stamp cards"

    @operation(
        Scope.POINTS_WRITE,
        "Give stamps by hand",
        GivenStamps,
        status=201,
        body=NewStamps,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """Stamps for a purchase come with the purchase; this is for everything else. A full card becomes a voucher at
        once, and the next one begins."""
        member = member_or_404(member_id)
        program = Program.objects.filter(kind=ProgramKind.STAMPS, pk=call.values["card"]).first()
        if program is None:
            raise Invalid(_("There is no such card."), code="unknown_card", field="card")
        entry = give_stamps(
            member, program, stamps=call.values["stamps"], by=call.by, key=call.domain_key, source=Source.API
        )
        return {**_given(entry), "card": _shown(_of(member, program))}


def stamped_by(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """What a purchase did to stamp cards."""
    return [{**_given(entry), "card": entry.account.program_id} for entry in entries]


def stamps_of(cause: Cause, cause_id: UUID) -> list[Entry]:
    """The entries on stamp cards that a purchase or a return left."""
    found = Entry.objects.filter(cause=cause, cause_id=cause_id).exclude(kind=EntryKind.REDEEM)
    return list(found.select_related("account__program").order_by("account__program", "seq"))


def unstamped_by(effects: Iterable[StampEffect]) -> list[dict[str, Any]]:
    """What a return would do to stamp cards."""
    return [
        {
            "card": one.program.pk,
            "name": one.program.name,
            "stamps": one.stamps,
            "after": one.after,
            "owed": one.owed,
            "lost": one.lost,
        }
        for one in effects
    ]


def _of(member: Member, program: Program) -> CardStanding:
    return next(one for one in cards_of(member, only_running=False) if one.program.pk == program.pk)


def _given(entry: Entry) -> dict[str, Any]:
    vouchers = [one.vouchers.get().code for one in filled_by(entry)] if entry.amount > 0 else []
    return {
        "entry": entry.pk,
        "name": entry.account.program.name,
        "stamps": entry.amount,
        "vouchers": vouchers,
        "why": why_stamps(entry.snapshot),
    }


def _shown(card: CardStanding) -> dict[str, Any]:
    return {
        "id": card.program.pk,
        "name": card.program.name,
        "stamps": card.stamps,
        "slots": card.terms.slots,
        "missing": card.missing,
        "owed": card.owed,
        "finished": card.finished,
        "left_today": card.left_today,
        "reward": reward_of(card.terms),
        "earning": earning(card.counting),
        "expires": card.expires,
    }
