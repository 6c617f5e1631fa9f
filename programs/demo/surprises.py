"""Surprises of a sample, published so many days before its end and drawn as the days go by."""

import datetime
from typing import TYPE_CHECKING

from programs.domain.accounts import points_program
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.drawing import draw_for_days
from programs.domain.surprises.publishing import compose_surprise, publish_surprise
from tenants.actors import Actor

if TYPE_CHECKING:
    from programs.demo.play import Play

BEGAN = 60


def surprise_guests(play: "Play", day: datetime.date) -> None:
    """The night's part: begin them on their day, and draw among the visitors of the day before."""
    begins = (play.now - datetime.timedelta(days=BEGAN)).date()
    if not play.sample.surprises or day < begins:
        return
    program = points_program()
    if day == begins and program is not None:
        by = Actor.staff(play.stage.staff[0])
        by_sku = {product.sku: product for product in play.stage.products}
        for one in play.sample.surprises:
            values = dict(one.terms)
            if one.sku:
                product = by_sku[one.sku]
                values |= {"gift_kind": "free_product", "product": str(product.pk), "names": {"product": str(product)}}
            terms = SurpriseTerms(**values)
            publish_surprise(compose_surprise(program, name=one.name, terms=terms, by=by), by=by)
    elif day != begins and (day - datetime.timedelta(days=1)).weekday() in play.sample.drawn_on:
        draw_for_days(day - datetime.timedelta(days=1))
