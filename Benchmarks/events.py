"""The event log that `make bench` times the peers on.

    python events.py FOLDER [SCALE]

writes FOLDER/events.parquet (snappy) and FOLDER/events.csv: SCALE × 21,500,000 events of
SCALE × 900,818 customers, in time order, 2022-01-01 to 2024-01-01 (UTC), the same for every run.
Columns: customer_id, at, kind (7), value, discount, category (24), channel (4). Buying is rare
among visits, as in a shop; customers differ in how often they come and when they stop.
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
DAY = 86_400_000_000
START = 1_640_995_200_000_000  # 2022-01-01T00:00:00Z
DAYS = 730


def events(customers: int, count: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(20_240_101)
    # Every customer comes at least once; the rest of the events go by gamma rates.
    rates = random.gamma(0.7, 1.0, customers)
    shares = np.cumsum(rates) / rates.sum()
    owner = np.concatenate([
        np.arange(customers),
        np.searchsorted(shares, random.random(count - customers)).clip(0, customers - 1),
    ])
    # A life inside the span: first day, then an exponential length cut at the end.
    first = random.random(customers) * DAYS * 0.8
    life = np.minimum(first + 30 + random.exponential(400, customers), DAYS) - first
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


def main() -> None:
    folder = sys.argv[1]
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    os.makedirs(folder, exist_ok=True)
    columns = events(int(900_818 * scale), int(21_500_000 * scale))  # noqa: F841, read by name below
    con = duckdb.connect()
    for name, words in [("kinds", KINDS), ("categories", CATEGORIES), ("channels", CHANNELS)]:
        con.execute(f"SET VARIABLE {name} = ?", [words])
    rows = """
        SELECT 'C' || lpad(customer::VARCHAR, 8, '0') AS customer_id, make_timestamp("at") AS "at",
          getvariable('kinds')[kind + 1] AS kind,
          nullif(value, 'nan'::DOUBLE) AS value,
          nullif(discount, 'nan'::DOUBLE) AS discount,
          getvariable('categories')[category + 1] AS category,
          getvariable('channels')[channel + 1] AS channel
        FROM columns"""
    con.execute(f"COPY ({rows}) TO '{folder}/events.parquet' (FORMAT parquet, COMPRESSION snappy)")
    con.execute(f"COPY ({rows}) TO '{folder}/events.csv' (FORMAT csv, HEADER)")


if __name__ == "__main__":
    main()
