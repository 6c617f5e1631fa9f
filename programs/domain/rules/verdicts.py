"""What came of one earning rule on one purchase."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from programs.domain.bonuses import Bonus


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule matched (`bonus`), or something was `missing`: each a `what` with the facts its sentence needs."""

    rule: str
    version: int
    name: str
    bonus: Bonus | None = None
    missing: tuple[Mapping[str, Any], ...] = ()
