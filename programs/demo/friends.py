"""Friends that members of a sample bring, ways to recommend it, and what looks wrong and waits for the owner."""

import contextlib
import datetime
import random
from typing import TYPE_CHECKING

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.effects import Arrival
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from programs.demo.clock import clock_at
from programs.domain.accounts import points_program
from programs.domain.adjustments import adjust_points
from programs.domain.programs import change_program
from programs.domain.referrals.advocacy import add_action, approve_claim, claim_action
from programs.domain.referrals.advocates import advocate_for
from programs.domain.referrals.arriving import arrive
from programs.domain.referrals.offering import change_offer
from programs.domain.referrals.rewarding import settle_referrals
from programs.models import Account
from tenants.actors import Actor
from tenants.enums import Role

if TYPE_CHECKING:
    from programs.demo.play import Play

# So many days before the end the sample begins with it.
BEGAN = 150


class Friends:
    """The part of a play that is about recommending; drawn apart, so that it does not change the year."""

    def __init__(self, play: "Play") -> None:
        self.play = play
        self.chance = random.Random(play.sample.seed + 2)  # noqa: S311  (a play, not a secret)
        self.begins = play.now - datetime.timedelta(days=BEGAN)
        self.began = False
        self.coming: set[object] = set()

    def join(self, member: Member, moment: datetime.datetime, by: Actor) -> None:
        """Some of those who join come by the word of somebody who has been coming for a while."""
        if not self.play.sample.friends or moment < self.begins:
            return
        if not self.began:
            change_offer(changes={"is_active": True, **self.play.sample.offer}, by=by)
            self.began = True
        known = sorted(self.play.members.values(), key=lambda one: one.pk)[: 3 + len(self.play.members) // 6]
        if self.chance.random() < self.play.sample.friends and known:
            advocate = self.chance.choice(known)
            arrive(Arrival(member, advocate_for(advocate).code), by=by, source=Source.DEMO, silent=True)
            self.coming.add(member.pk)

    def buy(self, member: Member, moment: datetime.datetime) -> None:
        """What a friend's purchase leads to is done at its own moment."""
        if member.pk in self.coming:
            settle_referrals(moment)

    def end(self) -> None:
        """Recommendations that wait for an answer, and one of each thing that the owner is to look at."""
        if not self.began:
            return
        by = Actor.staff(self.play.stage.staff[0])
        tom = [one for one in self.play.stage.staff if one.role == Role.STAFF][-1]
        best = list(Account.objects.order_by("-lifetime", "pk").select_related("member")[:6])
        review = add_action(
            values={"name": "Write a review", "about": "Anywhere you like, in your own words.", "points": 20}, by=by
        )
        table = {"name": "Post a photo", "about": "Of your table, with our name.", "points": 10, "times": 3, "days": 30}
        photo = add_action(values=table, by=by)
        for number, (account, action) in enumerate(zip(best, [review, photo, review, photo], strict=False)):
            claim = claim_action(
                account.member,
                action=action,
                proof=f"https://reviews.example/{self.play.sample.slug}/{number + 1}",
                by=Actor.member(account.member_id),
                key=f"sample-claim-{number}",
            )
            if number < 2:
                approve_claim(claim, by=by)
        self._what_looks_wrong(best, Actor.staff(tom, self.play.stage.locations[0].pk))

    def _what_looks_wrong(self, best: list[Account], tom: Actor) -> None:
        program = points_program()
        if program is None:
            return
        hours = {"watch_from": datetime.time(6), "watch_until": datetime.time(20), "watch_often": 12}
        change_program(program, changes={**hours, "watch_away_days": 180}, by=Actor.staff(self.play.stage.staff[0]))
        evening = (self.play.now - datetime.timedelta(days=1)).replace(hour=21, minute=40)
        with clock_at(min(evening, self.play.now)):
            self._pay(best[4].member, 2480, tom)
        # It is refused, and that is what the owner sees.
        with contextlib.suppress(DomainError):
            too_many = program.adjustment_limit + 150
            adjust_points(best[5].member, points=too_many, reason="Birthday", by=tom, key="sample-too-many")
        advocate = best[3].member
        local, _at, domain = advocate.email.partition("@")
        if domain:
            details = MemberDetails(given_name=advocate.given_name, email=f"{local}2@{domain}")
            friend = enrol_member(details, by=tom, source=Source.DEMO, silent=True)
            arrive(Arrival(friend, advocate_for(advocate).code), by=tom, source=Source.DEMO, silent=True)
            self._pay(friend, 1250, Actor.staff(self.play.stage.staff[0]))
            settle_referrals(self.play.now)

    def _pay(self, member: Member, total: int, by: Actor) -> None:
        details = PurchaseDetails(total=total, receipt_number=f"{next(self.play.receipts)}")
        record_purchase(member, details, by=by, source=Source.DEMO, silent=True)
