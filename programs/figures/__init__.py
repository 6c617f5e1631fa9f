from programs.figures.glance import Comparison, Glance, glance
from programs.figures.slipping import SlippingMember, slipping_members, slipping_sample
from programs.figures.today import Today, today_so_far

__all__ = [
    "Comparison",
    "Glance",
    "SlippingMember",
    "Today",
    "glance",
    "slipping_members",
    "slipping_sample",
    "today_so_far",
]
