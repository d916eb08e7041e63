"""The event log that `make bench` times the peers on.

    python events.py FOLDER [SCALE]

writes FOLDER/events.parquet (snappy) and FOLDER/events.csv: SCALE × 21,500,000 events of
SCALE × 900,818 customers, in time order, 2022-01-01 to 2024-01-01 (UTC), the same for every run.
Columns: customer_id, at, kind (7), value, discount, category (24), channel (4). Buying is rare
among visits, as in a shop; customers differ in how often they come and when they stop.

Beside them FOLDER/contacts.parquet and FOLDER/contacts.csv, what a plan asks about and features.py
does not read: about SCALE × 2,800,000 consents, answered messages, closed tickets and tiers of the same
customers. Columns: customer_id, at, kind (4), channel (3), granted, opened, clicked, level.
Needs numpy and duckdb.
"""

import os
import sys

import duckdb
import numpy as np

KINDS = ["visit", "purchase", "cart", "message", "coupon", "ticket", "refund"]
SHARES = [0.52, 0.19, 0.10, 0.12, 0.03, 0.02, 0.02]
CATEGORIES = [
    "accessories", "bags", "bakery", "bath", "books", "camping", "coffee", "cosmetics", "cycling",
    "dairy", "electronics", "flowers", "footwear", "frozen", "furniture", "garden", "gifts",
    "home textiles", "jewellery", "kitchen", "outerwear", "pets", "stationery", "toys",
]
CHANNELS = ["app", "email", "store", "web"]
CONTACTS = ["consent", "message", "ticket_close", "tier"]
REACHED = ["app", "email", "sms"]
DAY = 86_400_000_000
START = 1_640_995_200_000_000  # 2022-01-01T00:00:00Z
DAYS = 730


