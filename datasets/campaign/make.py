#!/usr/bin/env python3
"""Makes the files of this folder: the same bytes at every run. Standard library only.

The shop's orders before the campaign and its customers come from a seed; what the campaign did to each
customer depends on the arm that `rekindle experiment assign` hands out, which is asked for on the way:

    python3 make.py path/to/rekindle
"""
import csv
import datetime
import gzip
import io
import math
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CUSTOMERS = 6000
FIRST = datetime.datetime(2025, 10, 1)
CAMPAIGN = datetime.datetime(2026, 3, 2)
END = datetime.datetime(2026, 3, 25)
SENT = {"weekday_20": datetime.datetime(2026, 3, 4, 20, 0), "weekend_12": datetime.datetime(2026, 3, 7, 12, 0)}

# The truth: what each level adds to the chance of an order within 14 days of the message, on top of what the
# customer would have done anyway.
LIFT = {"200-50": 0.02, "300-80": 0.07, "weekday_20": 0.0, "weekend_12": 0.025, "rational": 0.0, "emotional": 0.005}
# The larger coupon does better still at the weekend, when there is time to fill a basket.
TOGETHER = 0.03
BASKET = {"200-50": 235.0, "300-80": 330.0}


def write(name, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with open(os.path.join(HERE, name), "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=9) as packed:
            packed.write(text.getvalue().encode())


def main():
    draw = random.Random(20260302)
    rates = {}
    orders = []
    for number in range(1, CUSTOMERS + 1):
        customer = f"C{number:04d}"
        # Orders a day; a few customers buy most.
        rate = draw.gammavariate(0.9, 1 / 75)
        rates[customer] = rate
        time = FIRST
        while True:
            time += datetime.timedelta(days=draw.expovariate(max(rate, 1e-6)))
            if time >= END:
                break
            moment = time.replace(hour=min(22, 8 + int(draw.random() * 15)), minute=int(draw.random() * 60))
            amount = round(math.exp(draw.gauss(4.9, 0.5)), 1)
            orders.append((moment, customer, amount))
            if draw.random() < 0.04:
                back = moment + datetime.timedelta(days=2 + int(draw.random() * 6))
                if back < END:
                    orders.append((back, customer, -amount))
    write("customers.csv.gz", ["customer_id"], [[customer] for customer in sorted(rates)])

    # Nobody is assigned twice: the file that an earlier run left does not count.
    assignment = os.path.join(HERE, "assignment.csv")
    command = [sys.argv[1], "experiment", "assign", "spring_coupon", "--project", os.path.join(HERE, "rekindle.yaml"),
               "--customers", os.path.join(HERE, "customers.csv.gz"), "--at", "2026-03-02", "--output", assignment]
    subprocess.run(command, check=True)
    with open(assignment, newline="") as file:
        assigned = list(csv.DictReader(file))
    for name in ("assignment.csv", "assignment.record.json"):
        os.remove(os.path.join(HERE, name))

    sends = []
    for row in assigned:
        if row["arm"] == "holdout":
            sends.append(list(row.values()) + ["", ""])
            continue
        # A few messages bounce: assigned, and never exposed.
        sent = SENT[row["slot"]] + datetime.timedelta(minutes=int(draw.random() * 20))
        if draw.random() < 0.01:
            sends.append(list(row.values()) + ["", ""])
            continue
        opened = draw.random() < (0.62 if row["copy"] == "emotional" else 0.55)
        sends.append(list(row.values()) + [sent.strftime("%Y-%m-%dT%H:%M:00"), int(opened)])
        gain = LIFT[row["coupon"]] + LIFT[row["slot"]] + LIFT[row["copy"]]
        if row["coupon"] == "300-80" and row["slot"] == "weekend_12":
            gain += TOGETHER
        # Who does not open the message does not know of the coupon.
        if opened and draw.random() < gain / 0.585:
            time = sent + datetime.timedelta(hours=1 + draw.random() * 24 * 12)
            amount = round(BASKET[row["coupon"]] * math.exp(draw.gauss(0, 0.15)), 1)
            orders.append((time.replace(second=0, microsecond=0), row["customer_id"], amount))
    write("sends.csv.gz", list(assigned[0]) + ["exposed_at", "opened"], sends)
    orders.sort()
    write("orders.csv.gz", ["customer_id", "ordered_at", "amount"],
          [[customer, time.strftime("%Y-%m-%dT%H:%M"), amount] for time, customer, amount in orders])


main()
