"""What is played: the businesses, what they sell, how their guests behave. Prices in minor units, tax included."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    sku: str
    name: str
    category: str
    price: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class SampleBenefit:
    """Something a tier brings by itself; a product by its number."""

    kind: str
    gift_kind: str = ""
    value: int = 0
    sku: str = ""
    days: int = 0
    text: str = ""
    in_days: int | None = None


@dataclass(frozen=True, slots=True)
class SampleTier:
    """`invites` is how many members the owner places in one by invitation, at the end of the play."""

    name: str
    threshold: int
    multiplier: int
    benefits: str
    works: tuple[SampleBenefit, ...] = ()
    by_invitation: bool = False
    invites: int = 0


@dataclass(frozen=True, slots=True)
class SampleRule:
    """An earning rule that begins so many days before the end of the play; goods by the names of categories."""

    name: str
    effect: str
    amount: int
    categories: tuple[str, ...] = ()
    days: int = 100
    when: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleStampCard:
    """A stamp card that begins so many days before the end of the play; goods by the names of categories."""

    name: str
    slots: int
    reward: str
    counts: str = "visit"
    categories: tuple[str, ...] = ()
    most_in_day: int | None = 1
    sku: str = ""
    days: int = 120


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """A paid membership that some of the tier `of` begin so many days before the end; one more wishes for it."""

    name: str
    price: int
    tier: str
    of: str
    description: str = ""
    tax_words: str = ""
    days: int = 26
    members: int = 6


@dataclass(frozen=True, slots=True)
class SampleCashBack:
    """Cash-back that begins so many days before the end of the play; `used` is the share of visits that pay with it."""

    name: str
    rate: int
    minimum: int = 0
    pending_days: int = 0
    expiry_months: int | None = 12
    days: int = 45
    used: float = 0.35


@dataclass(frozen=True, slots=True)
class SampleSurprise:
    """Something given by chance; a product by its number, everything else as `SurpriseTerms` has it."""

    name: str
    terms: Mapping[str, Any] = field(default_factory=dict)
    sku: str = ""


@dataclass(frozen=True, slots=True)
class SampleChallenge:
    """One that begins so many days before the end of the play, and ends so many after it; goods by their names."""

    name: str
    kind: str
    goal: int = 1
    points: int = 0
    gift_kind: str = ""
    value: int = 0
    sku: str = ""
    minimum: int = 0
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    began: int = 30
    ends: int | None = 14


@dataclass(frozen=True, slots=True)
class SampleReward:
    name: str
    kind: str
    cost: int
    value: int = 0
    sku: str = ""
    description: str = ""
    tier: str = ""
    stock: int | None = None
    limit: int | None = None
    # Days after the end of the play on which an event begins, and further fields of the reward as they are.
    in_days: int | None = None
    more: Mapping[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    charity: str = ""
    # Name, kind, value, weight and cost of what can come out.
    prizes: tuple[tuple[str, str, int, int, int], ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleGesture:
    """Something made right: for the reason in that place of the list, with points, money off or a product."""

    reason: int
    kind: str
    amount: int = 0
    sku: str = ""
    at_once: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of guest behaves: how many there are, visits a month, for which part of the year they come."""

    name: str
    share: float
    visits_a_month: float
    stays: float = 1.0
    redeems: float = 0.5


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: str
    pin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One business to be played: `hours` are (hour, weight), `months` weights, `closed` weekdays (Monday is 0)."""

    slug: str
    name: str
    trade: str
    country: str
    currency: str
    language: str
    time_zone: str
    color: str
    tagline: str
    story: str
    values: str
    locations: tuple[str, ...]
    people: tuple[Person, ...]
    items: tuple[Item, ...]
    most_items: int
    tax_percent: int
    members: int
    habits: tuple[Habit, ...]
    hours: tuple[tuple[int, int], ...]
    months: tuple[float, ...]
    closed: tuple[int, ...] = ()
    program: dict[str, object] = field(default_factory=dict)
    tiers: tuple[SampleTier, ...] = ()
    rules: tuple[SampleRule, ...] = ()
    stamp_cards: tuple[SampleStampCard, ...] = ()
    cash_back: SampleCashBack | None = None
    plan: SamplePlan | None = None
    challenges: tuple[SampleChallenge, ...] = ()
    rewards: tuple[SampleReward, ...] = ()
    given_names: tuple[str, ...] = ()
    family_names: tuple[str, ...] = ()
    phone: str = ""
    preferences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    returns: float = 0.0
    # The share of visits after which something is made right, and what is given then.
    goodwill: float = 0.0
    gestures: tuple[SampleGesture, ...] = ()
    # The share of those who join lately by a member's word, and what is promised for it.
    friends: float = 0.0
    offer: dict[str, object] = field(default_factory=dict)
    # Whether events of its own happen besides purchases.
    happenings: bool = False
    # What members may do with each other's points, where they may.
    sharing: dict[str, object] = field(default_factory=dict)
    # What is given by chance, and the weekdays after which is drawn.
    surprises: tuple[SampleSurprise, ...] = ()
    drawn_on: tuple[int, ...] = ()
    seed: int = 1
