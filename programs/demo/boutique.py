"""Harbour & Thread in Bristol: few large tickets, points that wait for the return period, and returns."""

from programs.demo.script import Habit, Item, Person, Sample, SampleReward, SampleTier

BOUTIQUE = Sample(
    slug="harbour-and-thread",
    name="Harbour & Thread",
    trade="boutique",
    country="GB",
    currency="GBP",
    language="en",
    time_zone="Europe/London",
    color="#e0a030",
    tagline="Clothes that outlast the season.",
    story=(
        "Two sisters, one workshop by the water. We carry eleven small makers we know by name, and we mend what we "
        "sell for as long as you wear it."
    ),
    values="Small makers we know\nRepairs for life\nNo plastic in the shop",
    locations=("Harbourside",),
    people=(
        Person("Grace", "grace@harbour-and-thread.example", "owner", "8642"),
        Person("Imogen", "imogen@harbour-and-thread.example", "staff", "5931"),
        # Lena keeps the books of her friend's shop: one person, two businesses.
        Person("Lena", "lena@cafe-linden.example", "analyst"),
    ),
    items=(
        Item("SHR-01", "Linen shirt", "Shirts", 7900, 12),
        Item("SHR-02", "Oxford shirt", "Shirts", 6900, 10),
        Item("KNT-01", "Lambswool jumper", "Knitwear", 11900, 9),
        Item("KNT-02", "Fisherman’s beanie", "Knitwear", 3200, 10),
        Item("TRS-01", "Wide-leg trousers", "Trousers", 9800, 8),
        Item("TRS-02", "Raw denim", "Trousers", 12900, 6),
        Item("COA-01", "Waxed jacket", "Coats", 24900, 3),
        Item("ACC-01", "Silk scarf", "Accessories", 4800, 8),
        Item("ACC-02", "Leather belt", "Accessories", 5400, 7),
        Item("ACC-03", "Wool socks", "Accessories", 1600, 14),
        Item("GFT-01", "Gift wrapping", "Services", 500, 4),
        Item("ALT-01", "Alteration", "Services", 1800, 4),
    ),
    most_items=3,
    tax_percent=20,
    members=110,
    habits=(
        Habit("devoted", 0.08, 1.6, 1.0, 0.6),
        Habit("seasonal", 0.3, 0.55, 1.0, 0.4),
        Habit("now and then", 0.22, 0.3, 1.0, 0.3),
        Habit("drifted away", 0.14, 0.8, 0.4, 0.3),
        Habit("once", 0.2, 0.0, 0.0, 0.0),
        Habit("new", 0.06, 1.0, 1.0, 0.2),
    ),
    hours=((10, 6), (11, 9), (12, 11), (13, 12), (14, 11), (15, 12), (16, 10), (17, 6)),
    months=(1.1, 0.7, 0.9, 1.0, 1.05, 0.95, 0.9, 0.8, 1.1, 1.1, 1.3, 1.7),
    closed=(6,),
    program={
        "name": "The Thread",
        "earn_points": 5,
        "earn_amount": 100,
        "minimum_purchase": 1000,
        "pending_days": 14,
        "expiry_months": 24,
        "expires_at_month_end": False,
        "tier_basis": "spend",
        "tier_window": "calendar_year",
        "voucher_days": 60,
        "undo_minutes": 60,
        "adjustment_limit": 250,
    },
    tiers=(
        SampleTier("Thread", 0, 100, "Five points for every pound"),
        SampleTier("Weave", 40000, 120, "A fifth more points\nFree alterations"),
        SampleTier("Cloth", 100000, 150, "Half more points\nFirst look at every new maker\nRepairs from home"),
    ),
    rewards=(
        SampleReward("£5 off", "amount_off", 500, value=500),
        SampleReward("Wool socks", "free_product", 900, sku="ACC-03"),
        SampleReward("10% off one piece", "percent_off", 1200, value=10, limit=2),
        SampleReward("£20 off", "amount_off", 1800, value=2000),
        SampleReward("An afternoon in the workshop", "percent_off", 3000, value=100, tier="Weave", stock=6, limit=1),
    ),
    given_names=(
        "Olivia", "Amelia", "Isla", "Ava", "Freya", "George", "Arthur", "Oscar", "Harriet", "Zara", "Priya", "Aisha",
        "Rhys", "Callum", "Siobhán", "Niamh", "Beatrice", "Hugo", "Tobias", "Chloë", "Mei", "Femi", "Leila", "Kit",
    ),
    family_names=(
        "Smith", "Jones", "Taylor", "Brown", "Davies", "Evans", "Thomas", "Roberts", "Walker", "Wright", "Patel",
        "Khan", "O’Brien", "Okafor", "Campbell", "Ellis", "Hughes", "Morgan", "Bennett", "Carter", "Ng", "Sørensen",
    ),
    phone="+44 7700 9{:05d}",
    preferences=("size 12", "size 40", "no wool", "natural fibres only", "loves blue", "wide fit"),
    notes=("Her mother’s birthday is in May: likes a call when scarves arrive.", "Prefers quiet mornings."),
    returns=0.07,
    seed=20170918,
)  # fmt: skip
