"""What rows of a file become: receipts with their items. Pure, without the database.

The rules:

- Rows with the same receipt number are one receipt. Without such a column, rows of one customer at the same date
  and time are one; where the file knows days only, or no customer, each row is a receipt of its own.
- A receipt is taken whole or not at all: when one of its rows cannot be read, all are refused, so that the
  corrected file can be imported again.
- A negative quantity is goods brought back. So is every row of a receipt like C536379, when the other receipts of
  the file are plain numbers. A negative amount without a negative quantity is a discount on its receipt, or, where
  the receipt has nothing to take it from, money given back.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from customers.imports.who import Who


@dataclass(frozen=True, slots=True)
class Goods:
    """What a row says was bought. All empty when the file does not say."""

    sku: str
    name: str
    category: str


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """What a row says, without who and when: tax is part of `total`; amounts are minor units, negative where the row
    says so, and positive in `Receipt.back`.

    Equal rows share one item, so it is never changed, only replaced; two are the same only when they are one object.
    """

    goods: Goods
    quantity: Decimal
    unit_price: int
    discount: int
    tax: int
    total: int
    # How the item stands in the key of its receipt, made once for all receipts that have it.
    content: str = field(init=False)
    # Neither brought back nor a discount.
    is_plain: bool = field(init=False)

    def __post_init__(self) -> None:
        content = f"{self.goods.sku or self.goods.name}|{self.quantity}|{self.total}"
        object.__setattr__(self, "content", content)
        object.__setattr__(self, "is_plain", self.total >= 0 and self.quantity >= 0)


@dataclass(slots=True)
class Receipt:
    """Rows that belong together: what was bought and what was brought back. `number` may be empty.

    `key` is the same whenever the same receipt with the same contents is read again. `declared` is the total that
    the file names for the whole of it.
    """

    number: str
    moment: datetime
    who: Who | None
    place: str
    rows: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    back: list[Item] = field(default_factory=list)
    declared: int | None = None
    key: str = ""

    def add(self, row: int, item: Item, who: Who | None, declared: int | None) -> None:
        """Another row of it; what the first row left open, a later one may say."""
        self.rows.append(row)
        self.items.append(item)
        if self.who is None:
            self.who = who
        if self.declared is None:
            self.declared = declared


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken; `column` is the file's own name of the one with the problem, if it is one."""

    row: int
    column: str
    reason: str


@dataclass(slots=True)
class Parsed:
    """What a file of purchases holds; receipts in the order of time, net in minor units.

    Every line of the file is in a receipt, refused, left out, dropped, or empty (nothing of no value). `codes`: how
    many lines each product code has. `foreign`: lines and amounts in currencies that are not the business's, which
    are refused. `unread_contacts`: e-mails and phones that could not be read, each once as it stands in the file;
    something else of the row says who it is about.
    """

    receipts: list[Receipt] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lines: int = 0
    duplicates: int = 0
    dropped: int = 0
    left_out: int = 0
    empty: int = 0
    without_customer: int = 0
    cancelled: int = 0
    unread_contacts: tuple[str, ...] = ()
    net: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
