"""The page on which an owner makes a key for a till or a shop."""

from tenants.enums import Scope
from tests.cast import Cast, sign_in


def test_a_new_key_may_not_give_points_by_hand_unless_that_is_ticked() -> None:
    form = sign_in(Cast.make().owner).get("/settings/keys/").context["form"]
    assert set(Scope) - set(form["scopes"].value()) == {Scope.POINTS_WRITE}
