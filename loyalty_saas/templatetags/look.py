"""What the elements in templates/elements/ need from Python: attributes, controls of a form, names and colours."""

from __future__ import annotations

import re
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide as draw_icon

from loyalty_saas.lib.charts import Sparkline, sparkline_chart
from loyalty_saas.lib.devices import device_name
from loyalty_saas.lib.names import initials

register = template.Library()

HUES = 6


@register.simple_tag(name="lucide")
@lru_cache(maxsize=1024)
def icon(name: str, size: int = 24) -> SafeString:
    """An icon of Lucide by its name, as drawn by its library, once for each size: a page shows a hundred of them.

    Raises lucide.IconDoesNotExist.
    """
    return mark_safe(draw_icon(name, size=size))  # noqa: S308 - the library's own drawings


@register.filter
def attributes(attrs: Any) -> SafeString:
    """The attributes a page gave beyond those an element declares, escaped and ready to stand in a tag.

    True gives a bare attribute; False, None and "" leave it out, so that `:disabled="full"` does what it says.
    """
    given: Mapping[str, Any] = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs or {}
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(name)
        elif value is not False and value is not None and value != "":
            # A value with {{ }} in it comes escaped already; only its own quotes could still end the attribute.
            text = value.replace('"', "&quot;") if isinstance(value, SafeString) else escape(str(value))
            parts.append(f'{name}="{text}"')
    return mark_safe(" ".join(parts))  # noqa: S308 - every value was escaped above


@register.filter
def device(user_agent: str) -> str:
    """What a browser says of itself, as a person would: "Safari on iPhone"."""
    return device_name(user_agent)


@register.simple_tag
def fresh_id(prefix: str) -> str:
    """An id nothing else on the page has, for an element whose page gave none."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


@register.filter
def monogram(name: str | None) -> str:
    """The letters of an avatar: a name's initials, or the first letter of an e-mail address."""
    return initials(str(name or "").split("@")[0]) or "?"


@register.filter
def hue(name: str | None) -> int:
    """The number of the avatar's colour; the same name always has the same."""
    return zlib.crc32(str(name or "").strip().casefold().encode()) % HUES


@register.filter
def lookup(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """`mapping[key]` for a key that is a variable; "" when there is none."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def sparkline(values: Sequence[float] | Sparkline | None) -> Sparkline | None:
    """The geometry of a sparkline from plain numbers; nothing for fewer than two."""
    if values is None or isinstance(values, Sparkline):
        return values
    return sparkline_chart(values) if len(values) > 1 else None


@register.filter
def each_once(messages: Iterable[Any]) -> list[Any]:
    """The messages without those that say the same as one before: a form sent twice does its work once."""
    return list({(one.level, str(one), one.extra_tags): one for one in messages}.values())


@register.filter
def undo_url(message: Any) -> str:
    """Where to undo what a message tells, when it was added with `extra_tags="undo=/address/"`."""
    tags: str = message.extra_tags or ""
    found = next((word.removeprefix("undo=") for word in tags.split() if word.startswith("undo=/")), "")
    return "" if found.startswith("//") else found


@register.filter
def breakable(address: object) -> SafeString:
    """An e-mail address that, where it is too long for its line, breaks before its @ and dots and not in a word."""
    parts = re.split(r"(?=[@.])", str(address or ""))
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


@register.filter
def next_sort(key: str, current: str | None) -> str:
    """The sort a click on this column asks for: ascending first, then the other way round."""
    return f"-{key}" if current == key else key


@register.filter
def sort_state(key: str, current: str | None) -> str:
    """The aria-sort of a column: ascending, descending or none."""
    return {key: "ascending", f"-{key}": "descending"}.get(current or "", "none")


@register.filter
def control_kind(field: BoundField) -> str:
    """Which shape a form field takes: line, area, select, check, choices or file."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "area" if isinstance(widget, forms.Textarea) else "line"


NATIVE_TYPES: list[tuple[type[forms.Widget], str, str]] = [
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
]


def _speak_natively(widget: forms.Widget) -> None:
    """Dates and times use the browser's own picker, which takes ISO values whatever the language."""
    for kind, input_type, form in NATIVE_TYPES:
        if isinstance(widget, kind) and not isinstance(widget, forms.MultiWidget):
            widget.input_type, widget.format = input_type, form  # type: ignore[attr-defined]
            return


@register.simple_tag
def control(field: BoundField, extra: Any = None, *, css: str = "input", about: str = "", kind: str = "") -> str:
    """The control of a form field with our class, its help and error tied to it, and the page's own attributes.

    `kind` replaces the input's type (tel, email, search…); `extra` are attributes as `attributes` takes them.
    """
    widget = field.field.widget
    _speak_natively(widget)
    if widget.attrs.get("placeholder") == field.label:
        # The label says it already, and stays when the person types.
        del widget.attrs["placeholder"]
    if kind and isinstance(widget, forms.TextInput | forms.NumberInput):
        widget.input_type = kind
    given = extra.attrs_dict() if hasattr(extra, "attrs_dict") else dict(extra or {})
    attrs: dict[str, Any] = {name: value for name, value in given.items() if value not in (None, False, "")}
    own = str(widget.attrs.get("class", ""))
    attrs["class"] = f"{css} {own}".strip()
    described = described_by(field, about)
    if described:
        attrs["aria-describedby"] = described
    return field.as_widget(attrs=attrs)


@register.simple_tag
def described_by(field: BoundField, about: str = "") -> str:
    """The ids of a field's help and error, in the order they are read out."""
    parts = []
    if about or field.help_text:
        parts.append(f"{field.auto_id}_helptext")
    if field.errors:
        parts.append(f"{field.auto_id}_error")
    return " ".join(parts)


@register.filter
def stamp_places(of: int | str, count: int | str) -> list[bool]:
    """A place for each stamp of a card; the first `count` are stamped."""
    return [place < int(count or 0) for place in range(int(of or 0))]


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, name: str, value: object) -> str:
    """The address of this page with one parameter changed; a new sort starts again at the first page."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if name == "sort":
        for paging in ("page", "cursor"):
            query.pop(paging, None)
    query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def page_numbers(page: Page[Any]) -> list[int]:
    """The pages worth a link: both ends and the neighbours; 0 stands for a gap."""
    last = page.paginator.num_pages
    near = {1, last, *range(page.number - 1, page.number + 2)}
    shown: list[int] = []
    for number in sorted(n for n in near if 1 <= n <= last):
        if shown and number - shown[-1] == 2:
            shown.append(number - 1)
        elif shown and number - shown[-1] > 2:
            shown.append(0)
        shown.append(number)
    return shown
