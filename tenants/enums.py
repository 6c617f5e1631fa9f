"""The closed lists of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    STAFF = "staff", _("Staff")
    ANALYST = "analyst", _("Analyst")


class Trade(models.TextChoices):
    CAFE = "cafe", _("Café")
    BAKERY = "bakery", _("Bakery")
    RESTAURANT = "restaurant", _("Restaurant")
    BOUTIQUE = "boutique", _("Boutique")
    SALON = "salon", _("Hair or beauty salon")
    FITNESS = "fitness", _("Fitness studio")
    ONLINE = "online", _("Online shop")
    SERVICE = "service", _("Another service")
    SHOP = "shop", _("Another shop")


class ActorKind(models.TextChoices):
    """Who did it."""

    STAFF = "staff", _("Staff")
    MEMBER = "member", _("Member")
    API = "api", _("Connected system")
    IMPORT = "import", _("Import")
    SYSTEM = "system", _("Regulars")


class Scope(models.TextChoices):
    """What an API key may do."""

    MEMBERS_READ = "members:read", _("Read members")
    MEMBERS_WRITE = "members:write", _("Create and change members")
    PURCHASES_READ = "purchases:read", _("Read purchases")
    PURCHASES_WRITE = "purchases:write", _("Record purchases and returns")
    POINTS_READ = "points:read", _("Read balances and entries")
    POINTS_WRITE = "points:write", _("Adjust points")
    EVENTS_READ = "events:read", _("Read events and rules")
    EVENTS_WRITE = "events:write", _("Record events")
    REVIEWS_READ = "reviews:read", _("Read what is to be looked at, and recommendations")
    REVIEWS_WRITE = "reviews:write", _("Decide what is to be looked at, and recommendations")
    REWARDS_READ = "rewards:read", _("Read rewards")
    REWARDS_WRITE = "rewards:write", _("Redeem rewards and use vouchers")


class SeatState(models.TextChoices):
    """Of a business in a network."""

    ACTIVE = "active", _("Takes part")
    LEAVING = "leaving", _("Has given notice")
    LEFT = "left", _("Has left")


class DomainTrouble(models.TextChoices):
    """What a look at a domain's records found wrong."""

    NO_PROOF = "no_proof", _("The TXT record is not there yet.")
    OTHER_PROOF = "other_proof", _("The TXT record holds something else.")
    NO_ADDRESS = "no_address", _("The name does not lead anywhere yet.")
    OTHER_ADDRESS = "other_address", _("The name leads somewhere else.")
    TAKEN = "taken", _("This name is in use already.")
    SILENT = "silent", _("The DNS did not answer. We try again.")


class LetterOutcome(models.TextChoices):
    """What became of a letter that was owed."""

    SENT = "sent", _("Sent")
    NO_ADDRESS = "no_address", _("No e-mail")
    TOO_LATE = "too_late", _("Too late")
    NOT_WANTED = "not_wanted", _("Not needed any more")
    REFUSED = "refused", _("The address was refused")
    FAILED = "failed", _("Could not be sent")
