"""A year of a sample business, day by day: guests join, buy, redeem, bring back; the nightly work runs."""

import calendar
import contextlib
import datetime
import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from django.db import connection

from customers.domain.members import enrol_member
from customers.domain.notes import add_note
from customers.domain.purchases import LineDetails, PurchaseDetails, ReturnDetails, record_purchase, record_return
from customers.enums import Source
from customers.imports.bulk import refresh_statistics
from customers.models import Member, Product, Purchase
from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.errors import DomainError
from programs.demo.asking import ask_members
from programs.demo.clock import clock_at
from programs.demo.friends import Friends
from programs.demo.guests import Guest, invite_guests
from programs.demo.happenings import play_happenings
from programs.demo.paid import begin_memberships, wish_for_membership
from programs.demo.script import Sample
from programs.demo.sharing import share
from programs.demo.stage import Stage, begin_challenges, set_stage
from programs.demo.surprises import surprise_guests
from programs.domain.credit.reading import credit_of
from programs.domain.expiry import confirm_due, expire_due, expire_vouchers
from programs.domain.goodwill.approvals import Approval
from programs.domain.goodwill.making import GestureDetails, make_right
from programs.domain.goodwill.reasons import reasons_to_choose
from programs.domain.handing_over import is_for_later
from programs.domain.placements import place_member
from programs.domain.places import wait_for_place
from programs.domain.presents import give_presents
from programs.domain.redemptions import redeem_reward
from programs.domain.tier_notices import tell_of_endings
from programs.domain.tiers import evaluate_tiers
from programs.domain.vouchers import Using, use_voucher
from programs.enums import GestureKind, ProgramKind, RedemptionStatus
from programs.models import Account, Entry, Reward, Tier, Voucher
from programs.voucher_errors import FullyBooked
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant

DAYS = 365
# Days after which the tables are so much larger than the planner knows that it would read them whole.
GROWN = (7, 30, 120)


