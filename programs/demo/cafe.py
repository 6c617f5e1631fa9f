"""Café Linden in Vienna: many small tickets, a point for each euro, three tiers."""

from programs.demo.script import (
    Habit,
    Item,
    Person,
    Sample,
    SampleBenefit,
    SampleChallenge,
    SampleGesture,
    SampleReward,
    SampleRule,
    SampleStampCard,
    SampleSurprise,
    SampleTier,
)

CAFE = Sample(
    slug="cafe-linden",
    name="Café Linden",
    trade="cafe",
    country="AT",
    currency="EUR",
    language="en",
    time_zone="Europe/Vienna",
    color="#1f5c4d",
    tagline="Slow mornings, fast espresso.",
    story=(
        "Lena opened Café Linden in 2014 under the linden trees of Karmelitermarkt. The beans come from two farms she "
        "visits every winter, the cakes from her mother’s book."
    ),
    values="Beans from small farms, paid fairly\nEverything baked in the house\nYour own cup is always welcome",
    locations=("Karmelitermarkt", "Praterstraße"),
    people=(
        Person("Lena", "lena@cafe-linden.example", "owner", "2468"),
        Person("Jonas", "jonas@cafe-linden.example", "manager", "1357"),
        Person("Mira", "mira@cafe-linden.example", "staff", "4825"),
        Person("Tom", "tom@cafe-linden.example", "staff", "7193"),
        Person("Ada", "ada@cafe-linden.example", "analyst"),
    ),
    items=(
        Item("ESP", "Espresso", "Coffee", 280, 12),
        Item("MEL", "Melange", "Coffee", 420, 22),
        Item("FLW", "Flat white", "Coffee", 460, 18),
        Item("CAP", "Cappuccino", "Coffee", 440, 20),
        Item("FIL", "Filter coffee", "Coffee", 390, 7),
        Item("CHA", "Chai latte", "Tea & more", 480, 6),
        Item("TEE", "Pot of tea", "Tea & more", 450, 6),
        Item("LEM", "House lemonade", "Tea & more", 490, 7),
        Item("CRO", "Croissant", "Bakery", 290, 14),
        Item("KIP", "Vanilla kipferl", "Bakery", 240, 5),
        Item("SAC", "Chocolate torte", "Cakes", 560, 7),
        Item("APF", "Apple strudel", "Cakes", 540, 8),
        Item("BAN", "Banana bread", "Cakes", 420, 7),
        Item("FRU", "Breakfast “Linden”", "Breakfast", 1390, 6),
        Item("EGG", "Eggs on sourdough", "Breakfast", 1090, 5),
        Item("BEA", "Beans, 250 g", "Beans to take home", 1290, 3),
        Item("BEK", "Beans, 1 kg", "Beans to take home", 3890, 1),
        Item("GUT", "Gift card", "Gift cards", 2500, 1),
    ),
    most_items=4,
    tax_percent=10,
    members=80,
    habits=(
        Habit("everyday", 0.05, 8.0, 1.0, 0.7),
        Habit("weekly", 0.18, 2.8, 1.0, 0.6),
        Habit("now and then", 0.26, 0.9, 1.0, 0.4),
        Habit("drifted away", 0.16, 2.6, 0.45, 0.4),
        Habit("once", 0.22, 0.0, 0.0, 0.0),
        Habit("new", 0.12, 3.0, 1.0, 0.5),
    ),
    hours=((7, 5), (8, 14), (9, 13), (10, 11), (11, 8), (12, 8), (13, 7), (14, 8), (15, 10), (16, 9), (17, 5)),
    months=(0.9, 0.95, 1.0, 1.05, 1.1, 1.0, 0.8, 0.75, 1.05, 1.1, 1.1, 1.25),
    program={
        "name": "Linden Circle",
        "unit_one": "leaf",
        "unit_many": "leaves",
        "earn_points": 1,
        "earn_amount": 100,
        "joining_bonus": 10,
        "expiry_months": 12,
        "tier_basis": "spend",
        "tier_window": "rolling_year",
        "adjustment_limit": 50,
        "member_day_limit": 20_000,
        "staff_day_limit": 500_000,
        "gesture_limit": 600,
        "gesture_staff_budget": 1_500,
        "gesture_location_budget": 4_000,
    },
    tiers=(
        SampleTier("Guest", 0, 100, "A leaf for every euro"),
        SampleTier("Regular", 20000, 125, "Try the bean of the month first",
            works=(
                SampleBenefit("birthday", "free_product", sku="FLW", days=14),
                SampleBenefit("early", days=3),
            ),
        ),
        SampleTier("Friend of the house", 60000, 150, "A table on Saturdays",
            works=(
                SampleBenefit("birthday", "free_product", sku="SAC", days=14),
                SampleBenefit("anniversary", "amount_off", 1000, days=30),
                SampleBenefit("delivery", text="LINDEN-FREI"),
                SampleBenefit("early", days=7),
                SampleBenefit("invitation", text="Cupping of the new harvest", in_days=24),
                SampleBenefit("priority"),
            ),
        ),
        SampleTier(
            "The long table", 150000, 200, "Supper with the roasters, twice a year",
            works=(SampleBenefit("priority"), SampleBenefit("delivery", text="TAFEL-FREI")),
            by_invitation=True,
            invites=2,
        ),
    ),
    rules=(
        SampleRule(
            "Double Tuesday", "multiply", 200, when={"weekdays": (1,), "from_minute": 14 * 60, "to_minute": 17 * 60}
        ),
        SampleRule("Something sweet", "fixed", 5, ("Cakes",), when={"minimum": 800, "most_in_day": 5}, days=60),
        SampleRule("Every tenth visit", "fixed", 20, when={"occasion": "visit", "nth": 10}),
    ),
    stamp_cards=(
        SampleStampCard("Coffee card", 10, "Any coffee on us", "items", ("Coffee",), most_in_day=3, sku="FLW"),
    ),
    challenges=(
        SampleChallenge("Six mornings", "times", goal=6, points=40, began=30, ends=12),
        SampleChallenge("Every week", "streak", goal=4, gift_kind="free_product", sku="APF", began=60, ends=None),
        SampleChallenge("All our cakes", "collect", skus=("SAC", "APF", "BAN"), points=60, began=45, ends=40),
    ),
    rewards=(
        SampleReward("An espresso", "free_product", 30, sku="ESP", description="Single or double, as you like it."),
        SampleReward(
            "Any coffee", "choice", 45, choices=("MEL", "FLW", "CAP", "FIL"), description="From melange to filter."
        ),
        SampleReward(
            "Large for the price of small", "upgrade", 35, value=70, description="Any coffee, a size up.",
            more={"limit_in_period": 1, "limit_period": "day", "unit_cost": 25},
        ),
        SampleReward(
            "A surprise from the oven", "mystery", 55, description="Whatever Lena’s mother would hand you.",
            prizes=(
                ("Vanilla kipferl", "free_product", 0, 5, 70),
                ("Croissant", "free_product", 0, 3, 90),
                ("A slice of apple strudel", "free_product", 0, 2, 180),
                ("€5 off breakfast", "amount_off", 500, 1, 500),
            ),
        ),
        SampleReward("A slice of cake", "free_product", 60, sku="APF", description="Whatever is fresh today."),
        SampleReward(
            "A meal for the animal shelter", "donation", 70, value=200, charity="Animal shelter Prater",
            description="Lena brings it over on the first of the month.",
        ),
        SampleReward("€5 off", "amount_off", 80, value=500, more={"is_partial": True}),
        SampleReward(
            "The strudel recipe", "content", 90, limit=1, description="As written by Lena’s mother, in her words.",
            more={
                "content": "Six apples, sour ones. Do not measure the cinnamon.\n"
                "Pull the dough over the back of your hands until you can read a letter through it."
            },
        ),
        SampleReward("Breakfast “Linden”", "free_product", 180, sku="FRU", tier="Regular"),
        SampleReward(
            "Cupping evening", "experience", 150, stock=8, limit=1, in_days=12,
            description="An evening with Lena and six coffees.",
            more={"has_waiting_list": True, "unit_cost": 1200, "content": "Ring at the yard door. We begin on time."},
        ),
    ),
    given_names=(
        "Anna", "Lukas", "Marie", "Felix", "Sophie", "Paul", "Emma", "Jakob", "Hannah", "David", "Laura", "Max",
        "Valentina", "Elias", "Julia", "Simon", "Katharina", "Matteo", "Lea", "Noah", "Zeynep", "Milan", "Ivana",
        "Stefan", "Birgit", "Gerhard", "Renate", "Wolfgang", "Ingrid", "Amélie", "Ołena", "Tomáš",
    ),
    family_names=(
        "Gruber", "Huber", "Bauer", "Wagner", "Müller", "Pichler", "Steiner", "Moser", "Mayer", "Hofer", "Leitner",
        "Berger", "Fuchs", "Eder", "Fischer", "Schmid", "Winkler", "Weber", "Schwarz", "Maier", "Novák", "Yılmaz",
        "Petrović", "Kovács", "Nowak", "Horvat", "Wójcik", "Lang", "Baumgartner", "Auer",
    ),
    phone="+43 664 {:07d}",
    preferences=("oat milk", "extra hot", "no sugar", "decaf after 3 pm", "own cup", "window seat", "lactose-free"),
    notes=(
        "Comes with a small dog called Pippa.",
        "Works at the bookshop around the corner.",
        "Allergic to walnuts.",
        "Likes to hear about new beans.",
    ),
    friends=0.5,
    surprises=(
        SampleSurprise(
            "Cake Tuesday", {"way": "day", "winners": 1, "weekdays": (1,), "rest_days": 60, "budget": 4_000}, "APF"
        ),
        SampleSurprise(
            "Good to see you again",
            {"way": "visit", "one_in": 4, "away_days": 14, "points": 25, "budget_points": 250, "budget": 3_000},
        ),
    ),
    drawn_on=(1,),
    sharing={"may_give": True, "has_families": True, "month_most": 200, "most_members": 5},
    offer={"advocate_points": 40, "friend_points": 20, "minimum": 500, "hold_days": 7, "cap": 4},
    goodwill=0.03,
    gestures=(
        SampleGesture(0, "points", 20, note="Machine was down for ten minutes."),
        SampleGesture(0, "free_product", sku="KIP"),
        SampleGesture(1, "free_product", sku="FLW", note="Got a cappuccino first."),
        SampleGesture(1, "free_product", sku="BAN", at_once=False),
        SampleGesture(2, "amount_off", 500, note="Eggs came cold."),
        SampleGesture(2, "amount_off", 800, at_once=False, note="Breakfast for two went back to the kitchen."),
        SampleGesture(3, "points", 40, note="Brought back a purse somebody had left."),
    ),
    happenings=True,
    seed=20140501,
)  # fmt: skip
