"""Exact rounding of integers and fractions, and sharing a whole number out without losing a unit."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor, trunc


class Rounding(StrEnum):
    """How a fraction becomes a whole number; a half goes away from zero, to the even neighbour, or nowhere."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    FLOOR = "floor"
    TRUNCATE = "truncate"


def round_half_up(value: Fraction | int) -> int:
    """The nearest integer; an exact half goes away from zero, so that a return mirrors its purchase."""
    size = floor(abs(Fraction(value)) + Fraction(1, 2))
    return size if value >= 0 else -size


def round_half_even(value: Fraction | int) -> int:
    """The nearest integer; an exact half goes to the even neighbour."""
    return round(value)


def round_floor(value: Fraction | int) -> int:
    """The next integer towards minus infinity."""
    return floor(value)


def round_truncate(value: Fraction | int) -> int:
    """The next integer towards zero."""
    return trunc(value)


_ROUND = {
    Rounding.HALF_UP: round_half_up,
    Rounding.HALF_EVEN: round_half_even,
    Rounding.FLOOR: round_floor,
    Rounding.TRUNCATE: round_truncate,
}


def rounded(value: Fraction | Decimal | int, how: Rounding = Rounding.HALF_UP) -> int:
    """`value` as an integer by the named rule, computed exactly."""
    return _ROUND[how](Fraction(value))


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in parts proportional to `weights` (none negative) that add up to it exactly.

    Largest remainder (Hamilton); of equal remainders the earlier line wins, so the result is always the same. No
    part exceeds its weight when `total` does not exceed their sum. Weights that are all zero share alike. Raises
    ValueError for a negative weight, or when there is nobody to take a total.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight may not be negative")
    if not weights:
        if total:
            raise ValueError("there is nothing to share this over")
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole, size = sum(weights), abs(total)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda line: -(size * weights[line] % whole))
    for line in by_remainder[: size - sum(parts)]:
        parts[line] += 1
    return parts if total >= 0 else [-part for part in parts]
