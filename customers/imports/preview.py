"""What an import would do, said before it is done: counts, the first rows of each kind, and things to look at."""

from collections import Counter
from itertools import islice
from typing import Any

from customers.imports.balance_job import BalanceJob
from customers.imports.balance_rows import BalanceRow
from customers.imports.kept_job import KeptJob
from customers.imports.kept_preview import kept_preview
from customers.imports.member_job import MemberJob
from customers.imports.member_rows import MemberRow
from customers.imports.purchase_job import PurchaseJob
from customers.imports.receipts import Receipt, Refusal
from customers.imports.record_job import RecordJob, answer_here
from customers.imports.record_rows import RECORDS, RecordRow
from customers.imports.running import cells_of, make_job
from customers.models import Import, Member
from loyalty_saas.lib.money import format_money, minor_digits

SHOWN = 8
# Codes under which shops write what is no goods; only ever proposed.
_NO_GOODS_WORDS = (
    "POST POSTAGE DOT M D C2 S BANK AMAZONFEE CRUK PADS ADJUST SHIPPING SHIP DELIVERY VERSAND PORTO "
    "LIEFERUNG FEE FEES TIP TIPS TRINKGELD DISCOUNT RABATT GIFTCARD PFAND DEPOSIT"
)
_NO_GOODS = frozenset(_NO_GOODS_WORDS.split())
_NO_GOODS_PHRASES = ("BANK CHARGES", "GIFT CARD", "AMAZON FEE")


def make_preview(record: Import) -> dict[str, Any]:
    """Plan the whole import and write nothing but the plan. Call inside `tenant_context`. Raises Invalid."""
    job = make_job(record)
    preview = _planned(job)
    refusals: list[Refusal] = preview.pop("refusals")
    # Rows that only share the fate of their receipt come after those that are the cause.
    shown = sorted(refusals, key=lambda refusal: not refusal.column)[:SHOWN]
    cells = cells_of(record, {refusal.row for refusal in shown})
    preview["rows"]["refused"] = [
        {
            "row": refusal.row,
            "column": refusal.column,
            "reason": refusal.reason,
            "cells": [cell[:60] for cell in cells.get(refusal.row, [])][:40],
        }
        for refusal in shown
    ]
    preview["counts"]["refused"] = len(refusals)
    preview["reasons"] = Counter(refusal.reason for refusal in refusals).most_common(8)
    return preview


def _planned(job: Any) -> dict[str, Any]:
    if isinstance(job, RecordJob):
        return _records(job)
    if isinstance(job, KeptJob):
        return kept_preview(job)
    if isinstance(job, PurchaseJob):
        return _purchases(job)
    return _balances(job) if isinstance(job, BalanceJob) else _members(job)


def _balances(job: BalanceJob) -> dict[str, Any]:
    found = job.sort(job.units)
    differing = job.differences(found)
    counts = job.counts | {
        "created": len(found.new),
        "unchanged": len(found.there),
        "points": sum(row.points for row, _member in found.new),
        "tiers": sum(1 for row, _member in found.new if row.tier),
        "waiting": sum(row.points for row, _member in found.new if row.waits),
        "held": sum(row.points for row, _member in found.new if row.held),
        "owed": sum(row.owed for row, _member in found.new),
        "debts": sum(1 for row, _member in found.new if row.owed),
        "members": len({member.pk for row, member in found.new if row.points or row.tier}),
        "differing": len(differing),
    }
    return {
        "counts": counts,
        "refusals": sorted([*job.refusals, *found.refusals], key=lambda refusal: refusal.row),
        "rows": {
            "created": [_shown_balance(row, member) for row, member in found.new[:SHOWN]],
            "unchanged": [_shown_balance(row, member) for row, member in found.there[:SHOWN]],
            "differing": [
                {"member": str(member), "id": str(member.pk), "file": in_file, "here": here}
                for member, in_file, here in differing[:SHOWN]
            ],
        },
    }


def _records(job: RecordJob) -> dict[str, Any]:
    found = job.sort(job.units)
    kinds = Counter(row.record for row, _member in found.new)
    counts = job.counts | {
        "created": len(found.new),
        "unchanged": len(found.there),
        "older": len(found.older),
        **{f"{record}s": kinds[record] for record in RECORDS},
        "wrapped": sum(1 for row, _member in found.new if row.voucher is not None and row.voucher.is_wrapped),
        "members": len({member.pk for _row, member in found.new}),
    }
    return {
        "counts": counts,
        "refusals": sorted([*job.refusals, *found.refusals], key=lambda refusal: refusal.row),
        "rows": {
            "created": [_shown_record(row, member) for row, member in found.new[:SHOWN]],
            "unchanged": [_shown_record(row, member) for row, member in found.there[:SHOWN]],
            "older": [
                _shown_record(row, member) | {"here": bool(here and here.given)}
                for row, member in found.older[:SHOWN]
                for here in [answer_here(row, member)]
            ],
        },
    }


def _shown_record(row: RecordRow, member: Member) -> dict[str, Any]:
    return {
        "row": row.row,
        "member": str(member),
        "id": str(member.pk),
        "record": row.record,
        "said": row.voucher.name or row.voucher.code if row.voucher else row.text[:120],
        "given": row.given,
        "status": row.voucher.status if row.voucher else "",
        "at": row.at.isoformat() if row.at else "",
        "last_day": row.voucher.last_day.isoformat() if row.voucher else "",
    }


