"""History that came along from elsewhere goes along once more, as it stood in its file."""

from collections.abc import Iterable, Iterator, Sequence

from customers.domain.identity import present_member
from customers.enums import ImportKind
from customers.imports.fields import FIELDS
from programs.enums import BroughtWhat
from programs.models import BroughtFact
from tenants.models import Tenant
from tenants.takeout import Row, in_pieces


def brought_rows(tenant: Tenant, what: BroughtWhat, columns: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """The rows of one kind, in the columns of its file."""
    known = {name: one.key for one in FIELDS[ImportKind.HISTORY] for name in one.known_as}
    keys = [known[heading] for heading, _about in columns]

    def rows(facts: list[BroughtFact]) -> Iterable[Row]:
        for one in facts:
            whose = {"number": present_member(one.member).number}
            if one.other is not None:
                whose["other"] = present_member(one.other).number
            yield [whose.get(key) or one.cells.get(key, "") for key in keys]

    return in_pieces(tenant, lambda: BroughtFact.objects.filter(what=what).select_related("member", "other"), rows)