def events(customers: int, count: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(20_240_101)
    # A life inside the span: first day, then an exponential length cut at the end.
    first = random.random(customers) * DAYS * 0.8
    life = np.minimum(first + 30 + random.exponential(400, customers), DAYS) - first
    # Every customer comes at least once; the rest of the events go by gamma rates over the lives.
    rates = random.gamma(0.7, 1.0, customers)
    shares = np.cumsum(rates * life) / (rates @ life)
    owner = np.concatenate([
        np.arange(customers),
        np.searchsorted(shares, random.random(count - customers)).clip(0, customers - 1),
    ])
    at = START + ((first[owner] + random.random(count) * life[owner]) * DAY).astype(np.int64)
    order = np.argsort(at, kind="stable")
    owner, at = owner[order], at[order]
    kind = np.searchsorted(np.cumsum(SHARES)[:-1], random.random(count), side="right")
    value = np.round(np.exp(random.normal(3.2, 0.8, count)), 2)
    discount = np.where(random.random(count) < 0.3, np.round(value * random.random(count) * 0.4, 2), 0)
    taste = random.integers(0, 24, customers)
    category = np.where(random.random(count) < 0.5, taste[owner], random.integers(0, 24, count))
    paid = np.isin(kind, [KINDS.index("purchase"), KINDS.index("refund")])
    return {
        # Numbers in another order than that of arrival, so that neither sorts the other.
        "customer": (owner * 7_919 + 104_729) % (10 * customers + 1),
        "at": at,
        "kind": kind.astype(np.int8),
        "value": np.where(paid, value, np.nan),
        "discount": np.where(kind == KINDS.index("purchase"), discount, np.nan),
        "category": category.astype(np.int8),
        "channel": random.integers(0, 4, count).astype(np.int8),
    }


def contacts(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    random = np.random.default_rng(20_240_102)
    # The first event of every customer, where consent is given and a tier begins.
    customer, first = np.unique(columns["customer"], return_index=True)
    joined = columns["at"][first]

    def after(rows, days):
        """Some of the customers, each a while after joining, inside the span."""
        at = joined[rows] + (random.exponential(days, len(rows)) * DAY).astype(np.int64)
        return customer[rows], np.minimum(at, START + DAYS * DAY - 1)

    def some(share):
        return np.flatnonzero(random.random(len(customer)) < share)

    parts = []

    def add(kind, who, at, channel=None, granted=-1, opened=-1, clicked=-1, level=-1):
        count = len(who)
        parts.append([
            who, at, np.full(count, CONTACTS.index(kind)), np.full(count, -1) if channel is None else channel,
            *(np.broadcast_to(values, count) for values in (granted, opened, clicked, level)),
        ])

    for channel, share in enumerate([0.7, 0.45, 0.35]):
        agreed = some(share)
        add("consent", customer[agreed], joined[agreed], np.full(len(agreed), channel), granted=1)
        withdrawn = agreed[random.random(len(agreed)) < 0.12]
        add("consent", *after(withdrawn, 200), np.full(len(withdrawn), channel), granted=0)
    rows = some(0.7)
    opened = random.random(len(rows)) < 0.3
    add(
        "message", *after(rows, 250), random.integers(0, 3, len(rows)), opened=opened,
        clicked=opened & (random.random(len(rows)) < 0.3))
    tickets = np.flatnonzero(columns["kind"] == KINDS.index("ticket"))
    tickets = tickets[random.random(len(tickets)) < 0.95]
    closed = columns["at"][tickets] + (random.exponential(1.5, len(tickets)) * DAY).astype(np.int64)
    add("ticket_close", columns["customer"][tickets], np.minimum(closed, START + DAYS * DAY - 1))
    rows = some(0.25)
    add("tier", *after(rows, 100), level=random.integers(0, 3, len(rows)))
    who, at, *rest = (np.concatenate(column) for column in zip(*parts))
    order = np.argsort(at, kind="stable")
    names = ["kind", "channel", "granted", "opened", "clicked", "level"]
    small = {name: values[order].astype(np.int8) for name, values in zip(names, rest)}
    return {"customer": who[order], "at": at[order]} | small


def main() -> None:
    folder = sys.argv[1]
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    os.makedirs(folder, exist_ok=True)
    columns = events(int(900_818 * scale), int(21_500_000 * scale))
    con = duckdb.connect()
    for name, words in [
        ("kinds", KINDS), ("categories", CATEGORIES), ("channels", CHANNELS), ("contacts", CONTACTS),
        ("reached", REACHED),
    ]:
        con.execute(f"SET VARIABLE {name} = ?", [words])
    customer = "'C' || lpad(customer::VARCHAR, 8, '0') AS customer_id, make_timestamp(\"at\") AS \"at\""
    write(con, f"{folder}/events", columns, f"""
        SELECT {customer},
          getvariable('kinds')[kind + 1] AS kind,
          nullif(value, 'nan'::DOUBLE) AS value,
          nullif(discount, 'nan'::DOUBLE) AS discount,
          getvariable('categories')[category + 1] AS category,
          getvariable('channels')[channel + 1] AS channel
        FROM columns""")
    write(con, f"{folder}/contacts", contacts(columns), f"""
        SELECT {customer},
          getvariable('contacts')[kind + 1] AS kind,
          CASE WHEN channel >= 0 THEN getvariable('reached')[channel + 1] END AS channel,
          nullif(granted, -1)::BOOLEAN AS granted,
          nullif(opened, -1)::BOOLEAN AS opened,
          nullif(clicked, -1)::BOOLEAN AS clicked,
          nullif(level, -1) AS level
        FROM columns""")


def write(con: duckdb.DuckDBPyConnection, path: str, columns: dict[str, np.ndarray], rows: str) -> None:
    """As Parquet and as CSV; the query reads `columns` by its name."""
    con.execute(f"COPY ({rows}) TO '{path}.parquet' (FORMAT parquet, COMPRESSION snappy)")
    con.execute(f"COPY ({rows}) TO '{path}.csv' (FORMAT csv, HEADER)")


if __name__ == "__main__":
    main()
