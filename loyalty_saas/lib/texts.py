"""What people type, made safe to keep: nothing is changed but the blanks around it and what turns other text round."""

import re

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

# Embeddings, overrides and isolates: a name with one of them turns round what stands beside it on somebody else's page.
# Arabic and Hebrew are written without; the marks that letters of both directions need (U+200E, U+200F) stay.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def without_turns(text: str) -> str:
    """The text without the characters that change the direction of what follows them."""
    return text if text.isascii() else _TURNS.sub("", text)


def tidy_text(text: str, *, field: str, longest: int, required: bool = False) -> str:
    """The text without blanks around it and without turns of direction; every other character stays as it was typed.

    Raises Invalid, naming `field`, for what PostgreSQL cannot keep (NUL, halves of a character), for more than
    `longest` characters, and for nothing at all where something is `required`.
    """
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(_("This holds a character that is no text. Please type it again."), code="no_text", field=field)
    tidy = without_turns(text).strip()
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
