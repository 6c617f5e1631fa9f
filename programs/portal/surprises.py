"""What a member won lately, on their home."""

from typing import Any

from programs.models import SurpriseDraw
from programs.portal.reading import Reading
from programs.words.surprises import fresh_draws


def on_home(reading: Reading) -> dict[str, Any] | None:
    draws = fresh_draws(reading.account) if reading.is_running else []
    return {"draws": draws} if draws else None


def own_surprises(member: Any) -> list[dict[str, Any]]:
    """For the file with a member's own data."""
    won = SurpriseDraw.objects.filter(account__member=member).select_related("surprise").order_by("pk")
    return [
        {
            "name": one.surprise.name,
            "at": one.drawn_at.isoformat(),
            "won": one.said if one.was_given else "",
            "taken_back_at": one.taken_back_at.isoformat() if one.taken_back_at else None,
        }
        for one in won
    ]
