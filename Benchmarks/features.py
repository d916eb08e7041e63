"""The 42 features of features42.yaml beside DuckDB and Polars, whole processes, in the same run.

    python features.py [--scale 1] [--folder DIR] [--rekindle ../.build/release/rekindle]
        [--work parquet,csv,six] [--peers duckdb,polars] [--repeats 1] [--threads N]

Works: `parquet` and `csv` are one as-of date from events.parquet or events.csv (made by events.py
where they are not in the folder) to a Parquet file; `six` is six monthly as-of dates from Parquet:
ours in one run, DuckDB in six runs, which are added up (of its memory: the largest).
Polars is timed for `parquet` alone. Every table a peer writes is compared with ours, value by value.
Needs duckdb, polars and numpy; the peers run under the Python that runs this file.
"""

import argparse
import os
import subprocess
import sys
import time

import duckdb
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DATE = "2024-01-01"
SIX = ["2023-08-01", "2023-09-01", "2023-10-01", "2023-11-01", "2023-12-01", DATE]
BARS = {"parquet": 1.5, "csv": 2.5, "six": 6.0}


# Ours

def project(path, source):
    features = [line for line in open(os.path.join(HERE, "features42.yaml")) if not line.startswith("#")]
    kinds = ["purchase", "visit", "cart", "message", "coupon", "ticket", "refund"]
    text = [
        "rekindle: 1", "sources:", "  events:", f"    file: {os.path.basename(source)}",
        "    kind:", "      column: kind", "      map: {" + ", ".join(f"{k}: {k}" for k in kinds) + "}",
        "    customer: customer_id", "    time: at", "    value: value", "    attributes:",
        "      discount: {column: discount, type: number}", "      category: category",
        "      channel: channel", "features:", "  sets: []", "  add:",
    ]
    for line in features:
        name, formula = line.strip().split(": ", 1)
        text.append(f'    {name}: "{formula}"')
    with open(path, "w") as file:
        file.write("\n".join(text) + "\n")


# DuckDB: one query. Purchases, on which most features stand, are set aside once; windows over the
# distinct days of buying give the gaps; the other kinds are counted in one aggregate.