def _shown_balance(row: BalanceRow, member: Member) -> dict[str, Any]:
    return {
        "row": row.row,
        "member": str(member),
        "id": str(member.pk),
        "points": row.points,
        "owed": row.owed,
        "earned": row.earned_at.isoformat() if row.earned_at else "",
        "last_day": row.last_day.isoformat() if row.last_day else "",
        "is_endless": row.is_endless,
        "waits_until": row.waits_until.isoformat() if row.waits_until and row.waits else "",
        "is_held": bool(row.held),
        "tier": row.tier,
        "tier_until": row.tier_until.isoformat() if row.tier_until else "",
    }


def _purchases(job: PurchaseJob) -> dict[str, Any]:
    found = job.plan.sort(job.units)
    for receipt in found.new:
        if receipt.who is not None:
            job.plan.people.find_or_add(receipt.who, receipt.moment)
    items = dict.fromkeys(item for receipt in found.new for item in (*receipt.items, *receipt.back))
    net = sum(_net(receipt) for receipt in found.new)
    counts = job.counts | {
        "created": len(found.new),
        "unchanged": len(found.unchanged),
        "purchases": sum(1 for receipt in found.new if receipt.items),
        "returns": sum(1 for receipt in found.new if receipt.back),
        "guests": sum(1 for receipt in found.new if receipt.items and receipt.who is None),
        "members": len(job.plan.people.newcomers),
        "customers": len({receipt.who for receipt in job.units if receipt.who}),
        "products": len(job.plan.catalogue.missing(items)) if job.plan.catalogue.create else 0,
        "net": net,
    }
    moments = [receipt.moment for receipt in job.units]
    parsed = job.plan.parsed
    totals = {job.frame.currency: format_money(parsed.net, job.frame.currency)}
    digits = minor_digits(job.frame.currency)
    totals |= {code: f"{amount:.{digits}f}" for code, (_lines, amount) in parsed.foreign.items()}
    return {
        "counts": counts,
        "refusals": sorted([*job.refusals, *found.refusals], key=lambda refusal: refusal.row),
        "rows": {
            "created": [_shown(job, one) for one in islice((one for one in found.new if one.items), SHOWN)],
            "returned": [_shown(job, one) for one in islice((one for one in found.new if one.back), SHOWN)],
            "unchanged": [_shown(job, one) for one in found.unchanged[:SHOWN]],
        },
        "totals": totals,
        "first": moments[0].isoformat() if moments else "",
        "last": moments[-1].isoformat() if moments else "",
        "no_goods": _no_goods(parsed.codes),
        "unread_contacts": [contact[:60] for contact in parsed.unread_contacts[:SHOWN]],
        "unknown_places": Counter(job.plan.unknown_places()).most_common(8),
    }


def _net(receipt: Receipt) -> int:
    return sum(item.total for item in receipt.items) - sum(item.total for item in receipt.back)


def _shown(job: PurchaseJob, receipt: Receipt) -> dict[str, Any]:
    who = receipt.who
    name = f"{who.given_name} {who.family_name}".strip() if who else ""
    items = receipt.items or receipt.back
    return {
        "row": receipt.rows[0],
        "number": receipt.number,
        "moment": receipt.moment.isoformat(),
        "who": name or (who.identities()[0][1] if who else ""),
        "known": bool(who and job.plan.people.find(who) not in {None, *job.plan.people.newcomers}),
        "lines": len(receipt.items) + len(receipt.back),
        "what": (items[0].goods.name or items[0].goods.sku) if items else "",
        "total": format_money(_net(receipt), job.frame.currency),
    }


def _no_goods(codes: dict[str, int]) -> list[tuple[str, int]]:
    found = {
        code: lines for code, lines in codes.items() if code.upper() in _NO_GOODS or code.upper() in _NO_GOODS_PHRASES
    }
    return sorted(found.items(), key=lambda pair: -pair[1])


def _members(job: MemberJob) -> dict[str, Any]:
    found = job.sort(job.units)
    counts = job.counts | {
        "created": len(found.new),
        "updated": len(found.changed),
        "unchanged": len(found.unchanged),
        "points": sum(row.points for row in job.units),
        "consents": sum(1 for row in job.units for given in row.consents.values() if given),
    }
    return {
        "counts": counts,
        "refusals": sorted([*job.refusals, *found.refusals], key=lambda refusal: refusal.row),
        "rows": {
            "created": [_shown_member(row) for row in found.new[:SHOWN]],
            "updated": [
                _shown_member(row) | {"member": str(member), "fields": sorted(changes)}
                for row, member, changes in found.changed[:SHOWN]
            ],
            "unchanged": [_shown_member(row) for row, _member in found.unchanged[:SHOWN]],
        },
    }


def _shown_member(row: MemberRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "name": row.name,
        "email": row.values.get("email", ""),
        "phone": row.values.get("phone", ""),
        "external_id": row.values.get("external_id", ""),
        "number": row.number,
        "tags": list(row.tags),
        "points": row.points,
    }
