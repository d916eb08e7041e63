# python make.py > expected.csv
# SciPy 1.17.1: boschloo_exact and barnard_exact, and beside them the same suprema by a dense grid over
# all tables, since SciPy's global search stops at about 1e-9 and sometimes in a lesser maximum.
import numpy as np
from scipy import optimize, stats

TABLES = [(1, 9, 5, 9), (7, 12, 8, 10), (0, 10, 4, 10), (3, 20, 9, 15), (2, 40, 9, 25), (15, 30, 15, 30),
          (1, 60, 6, 55), (30, 60, 41, 55), (0, 25, 0, 25), (5, 8, 30, 31)]


def supremum(region, n0, n1):
    x0, x1 = np.arange(n0 + 1)[:, None], np.arange(n1 + 1)[None, :]
    if region[0, 0] or region[n0, n1]:
        return 1.0

    def p(v):
        return float((stats.binom.pmf(x0, n0, v) * stats.binom.pmf(x1, n1, v))[region].sum())

    grid = np.linspace(0, 1, 4001)[1:-1]
    values = np.array([p(v) for v in grid])
    best = values.max()
    for i in np.argsort(-values)[:6]:
        lo, hi = max(grid[i] - 3e-4, 1e-9), min(grid[i] + 3e-4, 1 - 1e-9)
        r = optimize.minimize_scalar(lambda v: -p(v), bounds=(lo, hi), method="bounded", options={"xatol": 1e-12})
        best = max(best, -r.fun)
    return best


def fisher(n0, n1, greater):
    x0, x1 = np.meshgrid(np.arange(n0 + 1), np.arange(n1 + 1), indexing="ij")
    total = x0 + x1
    return stats.hypergeom.sf(x1 - 1, n0 + n1, total, n1) if greater else stats.hypergeom.cdf(x1, n0 + n1, total, n1)


def pooled(n0, n1):
    x0, x1 = np.meshgrid(np.arange(n0 + 1), np.arange(n1 + 1), indexing="ij")
    p = (x0 + x1) / (n0 + n1)
    with np.errstate(all="ignore"):
        z = (x1 / n1 - x0 / n0) / np.sqrt(p * (1 - p) * (1 / n0 + 1 / n1))
    return np.nan_to_num(z)


print("name,x0,n0,x1,n1,alternative,a")
for t in TABLES:
    x0, n0, x1, n1 = t
    one = {}
    for alternative in ("less", "greater"):
        f = fisher(n0, n1, alternative == "greater")
        one[alternative] = supremum(f <= f[x0, x1] * (1 + 1e-10), n0, n1)
    one["two_sided"] = min(1.0, 2 * min(one.values()))
    z = pooled(n0, n1)
    barnard = {
        "less": supremum(z <= z[x0, x1] + 1e-12, n0, n1), "greater": supremum(z >= z[x0, x1] - 1e-12, n0, n1),
        "two_sided": supremum(np.abs(z) >= abs(z[x0, x1]) - 1e-12, n0, n1)}
    table = [[x1, x0], [n1 - x1, n0 - x0]]
    for alternative in ("two_sided", "less", "greater"):
        label = (*t, alternative)
        print("boschloo", *label, repr(float(one[alternative])), sep=",")
        print("barnard", *label, repr(float(barnard[alternative])), sep=",")
        theirs = alternative.replace("_", "-")
        print("boschloo_scipy", *label, repr(float(stats.boschloo_exact(table, alternative=theirs, n=256).pvalue)), sep=",")
        print("barnard_scipy", *label, repr(float(stats.barnard_exact(table, alternative=theirs, n=256).pvalue)), sep=",")
        f = stats.hypergeom(n0 + n1, x0 + x1, n1)
        mass = f.pmf(x1)
        less, greater = f.cdf(x1 - 1) + mass / 2, f.sf(x1) + mass / 2
        mid = {"less": less, "greater": greater, "two_sided": min(1, 2 * min(less, greater))}[alternative]
        print("mid_p", *label, repr(float(mid)), sep=",")
