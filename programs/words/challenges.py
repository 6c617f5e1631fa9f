"""Challenges in words: what is asked, what it gives, and how far somebody is."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.domain.challenges.definition import Definition
from programs.domain.challenges.progress import Progress
from programs.domain.challenges.reading import Trial
from programs.domain.presents import gift_in_words
from programs.enums import ChallengeKind
from programs.models import Program
from programs.words.unit import in_points
from tenants.templatetags.show import day, money


def asks(definition: Definition) -> str:
    """ "Come on 5 days by 30 Nov 2026, each time for €5.00 or more"."""
    goods = ", ".join(definition.names.get(pk, "") for pk in definition.chosen)
    if definition.kind == ChallengeKind.COLLECT:
        said = _("Try each of these: %(goods)s") % {"goods": goods}
    elif definition.kind == ChallengeKind.STREAK:
        said = _("Come every week, %(weeks)d weeks in a row; one missed week is forgiven") % {"weeks": definition.goal}
    else:
        said = ngettext("Come on %(days)d day", "Come on %(days)d days", definition.goal) % {"days": definition.goal}
    parts = [said]
    if goods and definition.kind != ChallengeKind.COLLECT:
        parts.append(_("with one of: %(goods)s") % {"goods": goods})
    if definition.minimum:
        parts.append(_("each time for %(amount)s or more") % {"amount": money(definition.minimum)})
    if definition.first_day:
        parts.append(_("from %(day)s") % {"day": day(definition.first_day)})
    if definition.last_day:
        parts.append(_("by %(day)s") % {"day": day(definition.last_day)})
    return ", ".join(parts)


def gives(definition: Definition, program: Program) -> str:
    """ "50 points", "20% off"."""
    if definition.gift_kind:
        return gift_in_words(definition.gift_kind, definition.value, definition.names.get("product", ""))
    return in_points(program, definition.points)


def so_far(progress: Progress, definition: Definition) -> str:
    """ "3 of 5 days", "week 2 of 4, one missed week forgiven"."""
    values = {"done": progress.done, "goal": progress.goal}
    if definition.kind == ChallengeKind.COLLECT:
        return _("%(done)d of %(goal)d") % values
    if definition.kind == ChallengeKind.TIMES:
        return _("%(done)d of %(goal)d days") % values
    said = _("%(done)d of %(goal)d weeks") % values
    if progress.forgiven:
        said = _("%(said)s, one missed week forgiven") % {"said": said}
    if progress.done and not progress.this_week and not progress.is_done:
        said = _("%(said)s; not yet this week") % {"said": said}
    return said


def parts_of(trial: Trial) -> list[tuple[str, bool]]:
    """Of a set, each thing and whether it is there."""
    if trial.definition.kind != ChallengeKind.COLLECT:
        return []
    names = trial.definition.names
    everything = trial.result is not None
    return [(names.get(pk, ""), everything or pk in trial.progress.collected) for pk in trial.definition.chosen]


def shown(trial: Trial, program: Program) -> dict[str, object]:
    """A challenge as pages and the API show it."""
    return {
        "id": trial.challenge.pk,
        "name": trial.challenge.name,
        "kind": trial.definition.kind,
        "asks": asks(trial.definition),
        "gives": gives(trial.definition, program),
        "so_far": so_far(trial.progress, trial.definition),
        "done": trial.progress.done,
        "goal": trial.progress.goal,
        "percent": trial.progress.percent,
        "parts": parts_of(trial),
        "last_day": trial.definition.last_day,
        "is_done": trial.result is not None,
        "done_at": trial.result.done_at if trial.result else None,
    }
