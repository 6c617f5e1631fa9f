"""Points for a purchase through the API, and a reward redeemed, against the least a ledger could do in SQL."""

from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

from bench.harness import Row, Scale, measure
from bench.shop import Shop, named, new_key

CLIENTS = (1, 8)
API = "/api/v1"
_TABLES = """
CREATE TABLE bench_account (id int PRIMARY KEY, balance bigint NOT NULL, version bigint NOT NULL DEFAULT 0);
CREATE TABLE bench_entry (id uuid PRIMARY KEY, account_id int NOT NULL REFERENCES bench_account, amount bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(), key text NOT NULL UNIQUE);
CREATE INDEX ON bench_entry (account_id, at);
INSERT INTO bench_account SELECT i, 0 FROM generate_series(1, %s) AS i"""


def points(shop: Shop, scale: Scale) -> Iterator[Row]:
    """Purchases of different members, then rewards of theirs; each with a key of its own."""
    _make_tables(shop)
    bare = {many: _measured_bare(shop, scale, many) for many in CLIENTS}
    for many in CLIENTS:
        yield bare[many]
    for what, client in (("Points for a purchase", _purchases), ("Reward redeemed", _redemptions)):
        for many in CLIENTS:
            yield measure(
                shop.site,
                f"{what}, API, {_clients(many)}",
                [client(shop) for _number in range(many)],
                calls=_calls(scale, many),
                reference=bare[many],
            )


def _measured_bare(shop: Shop, scale: Scale, many: int) -> Row:
    return measure(
        shop.site,
        f"Bare SQL: insert entry, update balance, {_clients(many)}",
        [_bare(shop) for _number in range(many)],
        calls=_calls(scale, many) * 2,
        over_http=False,
    )


def _purchases(shop: Shop) -> Callable[[], object]:
    till = shop.till()

    def buy() -> object:
        total = shop.chance.randrange(250, 4_000)
        body = {"member": named(shop.guest()), "total": total, "receipt_number": uuid4().hex}
        return till.post_json(f"{API}/purchases/", body, new_key())

    return buy


def _redemptions(shop: Shop) -> Callable[[], object]:
    till = shop.till()

    def redeem() -> object:
        body = {"member": named(shop.guest()), "reward": str(shop.reward.pk)}
        return till.post_json(f"{API}/redemptions/", body, new_key())

    return redeem


def _bare(shop: Shop) -> Callable[[], object]:
    """One transaction of two statements on a connection of its own, durable like ours."""
    connection = shop.site.connect()

    def transaction() -> None:
        account = shop.chance.randrange(1, len(shop.guests) + 1)
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_entry (id, account_id, amount, key) VALUES (%s, %s, 10, %s)",
                [str(uuid4()), account, new_key()],
            )
            cursor.execute(
                "UPDATE bench_account SET balance = balance + 10, version = version + 1 WHERE id = %s", [account]
            )

    return transaction


def _make_tables(shop: Shop) -> None:
    connection = shop.site.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(_TABLES, [len(shop.guests)])
    connection.close()


def _calls(scale: Scale, many: int) -> int:
    """More clients share more calls, so that the time they run side by side is long enough."""
    return scale.calls * (2 if many > 1 else 1)


def _clients(many: int) -> str:
    return "1 client" if many == 1 else f"{many} clients"


BENCHMARKS: Sequence[Callable[[Shop, Scale], Iterator[Row]]] = (points,)
