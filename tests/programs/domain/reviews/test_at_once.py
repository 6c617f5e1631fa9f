"""Two people decide the same thing at the same moment."""

from datetime import time

from programs.domain.reconcile import reconcile
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.enums import ReviewState
from programs.errors import ReviewClosed
from programs.models import Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.shop import at, balance, buy, make_member, make_program
from tests.threads import at_once


def test_one_of_two_decisions_counts(cast, business):
    with tenant_context(business), at("2026-03-10 20:30"):
        make_program(watch_from=time(7), watch_until=time(20))
        member = make_member()
        buy(member, 900, by=Actor.staff(cast.staff))
        review = Review.objects.get()

    def decide(verb):
        with tenant_context(business):
            return verb(review, by=Actor.staff(cast.owner))

    outcomes = at_once(decide, [release_review, reverse_review])
    assert sum(isinstance(one, ReviewClosed) for one in outcomes) == 1
    with tenant_context(business):
        state = Review.objects.get().state
        assert balance(member) == ((9, 0, 0) if state == ReviewState.RELEASED else (0, 0, 0))
        assert reconcile().differences == []
