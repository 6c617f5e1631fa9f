"""What people type, made safe to keep: nothing is changed but the blanks around it."""

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid


def tidy_text(text: str, *, field: str, longest: int, required: bool = False) -> str:
    """The text without blanks around it; every other character stays as it was typed.

    Raises Invalid, naming `field`, for what PostgreSQL cannot keep (NUL, halves of a character), for more than
    `longest` characters, and for nothing at all where something is `required`.
    """
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(_("This holds a character that is no text. Please type it again."), code="no_text", field=field)
    tidy = text.strip()
    if required and not tidy:
        raise Invalid(_("Please fill this in."), code="required", field=field)
    if len(tidy) > longest:
        raise Invalid(
            _("This is too long: %(longest)s characters at most."),
            code="too_long",
            field=field,
            params={"longest": longest},
        )
    return tidy
