"""Analysing an experiment (W4) beside DuckDB and tea-tasting, in the same run.

    python experiment.py [--rekindle path/to/rekindle] [--rows 1000000] [--repeats 3] [--threads 2] [--folder DIR]

ROWS customers in twelve arms (coupon 2, slot 2, copy 3): conversion, revenue and a covariate from before, in
one Parquet file. Ours runs `rekindle experiment analyze`: health, every arm against the control, conversion
by the score test, revenue by Welch and adjusted, the factorial table. The peers do less: DuckDB the sums a
cell, with Welch's test and CUPED by hand in Python; tea-tasting its means with CUPED and its proportions,
every arm against the control. Differences and p-values of revenue are checked against ours.
Whole processes. Needs duckdb, tea-tasting, numpy, scipy.
"""
import argparse
import csv
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BAR = 2
PROJECT = """\
rekindle: 1
experiments:
  w4:
    factors: {coupon: [none, 200-50], slot: [weekday_20, weekend_12], copy: [rational, emotional, plain]}
    metrics:
      converted: {kind: proportion, role: primary}
      revenue: {kind: mean, role: secondary, better: higher}
      revenue_adjusted: {kind: mean, role: secondary, column: revenue, covariates: [prior], adjustment: cuped}
    correction: none
"""
DUCKDB = """
import duckdb, json, sys
from math import sqrt
from scipy.stats import t
con = duckdb.connect(config={"threads": int(sys.argv[2])})
cells = con.execute(f'''SELECT coupon || '/' || slot || '/' || copy AS arm, count(*), sum(converted), sum(revenue),
  sum(revenue * revenue), sum(prior), sum(prior * prior), sum(revenue * prior)
  FROM '{sys.argv[1]}' GROUP BY arm''').fetchall()
cells = {arm: rest for arm, *rest in cells}
def moments(n, c, y, yy, x, xx, xy):
    return n, c / n, y / n, (yy - y * y / n) / (n - 1), x / n, (xx - x * x / n) / (n - 1), (xy - x * y / n) / (n - 1)
cells = {arm: moments(*cell) for arm, cell in cells.items()}
theta = sum((c[0] - 1) * c[6] for c in cells.values()) / sum((c[0] - 1) * c[5] for c in cells.values())
def welch(a, b, ma, va, mb, vb):
    se = sqrt(va / a + vb / b)
    df = (va / a + vb / b) ** 2 / ((va / a) ** 2 / (a - 1) + (vb / b) ** 2 / (b - 1))
    return mb - ma, se, df, 2 * t.sf(abs(mb - ma) / se, df), t.isf(0.025, df) * se
control = cells["none/weekday_20/rational"]
out = {}
for arm, cell in sorted(cells.items()):
    adjusted = [(c[2] - theta * c[4], c[3] - 2 * theta * c[6] + theta ** 2 * c[5]) for c in (control, cell)]
    rates = [(c[1], c[1] * (1 - c[1])) for c in (control, cell)]
    out[arm] = [welch(control[0], cell[0], *rates[0], *rates[1]),
                welch(control[0], cell[0], control[2], control[3], cell[2], cell[3]),
                welch(control[0], cell[0], *adjusted[0], *adjusted[1])]
print(json.dumps(out))
"""
TEA = """
import sys
import polars as pl, tea_tasting as tt
data = pl.scan_parquet(sys.argv[1]).with_columns(variant=pl.concat_str("coupon", "slot", "copy", separator="/")).collect()
experiment = tt.Experiment(
    converted=tt.Proportion("converted"), revenue=tt.Mean("revenue", use_t=True),
    adjusted=tt.Mean("revenue", covariate="prior", use_t=True))
result = experiment.analyze(data, control="none/weekday_20/rational", all_variants=True)
print(result)
"""


def run(command, **options):
    """Runs a command; its wall seconds, CPU seconds and output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def make(path, rows):
    import duckdb

    duckdb.connect().execute(f"""
      SELECT setseed(0.5);
      COPY (
        WITH drawn AS (
          SELECT i, (hash(i) % 2)::INTEGER AS a, (hash(i, 1) % 2)::INTEGER AS b, (hash(i, 2) % 3)::INTEGER AS c,
                 exp(4 + sqrt(-2 * ln(random() + 1e-12)) * cos(2 * pi() * random())) AS spend, random() AS luck,
                 random() AS noise
          FROM range({rows}) r(i))
        SELECT 'C' || lpad(i::VARCHAR, 8, '0') AS customer_id, ['none', '200-50'][a + 1] AS coupon,
               ['weekday_20', 'weekend_12'][b + 1] AS slot, ['rational', 'emotional', 'plain'][c + 1] AS copy,
               (luck < 0.1 + 0.01 * a)::INTEGER AS converted,
               CASE WHEN luck < 0.1 + 0.01 * a THEN spend * (0.5 + noise) ELSE 0 END AS revenue,
               CASE WHEN noise < 0.6 THEN spend ELSE 0 END AS prior
        FROM drawn ORDER BY i) TO '{path}' (FORMAT parquet, COMPRESSION snappy)""")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rekindle", default=str(HERE.parent / ".build/release/rekindle"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", help="where the file is made, or found from an earlier run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.folder or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        compare(folder, options)


def compare(folder, options):
    units = folder / "units.parquet"
    if not units.exists():
        make(units, options.rows)
    project = folder / "w4.yaml"
    project.write_text(PROJECT)
    threads = str(options.threads)
    ours, duck, tea = [], [], []
    for _ in range(options.repeats):
        ours.append(run([
            options.rekindle, "experiment", "analyze", "w4", "--project", project, "--units", units,
            "--format", "csv", "--threads", threads, "--quiet"]))
        duck.append(run([sys.executable, "-c", DUCKDB, units, threads]))
        tea.append(run([sys.executable, "-c", TEA, units]))
    check(ours[0][2], json.loads(duck[0][2]))
    (wall, cpu, _), (duck_wall, duck_cpu, _), (tea_wall, tea_cpu, _) = min(ours), min(duck), min(tea)
    print(
        f"W4 {options.rows} rows, 12 arms  ours {wall:5.2f} s ({cpu:5.2f} CPU)  DuckDB {duck_wall:5.2f} s "
        f"({duck_cpu:5.2f} CPU)  tea-tasting {tea_wall:5.2f} s ({tea_cpu:5.2f} CPU)  "
        f"ratio {min(duck_wall, tea_wall) / wall:5.2f} wall {min(duck_cpu, tea_cpu) / cpu:5.2f} CPU  bar {BAR}")


def check(table, peer):
    """Differences and p-values of revenue, ours beside the peer's."""
    rows = {
        row["variant"]: row for row in csv.DictReader(table.splitlines())
        if row["metric"] == "revenue" and row["segment"] in ("", "all")}
    for arm, (_, (difference, error, _, p, _), _) in peer.items():
        if arm not in rows:
            continue
        for name, value in [("diff", difference), ("diff_se", error), ("p", p)]:
            found = float(rows[arm][name])
            if abs(found - value) > 1e-8 * abs(value) + 1e-12:
                sys.exit(f"{arm}: our {name} is {found}, the peer's {value}")


if __name__ == "__main__":
    main()
