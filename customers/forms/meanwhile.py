"""A form about something that somebody else may be changing too.

It remembers what it showed, so that only what was typed into it is saved: what another tab or person changed meanwhile
stays, and where both changed the same, it says so and asks once more.
"""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_CHANGED = _("This was changed meanwhile, to “%(now)s”. Save again to have it as you typed it.")
_EMPTIED = _("This was emptied meanwhile. Save again to have it as you typed it.")


class ShownForm(forms.Form):
    """Give `initial` as things are now, and put `shown_now` into the page as the hidden field `shown`."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def shown_now(self) -> str:
        """What a page that is made now shows, as `shown` says it when it comes back."""
        return json.dumps(self._now())

    def clean(self) -> dict[str, Any]:
        """A field that both changed has an error, until it is sent from a page that knows of the other's."""
        data: dict[str, Any] = super().clean() or {}
        shown, now = self._shown(data.pop("shown", "")), self._now()
        for name in [one for one in now if one in shown and shown[one] != now[one]]:
            field = self.fields[name]
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if not field.has_changed(shown[name], typed):
                self.errors.pop(name, None)
                data[name] = field.clean(now[name])
            elif field.has_changed(now[name], typed):
                self.add_error(name, _CHANGED % {"now": self._said(field, now[name])} if now[name] else _EMPTIED)
        return data

    def _now(self) -> dict[str, Any]:
        """The values there are, as JSON has them."""
        names = [name for name in self.fields if name != "shown"]
        values = {name: self.get_initial_for_field(self.fields[name], name) for name in names}
        return {name: _plain(value) for name, value in values.items()}

    @staticmethod
    def _shown(text: str) -> dict[str, Any]:
        """What the page said it showed; nothing where it is no such thing, and then all that was typed counts."""
        try:
            shown = json.loads(text)
        except ValueError:
            return {}
        return shown if isinstance(shown, dict) else {}

    @staticmethod
    def _said(field: forms.Field, value: Any) -> str:
        """A value in the words of the page: of a choice its label."""
        for pk, label in getattr(field, "choices", ()):
            if str(pk) == str(value):
                return str(label)
        return str(_("yes")) if value is True else str(value)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
