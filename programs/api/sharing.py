"""Families and points between members through the API."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from customers.api.lookup import member_or_404, wanted_member
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import NotFound
from programs.api.points import account_or_404
from programs.api.shapes import NoDetails
from programs.api.sharing_shapes import (
    MemberFamily,
    NewFamily,
    NewFamilyMember,
    NewInvitation,
    NewTransfer,
    ShownFamily,
    ShownInvitation,
    ShownTransfer,
    TransferPage,
    TransferQuery,
    TransferUndoing,
)
from programs.domain.sharing import families
from programs.domain.sharing.pool import pool_of
from programs.domain.sharing.terms import terms_of
from programs.domain.sharing.transfers import transfer_points, undo_transfer
from programs.models import Family, PointTransfer
from programs.queries import spendable_of
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope

SECTION = "Sharing"


class Transfers(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "List points between members", TransferPage, query=TransferQuery, refusals=(404,))
    def get(self, call: Call) -> Page:
        """What members gave to each other, and what was drawn from a family's pool for a reward, the newest first."""
        rows = PointTransfer.objects.select_related("giver", "receiver")
        if "member" in call.query:
            member = member_or_404(call.query["member"], "member")
            rows = rows.filter(Q(giver__member=member) | Q(receiver__member=member))
        found, following = page(rows, call.query)
        return Page([_transfer(one) for one in found], following)

    @operation(
        Scope.POINTS_WRITE,
        "Give points to another member",
        ShownTransfer,
        status=201,
        body=NewTransfer,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """They keep the days they have. Refused by the owner's rules: `sharing_off`, `transfer_too_small`,
        `transfer_month_full`, `too_new_to_give`, `not_in_family`; or `not_enough_points`."""
        transfer = transfer_points(
            wanted_member(call.values["giver"], "giver"),
            to=wanted_member(call.values["receiver"], "receiver"),
            points=call.values["points"],
            message=call.values["message"],
            by=call.by,
            key=call.domain_key,
            source=Source.API,
        )
        return _transfer(transfer)


class TransferUndo(BusinessView):
    section = SECTION

    @operation(
        Scope.POINTS_WRITE,
        "Undo giving points",
        ShownTransfer,
        status=201,
        body=TransferUndoing,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, transfer_id: UUID) -> dict[str, Any]:
        """What is still there goes back with the days it has; 409 `transfer_spent` when nothing is."""
        found = PointTransfer.objects.select_related("giver__member", "receiver__member").filter(pk=transfer_id).first()
        if found is None:
            raise NotFound
        reason = call.values["reason"]
        return _transfer(undo_transfer(found, by=call.by, reason=reason, key=call.domain_key, source=Source.API))


class MembersFamily(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "Read the family of a member", MemberFamily)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        account = account_or_404(member_or_404(member_id))
        family = families.family_of(account)
        return {
            "family": _family(family) if family else None,
            "spendable": spendable_of(account) if account.pk and not account._state.adding else 0,
        }


class MembersLeaving(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_WRITE, "Leave the family", MemberFamily, status=201, body=NoDetails, keyed=Keyed.REQUIRED)
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """With the member's own points. After a head, whoever has been in it longest is the head."""
        member = member_or_404(member_id)
        families.leave_family(member, by=call.by, source=Source.API)
        return {"family": None, "spendable": spendable_of(account_or_404(Member.objects.get(pk=member.pk)))}


class Families(BusinessView):
    section = SECTION

    @operation(
        Scope.POINTS_WRITE,
        "Begin a family",
        ShownFamily,
        status=201,
        body=NewFamily,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """409: `families_off`, `in_family_already`, `family_too_soon`."""
        head = wanted_member(call.values["head"], "head")
        return _family(families.found_family(head, name=call.values["name"], by=call.by, source=Source.API))


class OneFamily(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "Read a family", ShownFamily)
    def get(self, call: Call, family_id: UUID) -> dict[str, Any]:
        return _family(families.family_by_id(family_id))


class FamilyInvitations(BusinessView):
    section = SECTION

    @operation(
        Scope.POINTS_WRITE,
        "Invite into a family",
        ShownInvitation,
        status=201,
        body=NewInvitation,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, family_id: UUID) -> dict[str, Any]:
        """At the head's wish. Whoever is invited says yes with the code; nobody is put into a family."""
        made = families.invite(families.family_by_id(family_id), note=call.values["note"], by=call.by)
        path = reverse("portal:family_yes", kwargs={"business": call.tenant.slug, "code": made.code})
        link = f"{settings.SITE_URL.rstrip('/')}{path}"
        return {"code": made.code, "link": link, "note": made.note, "until": made.until}


class FamilyMembers(BusinessView):
    section = SECTION

    @operation(
        Scope.POINTS_WRITE,
        "Join a family",
        ShownFamily,
        status=201,
        body=NewFamilyMember,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call, family_id: UUID) -> dict[str, Any]:
        """409: `invitation_gone`, `family_full`, `in_family_already`, `family_too_soon`, `member_not_active`."""
        family = families.family_by_id(family_id)
        member = wanted_member(call.values["member"])
        joined = families.accept_invitation(call.values["code"], member=member, by=call.by, source=Source.API)
        if joined.pk != family.pk:
            raise NotFound
        return _family(joined)


class FamilyEnd(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_WRITE, "End a family", ShownFamily, status=201, body=NoDetails, keyed=Keyed.REQUIRED)
    def post(self, call: Call, family_id: UUID) -> dict[str, Any]:
        """Everybody keeps their own points."""
        families.dissolve_family(families.family_by_id(family_id), by=call.by, source=Source.API)
        return _family(families.family_by_id(family_id))


def _transfer(one: PointTransfer) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind,
        "giver": one.giver.member_id,
        "receiver": one.receiver.member_id,
        "points": one.points,
        "message": one.message,
        "redemption": one.redemption_id,
        "created_at": one.created_at,
        "undone_at": one.undone_at,
        "back": one.back_points,
    }


def _family(family: Family) -> dict[str, Any]:
    family = families.family_by_id(family.pk)
    pool = pool_of(family.head) if family.dissolved_at is None else None
    shares = pool.shares if pool else []
    return {
        "id": family.pk,
        "name": family.name,
        "head": family.head.member_id,
        "points": pool.points if pool else 0,
        "head_spends": terms_of(family.head.program).head_spends,
        "members": [
            {"member": one.member.pk, "points": one.points, "is_head": one.is_head, "since": one.since}
            for one in shares
        ],
        "dissolved_at": family.dissolved_at,
    }
