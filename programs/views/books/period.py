"""What the pages of the books share: their tabs, the period that was asked for, and the names of the columns."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_saas.lib.days import add_months, asked_day, end_of_month
from programs.books import COLUMNS, Month, default_period, first_day
from programs.domain.accounts import points_program
from programs.enums import ProgramKind, ProgramStatus
from programs.models import Program
from tenants.access import BusinessRequest

# Ten years are what a table of months can bear.
MOST_MONTHS = 120


def asked_program(request: BusinessRequest) -> Program | None:
    """The program whose books are open: the one that was asked for, or else points, or else what there is."""
    programs = list(Program.objects.exclude(status=ProgramStatus.DRAFT).order_by("created_at", "pk"))
    asked = request.GET.get("program", "")
    chosen = next((one for one in programs if str(one.pk) == asked), None)
    usual = next((one for one in programs if one.kind == ProgramKind.POINTS), None) or points_program()
    return chosen or usual or next(iter(programs), None)


def program_query(program: Program) -> dict[str, str]:
    """What an address needs so that the books stay with this program; points need nothing."""
    return {} if program.kind == ProgramKind.POINTS else {"program": str(program.pk)}


def tabs(name: str, program: Program) -> list[tuple[str, str, bool, None]]:
    """The pages of a program's books, the one called `name` open."""
    pages = [
        ("books", _("Month by month")),
        ("places", _("By location")),
        ("liability", _("Liability")),
        ("expiring", _("Expiry")),
        ("breakage", _("Breakage")),
        ("journal", _("Journal")),
    ]
    query = urlencode(program_query(program))
    tail = f"?{query}" if query else ""
    return [(said, reverse(f"programs:{page}") + tail, page == name, None) for page, said in pages]


def asked_period(request: BusinessRequest, usual: tuple[date, date] | None = None) -> tuple[date, date]:
    """What was asked for, put right where it makes no sense; `usual` is what is shown when nothing was."""
    first, last = usual or default_period()
    first = asked_day(request.GET.get("from", "")) or first
    last = asked_day(request.GET.get("to", "")) or last
    first, last = min(first, last), max(first, last)
    return max(first, add_months(last, -MOST_MONTHS)), last


def periods(program: Program) -> list[tuple[str, str]]:
    """Periods to choose at a touch."""
    _first, today = default_period()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    before = add_months(month, -1)
    choices = [
        (_("This month"), month, today),
        (_("Last 6 months"), add_months(month, -5), today),
        (_("This year"), year, today),
        (_("Last 12 months"), add_months(month, -11), today),
    ]
    choices.insert(1, (_("Last month"), before, end_of_month(before)))
    oldest = first_day(program)
    if oldest is not None:
        choices.append((_("Since the beginning"), max(oldest, add_months(today, -MOST_MONTHS)), today))
    return [
        (str(name), "?" + urlencode({**program_query(program), "from": first.isoformat(), "to": last.isoformat()}))
        for name, first, last in choices
    ]


def column_names(*books: Month) -> dict[str, str]:
    """The columns of the books by name; those that are hardly ever used only where one of `books` has a figure."""
    names = {
        "issued": _("Issued"),
        "redeemed": _("Redeemed"),
        "restored": _("Given back"),
        "expired": _("Expired"),
        "reversed": _("Taken back"),
        "adjusted": _("By hand"),
        "transferred": _("Between cards"),
    }
    if not any(one.moved["transferred"] for one in books):
        del names["transferred"]
    return names


def entries_url(program: Program, first: date, last: date, column: str = "") -> str:
    """The entries behind a figure."""
    query: dict[str, object] = {**program_query(program), "from": first.isoformat(), "to": last.isoformat()}
    if column:
        query["kind"] = [str(kind) for kind in COLUMNS[column]]
    return f"{reverse('programs:entries')}?{urlencode(query, doseq=True)}"
