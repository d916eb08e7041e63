"""`rekindle segments` beside `rekindle features` on the same events, whole processes, in the same run.

    python segments.py [--scale 1] [--folder DIR] [--rekindle ../.build/release/rekindle]
        [--repeats 1] [--threads N]

The events are those of features.py (made by events.py where they are not in the folder). `features` are the
42 of features42.yaml and, on a line of its own, the built-in set; `segments` is everything that the command
computes, models of value included. All read Parquet and write Parquet. The bar: `segments` takes no longer
than building the features does.
"""

import argparse
import os
import subprocess
import sys

from features import DATE, HERE, median, project, run, show


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", default=os.path.join(HERE, ".data"))
    parser.add_argument("--rekindle", default=os.path.join(HERE, "../.build/release/rekindle"))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    a = parser.parse_args()
    folder = os.path.abspath(a.folder)
    if not os.path.exists(f"{folder}/events.parquet"):
        subprocess.run([sys.executable, f"{HERE}/events.py", folder, str(a.scale)], check=True)
    project(f"{folder}/features42.yaml", f"{folder}/events.parquet")
    with open(f"{folder}/features42.yaml") as file:
        text = file.read()
    with open(f"{folder}/retail.yaml", "w") as file:
        file.write(text[: text.index("features:")] + "features:\n  sets: [retail]\n")
    print(f"segments: every customer as of {DATE}", flush=True)
    figures = {}
    for name, words, file in [
        ("features, 42", "features", "features42"), ("features, built in", "features", "retail"),
        ("segments", "segments", "retail"),
    ]:
        command = [
            a.rekindle, words, "--project", f"{folder}/{file}.yaml", "--as-of", DATE, "--threads",
            str(a.threads), "--output", f"{folder}/{words}-{file}.parquet",
        ]
        figures[name] = median(a.repeats, lambda: run(command))
        show(name, figures[name])
    for name in ["features, 42", "features, built in"]:
        ratio = figures[name] / figures["segments"]
        print(
            f"segments beside {name}: {ratio[0]:.2f} x its wall time, {ratio[1]:.2f} x its CPU time "
            f"(bar 1 x), {100 / ratio[2]:.0f} % of its memory")


if __name__ == "__main__":
    main()
