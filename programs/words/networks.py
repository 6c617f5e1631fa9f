"""The rules of a network in plain words, as they are read before anybody agrees to them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_saas.lib.money import format_money
from programs.enums import RewardKind
from tenants.domain.networks.changing import AGREED, KEPT, PROPOSED
from tenants.domain.networks.excluding import NOTICE, STAYS
from tenants.domain.networks.inviting import OFFERED
from tenants.domain.networks.terms import Terms
from tenants.isolation import current_tenant
from tenants.templatetags.show import number


def changes_in_words(now: Terms, then: Terms, currency: str) -> list[tuple[str, str, str]]:
    """What is different: what it is about, how it is today, and how it is to be."""
    locale = current_tenant().locale

    def limit(terms: Terms) -> str:
        return number(terms.day_limit) if terms.day_limit is not None else _("no limit")

    def kinds(terms: Terms) -> str:
        return ", ".join(str(RewardKind(kind).label) for kind in terms.kinds) or _("all of them")

    def share(terms: Terms) -> str:
        return _("%(share)s percent") % {"share": number(terms.share)}

    def worth(terms: Terms) -> str:
        return format_money(terms.value, currency, locale)

    rows = [
        (_("What 100 points are worth"), worth(now), worth(then)),
        (_("Share that is paid"), share(now), share(then)),
        (_("Most points of one member in a day"), limit(now), limit(then)),
        (_("Rewards that count"), kinds(now), kinds(then)),
    ]
    return [row for row in rows if row[1] != row[2]]


# What a letter to an owner is about, by its kind.
LETTER_WORDS = {
    OFFERED: gettext_lazy("Invitation to the network"),
    PROPOSED: gettext_lazy("Other rules are proposed"),
    AGREED: gettext_lazy("Other rules are agreed"),
    KEPT: gettext_lazy("The rules stay as they are"),
    NOTICE: gettext_lazy("Notice was given to you"),
    STAYS: gettext_lazy("You stay in the network"),
}


def rules_in_words(terms: Terms, currency: str) -> list[str]:
    """A sentence for each rule, with the sum that an example comes to."""
    locale = current_tenant().locale
    worth, paid = (format_money(one, currency, locale) for one in (terms.value, terms.amount_for(100)))
    said = [
        _("Members earn points where they buy, by that business’s own rules, and can spend them in every other one."),
        _(
            "100 points are worth %(worth)s between the businesses. Of it %(share)s percent are paid: whoever gave the"
            " points owes %(paid)s for 100 of them to whoever gives the reward."
        )
        % {"worth": worth, "share": number(terms.share), "paid": paid},
    ]
    if terms.kinds:
        kinds = ", ".join(str(RewardKind(kind).label) for kind in terms.kinds)
        said.append(_("Points of others can be spent on: %(kinds)s.") % {"kinds": kinds})
    else:
        said.append(_("Points of others can be spent on every reward."))
    if terms.day_limit is not None:
        said.append(
            _("One business lets go at most %(points)s points of one member in a day.")
            % {"points": number(terms.day_limit)}
        )
    return [
        *said,
        _("Points expire by the rule of the business that gave them, wherever they are spent."),
        _("Every month closes with a statement for each business: what it owes each other one, and what it is owed."),
        _(
            "Whoever leaves gives notice, and takes part until the end of the next month. Points stay where they were"
            " earned, and can be spent there. The last statement follows when that month is over."
        ),
        _(
            "Other rules count only when every business has agreed to them, and from a day to come. Whoever leads the"
            " network can give notice to another business, for the same time."
        ),
        _("Each business sees its own members and its own sums. Members agree for themselves, and can take it back."),
    ]
