"""What is to be looked at, and what members say they did to recommend the business, as JSON."""

from rest_framework import serializers

from programs.enums import ClaimState, ReviewKind, ReviewState, ReviewSubject, Suspicion
from tenants.api.shapes import Choice, Id, Moment, PageQuery, Shape, Text, Whole, page_of

# What a list can be narrowed to.
REVIEWS_ASKED = [("open", "open"), ("held", "held"), ("decided", "decided"), ("all", "all")]
CLAIMS_ASKED = [*ClaimState.choices, ("all", "all")]


class Reason(Shape):
    """One suspicion. `about` says what it means, in the language of the business."""

    code = Choice(Suspicion.choices)
    name = Text()
    about = Text()


class ReviewQuery(PageQuery):
    """Which reviews."""

    state = Choice(REVIEWS_ASKED, default="open")
    kind = Choice(ReviewKind.choices, required=False)
    reason = Choice(Suspicion.choices, required=False)


class ShownReview(Shape):
    """One thing to look at: why, what was seen, and what was decided. While `held`, its `points` cannot be spent."""

    id = Id()
    kind = Choice(ReviewKind.choices)
    subject = Choice(ReviewSubject.choices, help_text="What `subject_id` is the id of; a refusal has none.")
    subject_id = Id(allow_null=True)
    reasons = Reason(many=True)
    evidence = serializers.DictField(child=serializers.CharField(), help_text="What was seen, as text.")
    member = Id(allow_null=True)
    staff = Text(allow_null=True, help_text="The name of whoever of the team did it.")
    location = Id(allow_null=True)
    points = Whole(help_text="Minor units where it is about store credit; then `evidence` has `credit`.")
    times = Whole(help_text="How often it was seen.")
    held = serializers.BooleanField()
    state = Choice(ReviewState.choices)
    opened_at = Moment()
    seen_at = Moment(help_text="The last time.")
    decided_at = Moment(allow_null=True)
    decided_by = Text(help_text="A name; empty while it is open, and where a return decided it.")
    note = Text()


ReviewPage = page_of(ShownReview)


class ReviewDecision(Shape):
    """A decision."""

    note = Text(300, required=False, allow_blank=True, default="", help_text="Why, for the record.")


class RecommendationQuery(PageQuery):
    """Which recommendations."""

    state = Choice(CLAIMS_ASKED, default="open")


class ShownRecommendation(Shape):
    """What a member says that they did to recommend the business. `points` are promised, rules may add some."""

    id = Id()
    member = Id(source="member_id")
    action = Id(source="action_id")
    name = Text(source="action.name", help_text="What it is that they did.")
    proof = Text(help_text="A link or a few words; may be empty where there is a photo.")
    photo = Text(allow_null=True, help_text="Where it is read, with the key that reads this.")
    points = Whole()
    state = Choice(ClaimState.choices)
    entry = Id(source="entry_id", allow_null=True, help_text="What it gave.")
    answer = Text(help_text="Why it did not count, for the member to read.")
    created_at = Moment()
    decided_at = Moment(allow_null=True)
    decided_by = Text(help_text="A name; empty while it is open.")


RecommendationPage = page_of(ShownRecommendation)


class RecommendationRefusal(Shape):
    """Why it does not count; the member reads it."""

    answer = Text(300)
