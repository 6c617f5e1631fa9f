"""The places of the home page and the command palette that apps fill with what is theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from loyalty_saas.lib.slots import Panel, Slot
from tenants.permissions import Permission

# Small cards with one figure each, then wider panels below them. `load(request)` gives the context.
home_figures: Slot[Panel] = Slot("home.figures")
home_panels: Slot[Panel] = Slot("home.panels")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up; `is_done()` is asked inside the business.

    `does` is an address that does it at once when it is posted to, in the words of `doing`.
    """

    name: str
    title: str | Promise
    about: str | Promise
    url_name: str
    action: str | Promise
    is_done: Callable[[], bool]
    order: int
    permission: Permission
    does: str = ""
    doing: str | Promise = ""


checklist: Slot[Step] = Slot("home.checklist")


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of the palette."""

    text: str
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that the palette finds: `find(text)` is called inside the business."""

    name: str
    label: str | Promise
    find: Callable[[str], Iterable[Hit]]
    order: int
    permission: Permission


palette_sources: Slot[Source] = Slot("palette")


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, offered by the palette and found by its words and by `keywords`, what else people call it.

    One that is not `at_once` waits until it is asked for. Without a permission everybody may do it.
    """

    name: str
    label: str | Promise
    url_name: str
    icon: str
    order: int
    permission: Permission | None
    keywords: str | Promise = ""
    at_once: bool = True


palette_actions: Slot[Action] = Slot("palette.actions")