def sql(source, date, target, threads, once):
    scan = f"read_csv('{source}')" if source.endswith(".csv") else f"'{source}'"
    at = f"TIMESTAMP '{date}'"

    def since(days):
        return f'"at" >= {at} - INTERVAL {days} DAY'

    def between(a, b):
        return f'"at" >= {at} - INTERVAL {a} DAY AND "at" < {at} - INTERVAL {b} DAY'

    def days(column):
        return f"(epoch_us({at}) - epoch_us({column})) / 86400e6"

    counts = [f"count(*) FILTER ({since(d)}) AS purchases_{d}" for d in (7, 30, 90, 180, 365)]
    sums = [f"coalesce(sum(value) FILTER ({since(d)}), 0) AS spend_{d}" for d in (7, 30, 90, 180, 365)]
    kind = [
        f"count(*) FILTER (kind = '{k}' AND {since(d)}) AS {k}s_{d}"
        for k, ds in (("visit", (30, 90)), ("cart", (30, 90)), ("message", (30, 90)), ("coupon", (180,)),
                      ("ticket", (90, 365))) for d in ds
    ]
    return f"""
SET threads = {threads};
SET enable_progress_bar = false;
{f'CREATE TEMP TABLE source AS FROM {scan};' if once else ''}
COPY (
WITH events AS (SELECT * FROM {'source' if once else scan} WHERE "at" < {at}),
bought AS MATERIALIZED (
  SELECT customer_id, "at", value, discount, category, channel FROM events WHERE kind = 'purchase'),
buying AS (
  SELECT customer_id, max("at") AS last, min("at") AS first, {', '.join(counts + sums)},
    avg(value) FILTER ({since(365)}) AS mean_order_value_365,
    count(*) FILTER ({since(365)} AND discount > 0) AS discounted,
    coalesce(sum(discount) FILTER ({since(365)}), 0) AS discounts,
    count(*) FILTER ({between(180, 90)}) AS purchases_before,
    coalesce(sum(value) FILTER ({between(180, 90)}), 0) AS spend_before,
    count(*) FILTER ({since(365)} AND dayofweek("at") IN (0, 6)) AS weekend,
    count(*) FILTER ({since(365)} AND (hour("at") >= 22 OR hour("at") < 6)) AS night
  FROM bought GROUP BY customer_id),
gaps AS (
  SELECT customer_id, avg(gap) AS gap_mean, stddev_samp(gap) AS gap_sd,
    avg(gap) FILTER (place <= 3) AS gap_latest
  FROM (
    SELECT customer_id, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap,
      row_number() OVER (PARTITION BY customer_id ORDER BY day DESC) AS place
    FROM (SELECT DISTINCT customer_id, "at"::DATE AS day FROM bought))
  GROUP BY customer_id),
categories AS (
  SELECT customer_id, count(*) AS kinds, max(n) / sum(n) AS top
  FROM (SELECT customer_id, category, count(*) AS n FROM bought WHERE {since(365)} GROUP BY ALL)
  GROUP BY customer_id),
channels AS (
  SELECT customer_id, count(*) AS kinds, max(n) / sum(n) AS top
  FROM (SELECT customer_id, channel, count(*) AS n FROM bought WHERE {since(365)} GROUP BY ALL)
  GROUP BY customer_id),
other AS (
  SELECT customer_id, {', '.join(kind)},
    max("at") FILTER (kind = 'visit') AS visited,
    count(*) FILTER (kind = 'visit' AND {between(60, 30)}) AS visits_before,
    coalesce(sum(value) FILTER (kind = 'refund' AND {since(365)}), 0) AS refunded
  FROM events GROUP BY customer_id)
SELECT customer_id, {at} AS as_of, {days('last')} AS recency_days, {days('first')} AS tenure_days,
  {', '.join(f'coalesce(purchases_{d}, 0) AS purchases_{d}' for d in (7, 30, 90, 180, 365))},
  {', '.join(f'coalesce(spend_{d}, 0) AS spend_{d}' for d in (7, 30, 90, 180, 365))},
  mean_order_value_365, discounted / nullif(b.purchases_365, 0) AS discount_share_365,
  discounts / nullif(b.spend_365 + discounts, 0) AS discount_depth_365,
  gap_mean, gap_sd, {days('last')} / gap_mean AS overdue_ratio, gap_latest / gap_mean AS gap_trend,
  coalesce(categories.kinds, 0) AS categories_365, categories.top AS top_category_share_365,
  coalesce(channels.kinds, 0) AS channels_365, channels.top AS top_channel_share_365,
  visits_30, visits_90, {days('visited')} AS days_since_visit, carts_30, carts_90, messages_30, messages_90,
  ln((visits_30 + 0.5) / (visits_before + 0.5)) AS visits_trend,
  ln((coalesce(b.purchases_90, 0) + 0.5) / (coalesce(purchases_before, 0) + 0.5)) AS purchases_trend,
  ln((coalesce(b.spend_90, 0) + 10) / (coalesce(spend_before, 0) + 10)) AS spend_trend,
  coalesce(b.purchases_90, 0) / nullif(visits_90, 0) AS purchase_rate_90,
  carts_90 / nullif(visits_90, 0) AS cart_rate_90,
  coupons_180, coupons_180 / nullif(b.purchases_180, 0) AS coupon_rate_180, tickets_90, tickets_365,
  weekend / nullif(b.purchases_365, 0) AS weekend_share_365, night / nullif(b.purchases_365, 0) AS night_share_365,
  refunded / nullif(b.spend_365, 0) AS refund_share_365
FROM other LEFT JOIN buying b USING (customer_id) LEFT JOIN gaps USING (customer_id)
  LEFT JOIN categories USING (customer_id) LEFT JOIN channels USING (customer_id)
) TO '{target}' (FORMAT parquet)"""


DUCKDB = "import sys, duckdb; duckdb.connect().execute(sys.stdin.read())"


# Polars: the same tables, on its streaming engine.

