"""Two records of one person become one."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from customers import effects
from customers.domain.activity import record_activity
from customers.domain.locks import one_writer_of_members
from customers.domain.merging.agreements import join_consents
from customers.domain.merging.choices import FOUND_BY, GROUPS, checked_choices, default_choices, take
from customers.domain.merging.finding import forget_count
from customers.domain.merging.patience import patiently
from customers.domain.merging.rows import close_doors, fields_of, lock_both, lock_purchases, move_rows
from customers.domain.search_keys import renew_keys
from customers.domain.summaries import renew_summaries
from customers.enums import ActivityKind, MemberStatus
from customers.errors import MergedElsewhere, SameRecord
from customers.models import KnownApart, Member, Merge
from tenants.actors import Actor
from tenants.domain.audit import record_audit

_CHANGED = [*(name for names in GROUPS.values() for name in names), "custom", "joined_at", "updated_at"]


def merge_members(
    kept: Member, absorbed: Member, *, by: Actor, source: str, fields: Collection[str] | None = None
) -> Merge:
    """Make `absorbed` a part of `kept`, with everything either has; the merge, which can be undone for 30 days.

    `fields` names what is taken from the absorbed record (`choices_of`; None: what `default_choices` proposes). Its
    row stays: its id, card, e-mail, phone and outside id lead to the kept one. The same two again give the first
    merge. Raises SameRecord, MergedElsewhere, BeingServed, Invalid, and what refuses it in the apps above. Locks both
    members, the purchases of the absorbed one, then what the apps above need; it never waits for long while it does.
    """
    one_writer_of_members()
    return patiently(lambda: _merge(kept, absorbed, fields, by=by, source=source))


def preview_merge(
    kept: Member, absorbed: Member, *, by: Actor, source: str, fields: Collection[str] | None = None
) -> Merge:
    """What merging would do, from doing it and taking it back: it cannot differ from what will happen."""
    with transaction.atomic():
        merge = merge_members(kept, absorbed, by=by, source=source, fields=fields)
        transaction.set_rollback(True)
    return merge


def _merge(kept: Member, absorbed: Member, fields: Collection[str] | None, *, by: Actor, source: str) -> Merge:
    if kept.pk == absorbed.pk:
        raise SameRecord
    kept, absorbed = lock_both(kept.pk, absorbed.pk)
    if absorbed.merged_into_id == kept.pk:
        return _merged_before(kept, absorbed)
    if kept.merged_into_id or absorbed.merged_into_id:
        raise MergedElsewhere
    lock_purchases(absorbed)
    taken = default_choices(kept, absorbed) if fields is None else checked_choices(kept, absorbed, fields)
    merge = Merge(
        kept=kept,
        absorbed=absorbed,
        before={"kept": fields_of(kept), "absorbed": fields_of(absorbed)},
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label[:80],
    )
    _write_members(kept, absorbed, taken)
    merge.after = {"kept": fields_of(kept), "absorbed": fields_of(absorbed)}
    merge.moved = {
        **move_rows(kept, absorbed),
        "consents": join_consents(kept, absorbed, by=by, source=source),
    }
    close_doors(absorbed)
    renew_keys([absorbed, kept])
    renew_summaries([kept.pk, absorbed.pk])
    first, second = sorted((kept.pk, absorbed.pk))
    KnownApart.objects.filter(first=first, second=second).delete()
    merge.save(force_insert=True)
    effects.member_merged(merge, by=by, source=source, silent=False)
    merge.save(update_fields=["effects"])
    payload = {"merge": str(merge.pk), "absorbed": str(absorbed.pk), "card": absorbed.number}
    record_activity(ActivityKind.MEMBER_MERGED, by=by, source=source, member=kept, payload=payload)
    forget_count()
    record_audit("members.merged", by=by, subject=kept, merge=str(merge.pk), absorbed=str(absorbed.pk))
    return merge


def _write_members(kept: Member, absorbed: Member, taken: Collection[str]) -> None:
    """Each address is on one record at any moment, as the database demands: first off the one, then on the other."""
    earlier: datetime = min(kept.joined_at, absorbed.joined_at)
    take(kept, absorbed, taken)
    kept.joined_at = earlier
    found_by = {name: getattr(absorbed, name) for group in FOUND_BY for name in GROUPS[group]}
    for name in found_by:
        setattr(absorbed, name, "")
    absorbed.status, absorbed.merged_into = MemberStatus.MERGED, kept
    absorbed.save(update_fields=[*found_by, "status", "merged_into", "updated_at"])
    kept.save(update_fields=_CHANGED)
    for name, value in found_by.items():
        setattr(absorbed, name, value)
    absorbed.save(update_fields=[*found_by, "updated_at"])


def _merged_before(kept: Member, absorbed: Member) -> Merge:
    merge: Merge | None = Merge.objects.filter(absorbed=absorbed, undone_at=None).first()
    if merge is None or merge.kept_id != kept.pk:
        raise MergedElsewhere
    return merge
