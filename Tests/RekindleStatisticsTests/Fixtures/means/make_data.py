"""The data of the fixtures of means, adjustment, clusters and resampling; NumPy 2, seed fixed.

Run in this folder: python make_data.py
"""
import numpy as np

rng = np.random.default_rng(20240611)


def write(name, header, columns):
    with open(name, "w") as file:
        file.write(",".join(header) + "\n")
        for row in zip(*columns):
            file.write(",".join(repr(float(v)) if isinstance(v, float) else str(v) for v in row) + "\n")


# Revenue of 240 customers in two arms of unequal size: many zeros, a long tail, and what they spent and
# how often they came before.
n = 240
arm = (rng.random(n) < 0.4).astype(int)
prior = np.round(np.where(rng.random(n) < 0.3, 0, rng.lognormal(3, 1, n)), 2)
visits = rng.poisson(2 + prior / 40)
orders = rng.poisson(0.6 + prior / 100 + 0.2 * arm)
revenue = np.round(
    np.where(orders == 0, 0, orders * rng.lognormal(3, 0.8, n) * (1 + 0.2 * arm) + 0.5 * prior), 2)
sessions = 1 + rng.poisson(3 + visits / 2)
segment = rng.integers(0, 4, n)
write("revenue.csv", ["arm", "revenue", "orders", "sessions", "prior", "visits", "segment"],
      [list(map(int, arm)), list(map(float, revenue)), list(map(int, orders)), list(map(int, sessions)),
       list(map(float, prior)), list(map(int, visits)), list(map(int, segment))])
# 31 stores of unequal size in two arms.
rows = []
for store in range(31):
    store_arm = int(store % 5 < 2)
    effect = rng.normal(0, 2)
    for _ in range(int(rng.integers(1, 15))):
        rows.append((store, store_arm, round(float(10 + store_arm + effect + rng.normal(0, 3)), 3)))
write("../clusters/stores.csv", ["store", "arm", "y"], [list(c) for c in zip(*rows)])
