import pickle

import pytest
from django.utils.translation import gettext_lazy, ngettext_lazy, override

from loyalty_saas.lib.errors import DomainError, Forbidden, Invalid, NotFound


class OutOfStock(DomainError):
    code = "out_of_stock"
    sentence = gettext_lazy("There is no %(reward)s left today.")


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (DomainError, "refused", 409),
        (NotFound, "not_found", 404),
        (Forbidden, "forbidden", 403),
        (Invalid, "invalid", 422),
        (OutOfStock, "out_of_stock", 409),
    ],
)
def test_kinds_have_a_code_and_a_status(kind: type[DomainError], code: str, status: int) -> None:
    assert (kind().code, kind().status) == (code, status)


def test_sentence_of_the_class_is_filled_with_params() -> None:
    assert str(OutOfStock(params={"reward": "cake"})) == "There is no cake left today."


def test_sentence_without_params_keeps_percent_signs() -> None:
    assert str(Invalid("Write at most 100 %")) == "Write at most 100 %"


def test_sentence_is_translated_when_shown() -> None:
    error = Invalid(gettext_lazy("This field is required."), field="name")
    with override("de"):
        assert str(error) == "Dieses Feld ist zwingend erforderlich."
    assert str(error) == "This field is required."
    assert error.field == "name"


@pytest.mark.parametrize(("count", "sentence"), [(1, "1 point is missing."), (3, "3 points are missing.")])
def test_plural_follows_the_number_in_params(count: int, sentence: str) -> None:
    missing = ngettext_lazy("%(count)s point is missing.", "%(count)s points are missing.", "count")
    assert str(DomainError(missing, params={"count": count})) == sentence


def test_an_error_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(OutOfStock(field="reward", code="gone", params={"reward": "tea"})))
    assert (str(copy), copy.field, copy.code) == ("There is no tea left today.", "reward", "gone")
