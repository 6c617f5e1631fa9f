"""A merge undone: each record has again what was its own."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers import effects
from customers.domain.activity import record_activity
from customers.domain.locks import one_writer_of_members
from customers.domain.merging.agreements import part_consents
from customers.domain.merging.choices import FIELDS, FOUND_BY, GROUPS
from customers.domain.merging.finding import forget_count
from customers.domain.merging.patience import patiently
from customers.domain.merging.rows import fields_of, give_rows_back, lock_both, lock_purchases
from customers.domain.search_keys import renew_keys
from customers.domain.summaries import renew_summaries
from customers.enums import ActivityKind
from customers.errors import MergeTooOld, NewerMergeFirst
from customers.models import Member, Merge
from customers.models.merges import UNDO_FOR
from tenants.actors import Actor
from tenants.domain.audit import record_audit

_ADDRESSES = tuple(name for group in FOUND_BY for name in GROUPS[group])


def undo_merge(merge: Merge, *, by: Actor, source: str) -> Merge:
    """Part two records again, within 30 days. Undoing what is undone changes nothing.

    Both get back the details they had, unless somebody has changed them since; purchases, notes and tags go back to
    whose they were; what came after the merge stays with the kept record. Raises MergeTooOld, NewerMergeFirst (the
    kept record was merged again since), BeingServed. Locks as merging does.
    """
    one_writer_of_members()
    return patiently(lambda: _undo(merge, by=by, source=source))


def preview_undo(merge: Merge, *, by: Actor, source: str) -> Merge:
    """What undoing would do now, from doing it and taking it back."""
    with transaction.atomic():
        undone = undo_merge(merge, by=by, source=source)
        transaction.set_rollback(True)
    return undone


def _undo(merge: Merge, *, by: Actor, source: str) -> Merge:
    kept, absorbed = lock_both(merge.kept_id, merge.absorbed_id)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    merge.kept, merge.absorbed = kept, absorbed
    if merge.undone_at is not None:
        return merge
    _refuse(merge, kept)
    lock_purchases(kept, merge.moved["purchases"])
    _write_members(merge, kept, absorbed)
    give_rows_back(kept, absorbed, merge.moved)
    part_consents(kept, absorbed, merge.moved["consents"], since=merge.pk, by=by, source=source)
    renew_keys([kept, absorbed])
    renew_summaries([kept.pk, absorbed.pk])
    merge.undone_at = timezone.now()
    effects.merge_undone(merge, by=by, source=source, silent=False)
    merge.save(update_fields=["undone_at", "effects"])
    for member, other in ((kept, absorbed), (absorbed, kept)):
        payload = {"merge": str(merge.pk), "other": str(other.pk), "card": other.number}
        record_activity(ActivityKind.MEMBER_PARTED, by=by, source=source, member=member, payload=payload)
    forget_count()
    record_audit("members.parted", by=by, subject=kept, merge=str(merge.pk), absorbed=str(absorbed.pk))
    return merge


def _refuse(merge: Merge, kept: Member) -> None:
    later = Merge.objects.filter(kept=kept, undone_at=None, pk__gt=merge.pk)
    if kept.merged_into_id is not None or later.exists():
        raise NewerMergeFirst
    if timezone.now() > merge.can_be_undone_until:
        raise MergeTooOld(UNDO_FOR.days)


def _write_members(merge: Merge, kept: Member, absorbed: Member) -> None:
    before, after = merge.before, merge.after["kept"]
    now = fields_of(kept)
    ours = {name: before["kept"][name] if now[name] == after[name] else now[name] for name in FIELDS}
    theirs = dict(before["absorbed"])
    custom = {
        key: before["kept"]["custom"].get(key, value) if after["custom"].get(key) == value else value
        for key, value in kept.custom.items()
        if key in before["kept"]["custom"] or after["custom"].get(key) != value
    }
    for name in _ADDRESSES:
        setattr(absorbed, name, "")
        setattr(kept, name, "")
    absorbed.status, absorbed.merged_into = theirs["status"], None
    absorbed.save(update_fields=[*_ADDRESSES, "status", "merged_into", "updated_at"])
    kept.save(update_fields=[*_ADDRESSES, "updated_at"])
    for name in FIELDS:
        setattr(kept, name, ours[name])
        setattr(absorbed, name, theirs[name])
    _drop_taken(absorbed, but=kept)
    for name in _ADDRESSES:
        if getattr(absorbed, name) and getattr(absorbed, name) == getattr(kept, name):
            # Somebody wrote it on the kept record since: it goes back to whose it was.
            setattr(kept, name, before["kept"][name] if before["kept"][name] != getattr(absorbed, name) else "")
    _drop_taken(kept, but=absorbed)
    kept.custom = custom
    if now["joined_at"] == after["joined_at"]:
        kept.joined_at = datetime.fromisoformat(before["kept"]["joined_at"])
    kept.save(update_fields=[*FIELDS, "custom", "joined_at", "updated_at"])
    absorbed.save(update_fields=[*FIELDS, "updated_at"])


def _drop_taken(member: Member, *, but: Member) -> None:
    """An address that somebody else was given meanwhile stays theirs."""
    others = Member.objects.exclude(pk__in=(member.pk, but.pk))
    for name in ("email", "phone", "external_id"):
        value = getattr(member, name)
        if value and others.filter(**{name: value}).exists():
            setattr(member, name, "")
    if member.phone:
        member.claimed_phone = ""
