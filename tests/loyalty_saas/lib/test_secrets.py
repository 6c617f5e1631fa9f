import pytest
from pytest_django import Settings

from loyalty_saas.lib.secrets import (
    card_step,
    check_pin,
    decrypt,
    encrypt,
    hash_pin,
    hash_token,
    new_token,
    rotate,
    rotating_code,
    same,
    step_of_code,
)


def test_what_is_encrypted_comes_back_and_never_looks_the_same() -> None:
    assert decrypt(encrypt("Zoë’s secret")) == "Zoë’s secret"
    assert encrypt("x") != encrypt("x")


def test_keys_can_be_changed(settings: Settings) -> None:
    settings.FIELD_KEYS = ["old"]
    token = encrypt("secret")
    settings.FIELD_KEYS = ["new", "old"]
    renewed = rotate(token)
    assert decrypt(token) == "secret"
    settings.FIELD_KEYS = ["new"]
    assert decrypt(renewed) == "secret"
    with pytest.raises(ValueError, match="key of ours"):
        decrypt(token)


@pytest.mark.parametrize("token", ["", "plain", "gAAAAABé"])
def test_decrypt_refuses_what_is_not_ours(token: str) -> None:
    with pytest.raises(ValueError, match="key of ours"):
        decrypt(token)


def test_tokens() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token(256)) == 43
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert same("é", "é")
    assert not same("é", "e")
    with pytest.raises(ValueError, match="64 bits"):
        new_token(32)


def test_a_card_code_holds_for_its_step_and_the_next() -> None:
    code = rotating_code("secret", card_step(60.0))
    assert card_step(60.0) == 2
    assert [step_of_code("secret", code, now) for now in (59.9, 60.0, 89.9, 119.9, 120.0)] == [None, 2, 2, 2, None]
    assert step_of_code("secret", f" {code.lower()} ", 60.0) == 2
    assert step_of_code("other", code, 60.0) is None
    assert step_of_code("secret", "né", 60.0) is None


def test_pins() -> None:
    hashed = hash_pin("4711")
    assert check_pin("4711", hashed)
    assert not check_pin("4712", hashed)
    assert not check_pin("4711", "")
    assert hash_pin("4711") != hashed
