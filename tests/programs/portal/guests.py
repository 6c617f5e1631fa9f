"""A business whose program is worth looking at, and a member in the middle of things."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from customers.models import Member
from loyalty_saas.lib.images import remake_logo
from programs.enums import RewardKind
from programs.models import Program
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.cast import make_business
from tests.customers.people import a_member
from tests.programs.shop import buy, make_program, make_reward, make_tier

STORY = (
    "We roast on Tuesdays, in the back room, eight kilos at a time. Lena began with a popcorn machine in her"
    " kitchen; ten years on she still tastes every batch herself.\n\nCome in, sit down, stay as long as you like."
)


def a_shop(**fields: Any) -> Tenant:
    """Live program with tiers and rewards, points that expire, a present for joining."""
    business = make_business(
        **{
            "name": "Café Morgenrot",
            "brand_color": "#a4432f",
            "tagline": "Coffee, roasted next door",
            "story": STORY,
            "values": "Fair prices for growers\nNothing thrown away",
            **fields,
        }
    )
    with tenant_context(business):
        program = make_program(joining_bonus=20, expiry_months=12, tier_window="calendar_year")
        make_tier(program, "Friend", 0, benefits="A point for every euro")
        make_tier(program, "Silver", 20_000, multiplier=125, benefits="A cake on your birthday")
        make_rewards(program)
    return business


def make_rewards(program: Program) -> None:
    make_reward(program, 80, name="A coffee of your choice", description="Any size, any milk.")
    make_reward(program, 150, name="€10 off", kind=RewardKind.AMOUNT_OFF, value=1000)
    make_reward(program, 300, name="Tasting for two", description="An evening with Lena and six coffees.", stock=4)
    make_reward(program, 600, name="A fifth off everything", kind=RewardKind.PERCENT_OFF, value=20)


def a_guest(business: Tenant, email: str, *, spent: tuple[int, ...] = (6550, 2340, 3790), **details: Any) -> Member:
    """A member with some purchases in the last weeks."""
    with tenant_context(business):
        member = a_member(given_name="Ines", family_name="Köhler", email=email, **details)
        now = datetime.now(UTC)
        for number, total in enumerate(spent):
            buy(member, total, occurred_at=now - timedelta(days=20 - number))
    return member


def with_logo(business: Tenant) -> Tenant:
    """A round drawing on transparent ground, through the same door as an upload."""
    picture = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 10, 340, 290), fill=(35, 60, 90, 255))
    draw.ellipse((130, 80, 270, 220), fill=(250, 240, 220, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    out.seek(0)
    with tenant_context(business):
        business.logo.save(f"{business.pk}.webp", ContentFile(remake_logo(out)), save=False)
        business.save(update_fields=["logo"])
    return business
