# python make.py > expected.csv
# SciPy 1.17.1: adaptive quadrature (scipy.integrate.quad, 1e-13) over the rate itself, cut at the quantiles
# of every posterior. Columns: what, arms as "a b a b …", then the values of the arms or the argument and the
# probability.
import numpy as np
from scipy import integrate, stats


def cuts(dists, back=lambda q: q):
    qs = [1e-15, 1e-10, 1e-6, 1e-3, 0.05, 0.3, 0.5, 0.7, 0.95, 1 - 1e-3, 1 - 1e-6]
    points = {0.0, 1.0}
    for d in dists:
        points |= {float(d.ppf(q)) for q in qs} | {float(d.isf(q)) for q in (1e-10, 1e-15)}
    return sorted(v for v in points if 0 <= v <= 1)


def total(f, points):
    return sum(integrate.quad(f, a, b, epsabs=1e-15, epsrel=1e-13, limit=200)[0] for a, b in zip(points, points[1:]))


def out(what, arms, *values):
    print(what, " ".join(f"{a} {b}" for a, b in arms), " ".join(repr(float(v)) for v in values), sep=",")


print("what,arms,values")
for arms in (
    [(11, 91), (16, 86)], [(1, 201), (8, 194), (4, 198)], [(49, 33), (57, 15), (50, 30), (60, 20)],
    [(0.5, 200.5), (3.5, 197.5)], [(2001, 98001), (2101, 97901), (2051, 97951)], [(21, 981), (20001, 980001)]):
    d = [stats.beta(*a) for a in arms]
    points = cuts(d)
    best, loss = [], []
    for i in range(len(d)):
        others = [e for j, e in enumerate(d) if j != i]
        best.append(total(lambda x: d[i].pdf(x) * np.prod([e.cdf(x) for e in others]), points))
        loss.append(total(lambda x: d[i].cdf(x) * -np.expm1(sum(np.log1p(-min(e.sf(x), 1 - 1e-300)) if e.sf(x) < 1 else -800 for e in others)), points))
    out("best", arms, *best)
    out("loss", arms, *loss)
for control, variant in (((11, 91), (16, 86)), ((1, 201), (8, 194)), ((49, 33), (57, 15)), ((2001, 98001), (2101, 97901))):
    c, v = stats.beta(*control), stats.beta(*variant)
    for delta in (-0.05, -0.001, 0.0, 0.0012, 0.03, 0.2):
        moved = sorted({x for x in cuts([c])} | {min(max(x - delta, 0), 1) for x in cuts([v])})
        out("difference", [control, variant], delta, total(lambda x: c.pdf(x) * v.cdf(x + delta), moved))
    for lift in (-0.5, -0.01, 0.0, 0.04, 0.5, 3.0):
        moved = sorted({x for x in cuts([c])} | {min(x / (1 + lift), 1) for x in cuts([v])})
        out("lift", [control, variant], lift, total(lambda x: c.pdf(x) * v.cdf((1 + lift) * x), moved))
