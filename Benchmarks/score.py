"""Scoring a ready-made feature table (W3) beside DuckDB, in the same run.

    python score.py [--rekindle path/to/rekindle] [--rows 1000000] [--repeats 3] [--threads 2] [--folder DIR]

A small simulated shop gives a model of 45 features; its feature table, every row many times over
with its numbers moved a little, gives ROWS customers as CSV and as Parquet. Ours reads the file and
writes probability, interval, band and three reasons in words, the riskiest first. The peer is a
SQL expression of the same logistic that writes customer, date and probability: what a shop would
run that had copied the coefficients. Each probability of the peer is checked against ours.
Whole processes; the peer's Python is the one that runs this. Needs duckdb.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BAR = {"parquet": 1, "csv": 1}
# Beside the 42 of features42.yaml.
MORE = """
days_since_cart: days_since_last(cart)
visits_365: count(visit, last 365d)
carts_365: count(cart, last 365d)
"""
PEER = """
import duckdb, sys
con = duckdb.connect(config={"threads": int(sys.argv[1])})
con.execute(sys.stdin.read())
"""


def run(command, **options):
    """Runs a command; its wall seconds and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, **options)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make(folder, rekindle, rows):
    """The model, and the feature file in both formats."""
    import duckdb

    shop = folder / "shop"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    run([rekindle, "simulate", "--customers", "3000", "--seed", "1", "--without-truth", "--output", shop], **quiet)
    project = shop / "rekindle.yaml"
    lines = (HERE / "features42.yaml").read_text() + MORE
    formulas = "\n".join("    " + line for line in lines.splitlines() if line and not line.startswith("#"))
    project.write_text(project.read_text().replace("  sets: [retail]", "  sets: []\n  add:\n" + formulas))
    model = folder / "model.json"
    run([rekindle, "train", "--project", project, "--output", model], **quiet)
    small = folder / "small.parquet"
    run([rekindle, "features", "--project", project, "--model", model, "--output", small], **quiet)
    con = duckdb.connect()
    columns = con.execute(f"DESCRIBE SELECT * FROM '{small}'").fetchall()
    moved = []
    for index, (name, kind, *_) in enumerate(columns[2:]):
        # A whole number stays whole; a fraction is moved, and has all its digits.
        noise = f"(1 + (hash(i, {index}) % 1000)::DOUBLE / 20000)"
        moved.append(
            f'CASE WHEN "{name}" = floor("{name}") THEN "{name}" ELSE "{name}" * {noise} END AS "{name}"'
            if kind == "DOUBLE" else f'"{name}"')
    con.execute(f"CREATE TABLE base AS SELECT row_number() OVER () - 1 AS row, * FROM '{small}'")
    count = con.execute("SELECT count(*) FROM base").fetchone()[0]
    con.execute(
        f"CREATE TABLE big AS SELECT 'C' || lpad(i::VARCHAR, 8, '0') AS customer_id, as_of, {', '.join(moved)} "
        f"FROM range({rows}) r(i) JOIN base ON base.row = i % {count} ORDER BY i")
    con.execute(f"COPY big TO '{folder}/features.parquet' (FORMAT parquet, COMPRESSION snappy)")
    con.execute("SET TimeZone = 'UTC'")
    con.execute(
        f"COPY (SELECT * REPLACE (strftime(as_of, '%Y-%m-%dT%H:%M:%SZ') AS as_of) FROM big) "
        f"TO '{folder}/features.csv' (FORMAT csv, HEADER)")
    return model


def logistic(model):
    """The model as a SQL expression over its features."""
    preparation = model["preparation"]
    features = preparation["features"]
    terms = [repr(model["coefficients"][0]["standardized"])]
    for column, coefficient in zip(preparation["columns"], model["coefficients"][1:]):
        weight = coefficient["standardized"]
        if weight == 0:
            continue
        feature = features[column["feature"]]
        name = f'"{feature["name"]}"'
        mean, deviation = column["mean"], column["deviation"]
        if column["part"] < 0:
            missing = " OR ".join(f'"{features[f]["name"]}" IS NULL' for f in column["missing"])
            terms.append(f"{weight!r} * ((CASE WHEN {missing} THEN 1 ELSE 0 END) - {mean!r}) / {deviation!r}")
            continue
        if feature["kind"] == "category" or feature["transform"] == "spline":
            sys.exit(f"{name}: this peer knows numbers and flags only")
        value = f"{name}::DOUBLE"
        if "low" in feature:
            value = f"greatest(least({value}, {feature['high']!r}), {feature['low']!r})"
            # least and greatest pass over NULL.
            value = f"CASE WHEN {name} IS NULL THEN NULL ELSE {value} END"
        if feature["transform"] == "log1p":
            value = f"sign({value}) * ln(1 + abs({value}))"
        terms.append(f"{weight!r} * coalesce(({value} - {mean!r}) / {deviation!r}, 0)")
    return "1 / (1 + exp(-(" + " + ".join(terms) + ")))"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rekindle", default=str(HERE.parent / ".build/release/rekindle"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", help="where the files are made, or found from an earlier run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.folder or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        model = folder / "model.json"
        if not (folder / "features.csv").exists():
            make(folder, options.rekindle, options.rows)
        compare(folder, model, options)


def compare(folder, model, options):
    import duckdb

    expression = logistic(json.loads(model.read_text()))
    threads = str(options.threads)
    for form in ["parquet", "csv"]:
        source = folder / f"features.{form}"
        ours_file, peer_file = folder / f"ours.{form}", folder / f"peer.{form}"
        target = "FORMAT parquet" if form == "parquet" else "FORMAT csv, HEADER"
        sql = f"COPY (SELECT customer_id, as_of, {expression} AS p FROM '{source}') TO '{peer_file}' ({target})"
        ours, peer = [], []
        for _ in range(options.repeats):
            ours.append(run([
                options.rekindle, "score", "--model", model, "--features", source, "--output", ours_file,
                "--threads", threads, "--quiet"]))
            peer.append(run([sys.executable, "-c", PEER, threads], input=sql, text=True))
        off, rows = duckdb.sql(
            f"SELECT max(abs(a.churn_probability - b.p)), count(*) FROM '{ours_file}' a "
            f"JOIN '{peer_file}' b USING (customer_id)").fetchone()
        if not off < 1e-9:
            sys.exit(f"the peer's probabilities are not ours: {off} apart")
        (wall, cpu), (peer_wall, peer_cpu) = min(ours), min(peer)
        print(
            f"W3 {form:8} {rows} rows  ours {wall:6.2f} s ({cpu:6.2f} CPU)  DuckDB {peer_wall:6.2f} s "
            f"({peer_cpu:6.2f} CPU)  ratio {peer_wall / wall:5.2f} wall {peer_cpu / cpu:5.2f} CPU  "
            f"bar {BAR[form]}  largest difference {off:.1e}")


if __name__ == "__main__":
    main()