POLARS = """
import sys
from datetime import datetime, timedelta
import polars as pl
source, date, target = sys.argv[1:]
at = datetime.fromisoformat(date)
def since(days): return pl.col("at") >= at - timedelta(days=days)
def between(a, b): return since(a) & (pl.col("at") < at - timedelta(days=b))
def n(condition, name): return condition.sum().alias(name)
def age(column): return (pl.lit(at) - pl.col(column)).dt.total_microseconds() / 86400e6
events = pl.scan_parquet(source).filter(pl.col("at") < at)
kind = pl.col("kind")
bought = events.filter(kind == "purchase")
year = bought.filter(since(365))
buying = bought.group_by("customer_id").agg(
  pl.col("at").max().alias("last"), pl.col("at").min().alias("first"),
  *[n(since(d), f"purchases_{d}") for d in (7, 30, 90, 180, 365)],
  *[pl.col("value").filter(since(d)).sum().alias(f"spend_{d}") for d in (7, 30, 90, 180, 365)],
  pl.col("value").filter(since(365)).mean().alias("mean_order_value_365"),
  n(since(365) & (pl.col("discount") > 0), "discounted"),
  pl.col("discount").filter(since(365)).sum().alias("discounts"),
  n(between(180, 90), "purchases_before"),
  pl.col("value").filter(between(180, 90)).sum().alias("spend_before"),
  n(since(365) & (pl.col("at").dt.weekday() >= 6), "weekend"),
  n(since(365) & ((pl.col("at").dt.hour() >= 22) | (pl.col("at").dt.hour() < 6)), "night"))
gap = pl.col("day").sort().diff().drop_nulls()
gaps = bought.select("customer_id", (pl.col("at").dt.epoch("d")).alias("day")).unique().group_by("customer_id").agg(
  gap.mean().alias("gap_mean"), gap.std().alias("gap_sd"), gap.tail(3).mean().alias("gap_latest"))
def spread(column):
  return year.group_by("customer_id", column).agg(pl.len().alias("n")).group_by("customer_id").agg(
    pl.len().alias(column + "_kinds"), (pl.col("n").max() / pl.col("n").sum()).alias(column + "_top"))
windows = (("visit", (30, 90)), ("cart", (30, 90)), ("message", (30, 90)), ("coupon", (180,)), ("ticket", (90, 365)))
other = events.group_by("customer_id").agg(
  *[n((kind == k) & since(d), f"{k}s_{d}") for k, ds in windows for d in ds],
  pl.col("at").filter(kind == "visit").max().alias("visited"),
  n((kind == "visit") & between(60, 30), "visits_before"),
  pl.col("value").filter((kind == "refund") & since(365)).sum().alias("refunded"))
table = other
for part in (buying, gaps, spread("category"), spread("channel")): table = table.join(part, on="customer_id", how="left")
def c(name): return pl.col(name).fill_null(0).cast(pl.Float64)
def over(name): return pl.when(c(name) > 0).then(c(name))
table.select("customer_id", pl.lit(at).alias("as_of"), age("last").alias("recency_days"), age("first").alias("tenure_days"),
  *[c(f"purchases_{d}") for d in (7, 30, 90, 180, 365)], *[c(f"spend_{d}") for d in (7, 30, 90, 180, 365)],
  "mean_order_value_365", (c("discounted") / over("purchases_365")).alias("discount_share_365"),
  (c("discounts") / pl.when(c("spend_365") + c("discounts") > 0).then(c("spend_365") + c("discounts"))).alias("discount_depth_365"),
  "gap_mean", "gap_sd", (age("last") / pl.col("gap_mean")).alias("overdue_ratio"),
  (pl.col("gap_latest") / pl.col("gap_mean")).alias("gap_trend"),
  c("category_kinds").alias("categories_365"), pl.col("category_top").alias("top_category_share_365"),
  c("channel_kinds").alias("channels_365"), pl.col("channel_top").alias("top_channel_share_365"),
  "visits_30", "visits_90", age("visited").alias("days_since_visit"), "carts_30", "carts_90", "messages_30", "messages_90",
  ((c("visits_30") + 0.5) / (c("visits_before") + 0.5)).log().alias("visits_trend"),
  ((c("purchases_90") + 0.5) / (c("purchases_before") + 0.5)).log().alias("purchases_trend"),
  ((c("spend_90") + 10) / (c("spend_before") + 10)).log().alias("spend_trend"),
  (c("purchases_90") / over("visits_90")).alias("purchase_rate_90"), (c("carts_90") / over("visits_90")).alias("cart_rate_90"),
  "coupons_180", (c("coupons_180") / over("purchases_180")).alias("coupon_rate_180"), "tickets_90", "tickets_365",
  (c("weekend") / over("purchases_365")).alias("weekend_share_365"), (c("night") / over("purchases_365")).alias("night_share_365"),
  (c("refunded") / over("spend_365")).alias("refund_share_365"),
).sink_parquet(target, engine="streaming")
"""


# Running and comparing

def run(command, given=None, **environment):
    """Wall seconds, CPU seconds and peak MiB of a process; stops with its words when it fails."""
    start = time.perf_counter()
    with open(os.devnull, "r+b") as nothing, subprocess.Popen(
        command, stdin=subprocess.PIPE if given else nothing, stdout=nothing, stderr=subprocess.PIPE,
        env=os.environ | environment,
    ) as process:
        if given:
            process.stdin.write(given.encode())
            process.stdin.close()
        words = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(words.decode())
    return np.array([time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024])


def median(repeats, body):
    return np.median([body() for _ in range(repeats)], axis=0)


