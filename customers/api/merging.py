"""Records of one person through the API: found, merged with a preview, and parted again."""

from typing import Any
from uuid import UUID

from customers.api.lookup import member_or_404
from customers.api.merging_shapes import DuplicateList, NewMerge, ShownMerge
from customers.domain.merging import find_duplicates, merge_members, preview_merge, preview_undo, undo_merge
from customers.enums import Source
from customers.models import Member, Merge
from loyalty_saas.lib.errors import NotFound
from tenants.api.operations import Call, Keyed, operation
from tenants.api.shapes import Shape
from tenants.api.views import BusinessView
from tenants.enums import Scope
from tenants.rows import row_by_id

SECTION = "Members"


class NoDetailsOfMerge(Shape):
    """Nothing more needs to be said."""


class Duplicates(BusinessView):
    section = SECTION

    @operation(Scope.MEMBERS_READ, "List duplicates", DuplicateList)
    def get(self, call: Call) -> dict[str, Any]:
        """Pairs that look like one person, by address, phone, or name and birthday."""
        return {
            "results": [
                {"kept": one.kept.pk, "other": one.other.pk, "reasons": [str(reason) for reason in one.reasons]}
                for one in find_duplicates()
            ]
        }


class MergePreviews(BusinessView):
    section = SECTION

    @operation(Scope.MEMBERS_WRITE, "See what merging would do", ShownMerge, body=NewMerge, refusals=(404,))
    def post(self, call: Call) -> dict[str, Any]:
        """Does it and takes it back, so that it cannot differ. Writes nothing."""
        kept, absorbed = _two(call)
        return _shown(
            preview_merge(kept, absorbed, by=call.by, source=Source.API, fields=call.values.get("fields_taken")),
            is_preview=True,
        )


class Merges(BusinessView):
    section = SECTION

    @operation(
        Scope.MEMBERS_WRITE,
        "Merge two members",
        ShownMerge,
        status=201,
        body=NewMerge,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Everything either has belongs to the kept record; points keep their days. The id, card and addresses of the
        other lead to it. 409: `merged_elsewhere`, `being_served`. Can be undone for 30 days."""
        kept, absorbed = _two(call)
        return _shown(
            merge_members(kept, absorbed, by=call.by, source=Source.API, fields=call.values.get("fields_taken"))
        )


class OneMerge(BusinessView):
    section = SECTION

    @operation(Scope.MEMBERS_READ, "Read a merge", ShownMerge)
    def get(self, call: Call, merge_id: UUID) -> dict[str, Any]:
        return _shown(_merge_or_404(merge_id))


class MergeUndoPreviews(BusinessView):
    section = SECTION

    @operation(Scope.MEMBERS_WRITE, "See what undoing a merge would do", ShownMerge, body=NoDetailsOfMerge)
    def post(self, call: Call, merge_id: UUID) -> dict[str, Any]:
        """`after` is what the kept record would be left with. Writes nothing."""
        return _shown(preview_undo(_merge_or_404(merge_id), by=call.by, source=Source.API))


class MergeUndo(BusinessView):
    section = SECTION

    @operation(Scope.MEMBERS_WRITE, "Undo a merge", ShownMerge, status=201, body=NoDetailsOfMerge, keyed=Keyed.REQUIRED)
    def post(self, call: Call, merge_id: UUID) -> dict[str, Any]:
        """Within 30 days. What was spent meanwhile stays spent. 409: `merge_too_old`, `newer_merge_first`."""
        return _shown(undo_merge(_merge_or_404(merge_id), by=call.by, source=Source.API))


def _two(call: Call) -> tuple[Member, Member]:
    """The two as they are: one that was merged is not taken for the kept one, so that the same call says the same."""
    kept = member_or_404(call.values["kept"], "kept")
    absorbed = row_by_id(Member, call.values["absorbed"])
    return kept, absorbed or member_or_404(call.values["absorbed"], "absorbed")


def _merge_or_404(pk: UUID) -> Merge:
    merge: Merge | None = Merge.objects.select_related("kept", "absorbed").filter(pk=pk).first()
    if merge is None:
        raise NotFound
    return merge


def _shown(merge: Merge, *, is_preview: bool = False) -> dict[str, Any]:
    return {
        "id": None if is_preview else merge.pk,
        "kept": merge.kept_id,
        "absorbed": merge.absorbed_id,
        "purchases": len(merge.moved.get("purchases", ())),
        "accounts": [_account(one) for one in merge.effects.get("programs", ())],
        "merged_at": merge.merged_at,
        "can_be_undone_until": merge.can_be_undone_until,
        "undone_at": merge.undone_at,
        "is_open": merge.is_open and not is_preview,
    }


def _account(record: dict[str, Any]) -> dict[str, Any]:
    """What the app above kept of one program, and of its undoing where it was undone."""
    seen, undone = record["seen"], record.get("undone")
    after = undone["kept"] if undone and "kept" in undone else seen["after"]
    return {"program": seen["program"], "before": seen["before"], "moved": seen["moved"], "after": after}
