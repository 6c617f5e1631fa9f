"""Made-up people and figures for the living page: nothing here comes from a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse

from loyalty_saas.lib.charts import Series, bar_chart, heat_grid, line_chart, share_chart
from loyalty_saas.lib.columns import Column

WEEKS = [
    "2 Mar",
    "9 Mar",
    "16 Mar",
    "23 Mar",
    "30 Mar",
    "6 Apr",
    "13 Apr",
    "20 Apr",
    "27 Apr",
    "4 May",
    "11 May",
    "18 May",
]
VISITS = [182, 196, 188, 214, 231, 226, 248, 239, 262, 258, 281, 304]
VISITS_BEFORE = [164, 170, 172, 181, 176, 190, 196, 201, 199, 212, 208, 220]

COLUMNS = [
    Column("name", "Member", sort="name", always=True),
    Column("tier", "Tier", sort="tier"),
    Column("balance", "Balance", sort="balance", align="end"),
    Column("spent", "Spent this year", sort="spent", align="end"),
    Column("last", "Last visit", sort="last"),
    Column("joined", "Joined", hidden=True),
    Column("menu", "Actions", always=True, quiet=True),
]

MEMBERS = [
    ("Ana María López", "ana.lopez@example.com", "Gold", "honey", 1240, "€612.40", "Today, 9:12", "Mar 2024"),
    ("Tomás O’Brien", "+353 86 555 0143", "Silver", "", 430, "€288.00", "Yesterday", "Jun 2024"),
    ("Yuki Tanaka", "yuki@example.com", "Gold", "honey", 2015, "€940.15", "2 days ago", "Jan 2023"),
    ("Priya Raghunathan-Venkataraman", "priya@example.com", "Member", "", 85, "€46.50", "3 weeks ago", "Apr 2025"),
    ("Jo", "no contact yet", "Member", "", 0, "€0.00", "–", "May 2025"),
]


def shell() -> dict[str, Any]:
    """The frame around a dashboard page, as tenants.context_processors.shell gives it."""
    names = [
        ("", [("Home", "house", True, 0), ("Members", "users", False, 0), ("Counter", "scan-line", False, 0)]),
        ("Program", [("Points and tiers", "sparkles", False, 0), ("Rewards", "gift", False, 0)]),
        ("Reach out", [("Campaigns", "send", False, 0), ("Feedback", "message-circle", False, 3)]),
        ("Business", [("Import", "upload", False, 0), ("Settings", "settings", False, 0)]),
    ]
    here = reverse("design:elements")
    sections = [
        (title, [{"label": a, "icon": b, "active": c, "count": d, "url": here, "key": a} for a, b, c, d in items])
        for title, items in names
    ]
    flat = [item for _, items in sections for item in items]
    return {
        "business": SimpleNamespace(name="Café Morgenrot", slug="morgenrot", brand_color="#a4432f", initials="CM"),
        "businesses": [
            {"name": "Café Morgenrot", "url": here, "current": True},
            {"name": "Morgenrot Bakery", "url": here, "current": False},
        ],
        "sections": sections,
        "bottom": [flat[0], flat[1], flat[2], flat[4]],
        "person": SimpleNamespace(name="Lena Vogt", email="lena@morgenrot.example", role="Owner"),
        "palette_url": reverse("design:palette"),
    }


def charts() -> dict[str, Any]:
    """One of each chart."""
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    hours = [f"{hour}:00" for hour in range(8, 18)]
    busy = [
        [round((3 + d) * (9 - abs(h - 2.2 - d * 0.4)) * (1.5 if d > 4 else 1)) for h in range(10)] for d in range(7)
    ]
    cohort = [[100, *[round(62 - m * 5.5 + r * 3) for m in range(5 - r)], *[None] * r][:6] for r in range(6)]
    return {
        "visits": line_chart(
            WEEKS, [Series("This year", VISITS), Series("Last year", VISITS_BEFORE, before=True)], width=680
        ),
        "points": bar_chart(
            WEEKS[-8:],
            [
                Series("Earned", [820, 910, 870, 1040, 1100, 980, 1210, 1320]),
                Series("Redeemed", [300, 420, 380, 510, 470, 560, 610, 640]),
            ],
            width=680,
        ),
        "mix": bar_chart(
            days,
            [
                Series("Regulars", [44, 38, 41, 52, 66, 81, 59]),
                Series("Now and then", [21, 18, 25, 22, 31, 42, 38]),
                Series("New", [6, 4, 9, 7, 12, 18, 11]),
            ],
            stacked=True,
            width=680,
        ),
        "tiers": share_chart([("Member", 512), ("Silver", 214), ("Gold", 86), ("Founders", 12)]),
        "categories": share_chart(
            [
                ("Coffee", 5210),
                ("Bakery", 3120),
                ("Breakfast", 2240),
                ("Beans to go", 980),
                ("Tea", 420),
                ("Cups", 150),
                ("Vouchers", 90),
            ],
            rest="Everything else",
            most=5,
            say=lambda minor: f"€{minor:,}",
        ),
        "busy": heat_grid(days, hours, busy, width=460, label_width=40),
        "cohorts": heat_grid(
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
            ["Month 0", "1", "2", "3", "4", "5"],
            cohort,
            say=lambda share: f"{share}%",
            width=460,
            label_width=40,
        ),
        "trend_up": [12, 14, 13, 17, 16, 21, 24, 23, 29],
        "trend_down": [30, 29, 27, 28, 24, 22, 23, 19, 17],
        "trend_flat": [8, 9, 8, 8, 9, 8, 9, 8, 8],
    }


def page_of_members(number: str | None) -> Any:
    """A page of a list long enough to need paging."""
    return Paginator(range(214), 5).get_page(number or 4)