def compare(ours, theirs, date):
    """Counts, days and shares exactly or to 1e-9 of the value; what is missing here is missing there."""
    con = duckdb.connect()
    names = [row[0] for row in con.execute(f"DESCRIBE FROM '{ours}'").fetchall()][2:]
    sides = [
        con.execute(
            f"SELECT customer_id, {', '.join(f'{n}::DOUBLE AS {n}' for n in names)} FROM '{path}' "
            f"WHERE as_of = TIMESTAMP '{date}' ORDER BY customer_id").fetchnumpy()
        for path in (ours, theirs)
    ]
    if len(sides[0]["customer_id"]) != len(sides[1]["customer_id"]) or (
        sides[0]["customer_id"] != sides[1]["customer_id"]
    ).any():
        sys.exit(f"{theirs}: other customers than {ours}")
    for name in names:
        a, b = (np.ma.filled(side[name].astype(float), np.nan) for side in sides)
        wrong = ~((np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= 1e-9 * np.maximum(1, np.abs(a))))
        if name.split("_")[0] in ("purchases", "visits", "carts", "messages", "coupons", "tickets") and (
            name.split("_")[1].isdigit()
        ):
            wrong |= a != b
        if wrong.any():
            row = int(np.argmax(wrong))
            sys.exit(
                f"{theirs}: {name} differs in {wrong.sum()} of {len(a)} rows; "
                f"{sides[0]['customer_id'][row]}: {a[row]} here, {b[row]} there")
    return f"{len(a)} rows × {len(names)} features agree"


def show(name, figures, ours=None):
    ratio = "" if ours is None else f"; ratio {figures[0] / ours[0]:.2f} wall, {figures[1] / ours[1]:.2f} CPU, " \
        f"{figures[2] / ours[2]:.2f} memory"
    print(f"  {name:22} {figures[0]:7.2f} s {figures[1]:7.2f} CPU s {figures[2]:7.0f} MiB{ratio}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", default=os.path.join(HERE, ".data"))
    parser.add_argument("--rekindle", default=os.path.join(HERE, "../.build/release/rekindle"))
    parser.add_argument("--work", default="parquet,csv,six")
    parser.add_argument("--peers", default="duckdb,polars")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    a = parser.parse_args()
    folder = os.path.abspath(a.folder)
    if not os.path.exists(f"{folder}/events.csv"):
        subprocess.run([sys.executable, f"{HERE}/events.py", folder, str(a.scale)], check=True)
    bars = []
    for work in a.work.split(","):
        source = f"{folder}/events.csv" if work == "csv" else f"{folder}/events.parquet"
        project(f"{folder}/w1-{work}.yaml", source)
        dates = SIX if work == "six" else [DATE]
        output = f"{folder}/features-{work}.parquet"
        print(f"{work}: 42 features as of {', '.join(dates)}", flush=True)
        command = [a.rekindle, "features", "--project", f"{folder}/w1-{work}.yaml", "--output", output,
                   "--threads", str(a.threads)]
        for date in dates:
            command += ["--as-of", date]
        ours = median(a.repeats, lambda: run(command))
        show("rekindle", ours)
        best = None
        if "duckdb" in a.peers:
            # Read once into a table, or scanned where it lies: the faster counts.
            for once in (False, True):
                total = np.zeros(3)
                for date in dates:
                    target = f"{folder}/duckdb-{work}.parquet"
                    query = sql(source, date, target, a.threads, once)
                    figures = median(a.repeats, lambda: run([sys.executable, "-c", DUCKDB], query))
                    agreed = compare(output, target, date)
                    total = np.array([total[0] + figures[0], total[1] + figures[1], max(total[2], figures[2])])
                name = "duckdb, " + ("a table first" if once else "as it lies") + (" × 6" if work == "six" else "")
                show(name, total, ours)
                if best is None or total[0] < best[0]:
                    best = total
            print(f"  {agreed}")
        if "polars" in a.peers and work == "parquet":
            target = f"{folder}/polars.parquet"
            figures = median(a.repeats, lambda: run(
                [sys.executable, "-c", POLARS, source, DATE, target], POLARS_MAX_THREADS=str(a.threads)))
            show("polars, streaming", figures, ours)
            print(f"  {compare(output, target, DATE)}")
        if best is not None:
            bars.append(
                f"{work}: {best[0] / ours[0]:.2f} x DuckDB's wall time, {best[1] / ours[1]:.2f} x its CPU time "
                f"(bar {BARS[work]} x), {100 * ours[2] / best[2]:.0f} % of its memory")
    print("\n".join(bars))


if __name__ == "__main__":
    main()
