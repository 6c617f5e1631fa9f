"""What members share and what chance gave them: families, points that moved between cards, surprises, the network."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from customers.domain.identity import present_member
from loyalty_saas.lib.money import to_major
from programs.domain.accounts import points_program
from programs.domain.sharing.pool import shares_of
from programs.domain.sharing.terms import terms_of
from programs.enums import BroughtWhat
from programs.models import (
    Account,
    Family,
    FamilyInvitation,
    FamilyMember,
    NetworkCrossing,
    PointTransfer,
    SurpriseDraw,
)
from programs.takeout.brought import brought_rows
from tenants.domain.networks.reading import partners_of
from tenants.isolation import tenant_context
from tenants.models import NetworkSeat, Tenant
from tenants.takeout import Row, TakeoutFile, files, in_pieces

CARD = "card number"


def register() -> None:
    for one in (FAMILIES, TRANSFERS, SURPRISES, CROSSINGS):
        files.register(one)


def _card(account: Account) -> str:
    """The number under which the holder stands in members.csv, also where their records were merged since."""
    return present_member(account.member).number


def _families(tenant: Tenant) -> Iterator[Row]:
    def rows(members: list[FamilyMember]) -> Iterable[Row]:
        for one in members:
            family: Family = one.family
            # Of a family that has ended the last one.
            is_there = one.left_at is None or family.dissolved_at is not None
            is_head = family.head_id == one.account_id and is_there
            runs = is_head and family.dissolved_at is None
            yield [
                *(str(family.pk), family.name, _card(one.account), "head" if is_head else "member"),
                *(_moment(one.joined_at), one.way, _moment(one.left_at), one.why_left),
                *((pools.get(family.pk, 0), spends) if runs else ("", "")),
                *("", "", ""),
            ]

    def invitations(found: list[FamilyInvitation]) -> Iterable[Row]:
        for one in found:
            head = _card(one.family.head)
            yield [
                *(str(one.family_id), one.family.name, head, "invited", _moment(one.created_at), "", "", "", "", ""),
                *(one.code, one.note, _moment(one.until)),
            ]

    with tenant_context(tenant):
        program = points_program()
        spends = "head" if program is not None and terms_of(program).head_spends else "everybody"
        pools = _pools()
        now = timezone.now()
    yield from in_pieces(tenant, lambda: FamilyMember.objects.select_related("family", "account__member"), rows)
    still_open = Q(closed_at=None, until__gt=now, family__dissolved_at=None)
    yield from in_pieces(
        tenant,
        lambda: FamilyInvitation.objects.filter(still_open).select_related("family__head__member"),
        invitations,
    )


def _pools() -> dict[UUID, int]:
    """What each family has together."""
    accounts = {one.pk: one for one in Account.objects.filter(family__isnull=False).select_related("member")}
    pools: dict[UUID, int] = {}
    for pk, points in shares_of(list(accounts.values())).items():
        family: UUID = accounts[pk].family_id  # type: ignore[assignment]  # asked for
        pools[family] = pools.get(family, 0) + points
    return pools


def _transfers(tenant: Tenant) -> Iterator[Row]:
    def rows(transfers: list[PointTransfer]) -> Iterable[Row]:
        for one in transfers:
            reward = one.redemption.reward.name if one.redemption else ""
            yield [
                *(str(one.pk), one.kind, _card(one.giver), _card(one.receiver), one.points, one.message, reward),
                *(_moment(one.created_at), _moment(one.undone_at), one.undone_why, one.back_points),
            ]

    asked = ("giver__member", "receiver__member", "redemption__reward")
    yield from in_pieces(tenant, lambda: PointTransfer.objects.select_related(*asked), rows)
    yield from brought_rows(tenant, BroughtWhat.TRANSFER, TRANSFERS.columns)


def _surprises(tenant: Tenant) -> Iterator[Row]:
    def rows(draws: list[SurpriseDraw]) -> Iterable[Row]:
        for one in draws:
            surprise = one.surprise
            # Whoever knew the seed of one that runs would know who wins.
            seed = surprise.seed if surprise.ended_at else ""
            gave = "points" if one.entry_id else "voucher" if one.present_id else ""
            yield [
                *(str(one.pk), surprise.name, _card(one.account), str(one.purchase_id), one.day.isoformat()),
                *(one.place, one.roll, one.among, json.dumps(one.listed), "yes" if one.is_won else "no", one.refusal),
                *(gave, one.said, one.points, to_major(one.cost, tenant.currency), tenant.currency),
                *(_moment(one.drawn_at), _moment(one.taken_back_at), surprise.commitment, seed),
            ]

    yield from in_pieces(tenant, lambda: SurpriseDraw.objects.select_related("surprise", "account__member"), rows)
    yield from brought_rows(tenant, BroughtWhat.DRAW, SURPRISES.columns)


def _crossings(tenant: Tenant) -> Iterator[Row]:
    with tenant_context(tenant):
        seats = {seat.network_id: seat for seat in NetworkSeat.objects.order_by("joined_at")}
        names = {one.pk: one.name for seat in seats.values() for one in partners_of(seat, and_left=True)}

    def rows(crossings: list[NetworkCrossing]) -> Iterable[Row]:
        for one in crossings:
            seat = seats.get(one.network_id)
            reward = one.redemption.reward.name if one.redemption else ""
            yield [
                *(str(one.crossing_id), seat.name if seat else "", names.get(one.partner_id, str(one.partner_id))),
                *(one.kind, _card(one.account), one.points, to_major(one.amount, tenant.currency), tenant.currency),
                *(reward, _moment(one.occurred_at), _text(one.reverses)),
            ]

    yield from in_pieces(
        tenant, lambda: NetworkCrossing.objects.select_related("account__member", "redemption__reward"), rows
    )
    yield from brought_rows(tenant, BroughtWhat.CROSSING, CROSSINGS.columns)


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _text(value: UUID | None) -> str:
    return str(value) if value else ""


FAMILIES = TakeoutFile(
    "families.csv",
    "Who belongs to which family, and who did before; their points stand on their own cards in balances.csv.",
    [
        ("family", "rows with the same one are one family"),
        ("family name", "what it is called"),
        (CARD, "number of the member's card"),
        ("part", "head (who invites and removes), member, or invited: an invitation that is open, at the head's card"),
        ("joined", "since when; of an invitation when it was sent"),
        ("joined by", "founded, portal, counter, api, or merged"),
        ("left", "when; empty for who belongs to it today"),
        ("why left", "left, removed, dissolved, gone, or merged"),
        ("pool points", "what all of them had together, on the row of the head"),
        ("who may spend", "the pool: everybody of it, or the head alone; on the row of the head"),
        ("invitation", "its code: whoever has it may say yes, once"),
        ("invited", "whom the head meant it for"),
        ("good until", "until when one may say yes"),
    ],
    _families,
    order=32,
)
TRANSFERS = TakeoutFile(
    "transfers.csv",
    "Points that members gave each other (gift), or a family's redemption drew from the cards of others (family).",
    [
        ("transfer", "its id"),
        ("kind", "gift or family"),
        ("from card", "number of the card they left"),
        ("to card", "number of the card they came to"),
        ("points", "how many"),
        ("message", "what was written with a gift"),
        ("reward", "what they were drawn for"),
        ("moved", "when"),
        ("undone", "when"),
        ("why undone", "the reason that was given"),
        ("points back", "how many went back then; the others were spent or had lapsed"),
    ],
    _transfers,
    order=33,
)
SURPRISES = TakeoutFile(
    "surprises.csv",
    "Every draw of a surprise, so that anybody can repeat it: who took part, what was rolled, what was won.",
    [
        ("draw", "its id"),
        ("surprise", "what it is called"),
        (CARD, "number of the member's card"),
        ("purchase", "id of the purchase it was drawn for, as in tables/customers_purchase.csv"),
        ("day", "the day it counts for"),
        ("place", "0 for a purchase; of a day's draw, which winner"),
        ("roll", "what was rolled: below `among`, 0 wins; of a day, the place of the winner in `listed`"),
        ("among", "out of how many"),
        ("listed", "who could win that day (JSON)"),
        ("won", "yes or no"),
        ("refused", "why what was won was not given: budget, lately, over"),
        ("gave", "points or voucher"),
        ("said", "what it was"),
        ("points", "how many"),
        ("cost", "what it counted in the month's budget"),
        ("currency", "ISO 4217"),
        ("drawn", "when"),
        ("taken back", "when the purchase came back"),
        ("commitment", "SHA-256 of the seed, shown from the start"),
        ("seed", "the seed itself, once the surprise has ended"),
    ],
    _surprises,
    order=34,
)
CROSSINGS = TakeoutFile(
    "network.csv",
    "Points that left for other businesses of a network, or came from them, as your statements count them.",
    [
        ("crossing", "its id, the same in the other business's file"),
        ("network", "what it is called"),
        ("business", "the other one"),
        ("kind", "spent, or home where the reward was undone"),
        (CARD, "number of the member's card with you"),
        ("points", "plus: they came; minus: they left"),
        ("amount", "plus: owed to you; minus: owed by you"),
        ("currency", "ISO 4217"),
        ("reward", "what you gave for them; what others gave stays with them"),
        ("when", "the moment"),
        ("undoes", "which crossing it takes back"),
    ],
    _crossings,
    order=35,
)
