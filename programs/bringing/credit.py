"""Store credit that members bring from another system, for its import (customers.imports.balances)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from customers.enums import Source
from customers.imports.balances import Brought
from customers.models import Member
from programs.bringing.points import net_of
from programs.domain.accounts import call_key
from programs.domain.credit.opening import open_credit
from programs.domain.credit.reading import credit_program
from programs.domain.debts import bring_debt
from programs.enums import ProgramStatus
from programs.errors import NoProgram
from programs.models import Entry
from tenants.actors import Actor


class StoreCredit:
    """Fills `customers.imports.balances` for files of store credit, which know no tiers."""

    def hindrance(self) -> str:
        program = credit_program()
        if program is None or program.status == ProgramStatus.DRAFT:
            return _("There is no store credit yet. Set it up and publish it first.")
        if program.status == ProgramStatus.PAUSED:
            return _("Store credit is paused. Let it go on first.")
        return ""

    def known(self, keys: Iterable[str]) -> set[str]:
        stored = {call_key(key): key for key in keys}
        return {stored[key] for key in Entry.objects.filter(key__in=stored).values_list("key", flat=True)}

    def points_of(self, members: Iterable[UUID]) -> dict[UUID, int]:
        return net_of(credit_program(), members)

    def tiers(self) -> Sequence[str]:
        return ()

    def bring(self, member: Member, brought: Brought, *, by: Actor, silent: bool) -> None:
        open_credit(
            member,
            amount=brought.points,
            by=by,
            key=brought.key,
            reason=_("Brought from before"),
            earned_at=brought.earned_at,
            last_day=brought.last_day,
            is_endless=brought.is_endless,
            waits_until=brought.waits_until,
            held=brought.held,
            source=Source.IMPORT,
            silent=silent,
        )

    def owe(self, member: Member, amount: int, *, key: str, by: Actor, silent: bool) -> None:
        program = credit_program()
        if program is None:
            raise NoProgram
        bring_debt(
            member,
            program,
            amount=amount,
            by=by,
            key=key,
            reason=_("Owed from before"),
            source=Source.IMPORT,
            silent=silent,
        )

    def place(self, member: Member, tier: str, *, until: date | None, key: str, by: Actor) -> None:
        raise NoProgram
