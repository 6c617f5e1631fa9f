"""What an import of what other apps keep would do, in words."""

from typing import Any

from customers.imports.keeping import Planned
from customers.imports.kept_job import KeptJob

SHOWN = 8


def kept_preview(job: KeptJob) -> dict[str, Any]:
    found = job.sort(job.units)
    counts = job.counts | {
        "created": len(found.new),
        "unchanged": len(found.there),
        "looks": len(found.looks),
        "members": len({one.row.member.pk for one in found.new if one.row.member}),
    }
    return {
        "counts": counts,
        "refusals": sorted([*job.refusals, *found.refusals], key=lambda refusal: refusal.row),
        "rows": {
            "created": [_shown(one, one.words) for one in found.new[:SHOWN]],
            "unchanged": [_shown(one, one.words) for one in found.there[:SHOWN]],
            "looks": [_shown(one, one.look) for one in found.looks[:SHOWN]],
        },
    }


def _shown(one: Planned, words: str) -> dict[str, Any]:
    member = one.row.member
    return {"row": one.row.row, "member": str(member or ""), "id": str(member.pk) if member else "", "said": words}