class Play:
    """One sample being played. `now` is when the play ends: everything in it happened before."""

    def __init__(self, sample: Sample, now: datetime.datetime) -> None:
        self.sample = sample
        self.now = now
        self.chance = random.Random(sample.seed)  # noqa: S311  (a play, not a secret)
        # Drawn apart, so that whoever changes the gestures does not change the year.
        self.kindness = random.Random(sample.seed + 1)  # noqa: S311
        self.stamps = random.Random(sample.seed + 2)  # noqa: S311
        self.credit = random.Random(sample.seed + 3)  # noqa: S311
        self.receipts = count(1001)
        self.keys = count(1)
        self.members: dict[int, Member] = {}
        self.friends = Friends(self)

    def run(self) -> Tenant:
        from zoneinfo import ZoneInfo

        last = local_day(self.now, ZoneInfo(self.sample.time_zone))
        first = last - datetime.timedelta(days=DAYS)
        self.stage: Stage = set_stage(self.sample, self.now - datetime.timedelta(days=DAYS + 1), end=self.now)
        self.guests = invite_guests(self.sample, self.chance, first, last)
        self.visits = self._calendar()
        with connection.cursor() as cursor:
            # A play that the power cuts short is begun again: its days need not wait for the disk.
            cursor.execute("SET synchronous_commit TO off")
        for number in range(DAYS + 1):
            with tenant_context(self.stage.tenant):
                self._play_day(first + datetime.timedelta(days=number))
            if number in GROWN:
                with tenant_context(self.stage.tenant):
                    refresh_statistics()
        with tenant_context(self.stage.tenant), clock_at(self.now):
            self._invite()
            wish_for_membership(self.sample)
            self.friends.end()
            play_happenings(self)
            share(self)
            ask_members(self)
        return self.stage.tenant

    def _invite(self) -> None:
        """The owner invites those who have earned most to the tiers that nobody reaches by themselves."""
        by = Actor.staff(self.stage.staff[0])
        best = list(Account.objects.filter(tier__isnull=False).order_by("-lifetime", "pk").select_related("member"))
        for sample in (one for one in self.sample.tiers if one.invites):
            tier = Tier.objects.get(name=sample.name)
            for account in best[: sample.invites]:
                key = f"sample-{next(self.keys)}"
                place_member(account.member, tier=tier, reason="One of our first guests", by=by, key=key)

    def _calendar(self) -> dict[datetime.date, list[int]]:
        days = defaultdict(list)
        for number, guest in enumerate(self.guests):
            for day in guest.visits:
                days[day].append(number)
        return days

    def _play_day(self, day: datetime.date) -> None:
        night = start_of_day(day, self.stage.tenant.zone) + datetime.timedelta(hours=1)
        if night <= self.now:
            with clock_at(night):
                self._play_night(night, day)
                begin_challenges(self.sample, self.stage, self.now, day)
                begin_memberships(self.sample, self.now, day, Actor.staff(self.stage.staff[0]))
                surprise_guests(self, day)
        for moment, number in sorted(self._moments(day)):
            with clock_at(moment):
                self._visit(number, self.guests[number], moment)

    def _play_night(self, night: datetime.datetime, day: datetime.date) -> None:
        """The nightly work. What may as well be caught up is done once a week: a year has to be played in a minute."""
        if self.sample.program.get("pending_days") or self.sample.friends:
            confirm_due(night)
        if day.weekday() == calendar.MONDAY or (self.now - night).days < 1:
            expire_due(night)
            expire_vouchers(night)
            evaluate_tiers(day)
            tell_of_endings(day)
            give_presents(day)

    def _moments(self, day: datetime.date) -> Iterator[tuple[datetime.datetime, int]]:
        start = start_of_day(day, self.stage.tenant.zone)
        hours = [hour for hour, _weight in self.sample.hours]
        weights = [weight for _hour, weight in self.sample.hours]
        for number in self.visits[day]:
            [hour] = self.chance.choices(hours, weights)
            moment = start + datetime.timedelta(hours=hour, minutes=self.chance.randrange(60))
            if moment < self.now:
                yield moment, number

    def _visit(self, number: int, guest: Guest, moment: datetime.datetime) -> None:
        by = self._somebody()
        if number not in self.members:
            joined = self._join(guest, by)
            self.friends.join(joined, moment, by)
            self.members[number] = joined
        member = self.members[number]
        purchase = self._buy(member, moment, by)
        self.friends.buy(member, moment)
        if self.chance.random() < self.sample.returns:
            self._bring_back(purchase, by)
        elif self.chance.random() < guest.habit.redeems:
            self._redeem(member, by, purchase, saves=number % 4 == 0)
        self._have_full_cards(purchase, by)
        if self.kindness.random() < self.sample.goodwill:
            self._make_right(member, by)

    def _have_full_cards(self, purchase: Purchase, by: Actor) -> None:
        """What a card gave that was filled a visit ago or earlier is mostly had at once."""
        if self.sample.stamp_cards and self.stamps.random() < 0.7:
            waiting = Voucher.objects.filter(
                redemption__account__member=purchase.member,
                redemption__account__program__kind=ProgramKind.STAMPS,
                redemption__created_at__lt=purchase.recorded_at,
                status=RedemptionStatus.OPEN,
            )
            for voucher in waiting.order_by("pk")[:1]:
                with contextlib.suppress(DomainError):
                    use_voucher(voucher, by=by, purchase=purchase, source=Source.DEMO)

    def _somebody(self) -> Actor:
        location = self.chance.choices(self.stage.locations, [3, 1][: len(self.stage.locations)])[0]
        people = [one for one in self.stage.staff if one.role != "analyst"]
        return Actor.staff(self.chance.choice(people), location.pk)

    def _join(self, guest: Guest, by: Actor) -> Member:
        member = enrol_member(guest.details, by=by, source=Source.DEMO, consents=guest.consents, silent=True)
        if guest.note:
            add_note(member, text=guest.note, by=by, source=Source.DEMO)
        return member

    def _buy(self, member: Member, moment: datetime.datetime, by: Actor) -> Purchase:
        lines = tuple(self._line(product) for product in self._basket())
        discount = 100 if len(lines) > 2 and self.chance.random() < 0.05 else 0
        total = sum(line.unit_price * int(line.quantity) for line in lines) - discount
        tax = round(total * self.sample.tax_percent / (100 + self.sample.tax_percent))
        details = PurchaseDetails(
            lines=lines,
            discount=discount,
            tax=tax,
            receipt_number=f"{next(self.receipts)}",
            occurred_at=moment,
            credit=self._from_credit(member, total, moment),
        )
        return record_purchase(member, details, by=by, source=Source.DEMO, silent=True)

    def _from_credit(self, member: Member, total: int, moment: datetime.datetime) -> int:
        """What somebody who has store credit pays with it, now and then."""
        sample = self.sample.cash_back
        begun = sample is not None and moment >= self.now - datetime.timedelta(days=sample.days)
        if sample is None or not begun or self.credit.random() >= sample.used:
            return 0
        standing = credit_of(member)
        return standing.most_for(total) if standing else 0

    def _basket(self) -> list[Product]:
        weights = [item.weight for item in self.sample.items]
        many = self.chance.choices(range(1, self.sample.most_items + 1), [6, 5, 2, 1][: self.sample.most_items])[0]
        return self.chance.choices(self.stage.products, weights, k=many)

    @staticmethod
    def _line(product: Product) -> LineDetails:
        return LineDetails(unit_price=product.price or 0, product=product, description=product.name)

    def _bring_back(self, purchase: Purchase, by: Actor) -> None:
        if purchase.total:
            record_return(purchase, ReturnDetails(reason="Did not fit"), by=by, source=Source.DEMO, silent=True)

    def _redeem(self, member: Member, by: Actor, purchase: Purchase, *, saves: bool) -> None:
        """Take the dearest reward that can be had, and mostly use it at once. Some save up for one of the dear ones."""
        accrual: Entry | None = purchase.accrual  # type: ignore[attr-defined]  # set by what the purchase led to
        balance = accrual.balance_after if accrual else 0
        costs = sorted(reward.cost for reward in self.stage.rewards)
        least = costs[len(costs) * 3 // 4] if saves else 0
        affordable = [reward for reward in self.stage.rewards if least <= reward.cost <= balance]
        for reward in sorted(affordable, key=lambda one: -one.cost)[:2]:
            if redemption := self._try(member, reward, by):
                if self.chance.random() < 0.85 and redemption.status == RedemptionStatus.OPEN:
                    self._use(redemption.issued, by, purchase)
                return

    @staticmethod
    def _use(voucher: Voucher, by: Actor, purchase: Purchase) -> None:
        """What is for another time, or for a dearer purchase, is kept."""
        if not is_for_later(voucher):
            using = Using(basket=purchase.total)
            with contextlib.suppress(DomainError):
                use_voucher(voucher, by=by, purchase=purchase, source=Source.DEMO, using=using)

    def _make_right(self, member: Member, by: Actor) -> None:
        """Something went wrong; what goes beyond what staff may give, a colleague who leads approves."""
        script = self.kindness.choice(self.sample.gestures)
        details = GestureDetails(
            kind=GestureKind(script.kind),
            reason=reasons_to_choose()[script.reason],
            points=script.amount,
            amount=script.amount,
            product=next((one for one in self.stage.products if one.sku == script.sku), None),
            at_once=script.at_once,
            note=script.note,
        )
        leaders = (
            Approval(one.pk, person.pin)
            for one, person in zip(self.stage.staff, self.sample.people, strict=True)
            if person.role in {"owner", "manager"} and one.pk != by.id
        )
        with contextlib.suppress(DomainError):
            make_right(
                member,
                details,
                by=by,
                key=f"sample-{next(self.keys)}",
                approval=next(leaders, None),
                source=Source.DEMO,
                silent=True,
            )

    def _try(self, member: Member, reward: Reward, by: Actor):  # type: ignore[no-untyped-def]
        try:
            return redeem_reward(
                member, reward=reward, by=by, key=f"sample-{next(self.keys)}", source=Source.DEMO, silent=True
            )
        except FullyBooked:
            with contextlib.suppress(DomainError):
                wait_for_place(member, reward=reward, by=by, source=Source.DEMO)
            return None
        except DomainError:
            return None
