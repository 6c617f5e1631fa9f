"""The words behind the numbers of the program's sentences: "1 point", "12 months", as they stand in the form."""

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from programs.forms.program import ProgramForm


def counted_words(form: ProgramForm) -> dict[str, str]:
    """By the name of the number's field: its word."""
    return {
        "earn_points": str(form["unit_one" if _number(form, "earn_points") == 1 else "unit_many"].value() or ""),
        "pending_days": ngettext("day", "days", _number(form, "pending_days")),
        "expiry_months": ngettext("month", "months", _number(form, "expiry_months")),
        "voucher_days": ngettext("day", "days", _number(form, "voucher_days")),
        "undo_minutes": ngettext("minute", "minutes", _number(form, "undo_minutes")),
    }


def _number(form: ProgramForm, name: str) -> int:
    """What stands in the field; several while it is empty or no number."""
    try:
        number: int | None = form.fields[name].clean(form[name].value())
    except ValidationError:
        return 2
    return 2 if number is None else number
