# python make.py > python.csv
# statsmodels 0.15.0 (newcombe, agresti_caffo, wald, log), mpmath 1.4.1 with 60 digits (the rest).
# The score interval of the difference of statsmodels 0.15 is not used: its cubic for the restricted rate has
# the control's successes where Miettinen and Nurminen have its units (the coefficient L1), so that its
# ends are off by up to 6e-3 on these tables, and its search for them fails where a count is 0. Its ratio
# agrees with the numbers here to 1e-10 but for arms in which every unit succeeded. Here the ends are
# roots of the score equation itself, with the restricted rates as the root of their own equation.
import csv
import mpmath as mp
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

mp.mp.dps = 60


def bisect(f, a, b):
    """f(a) > 0 > f(b)."""
    for _ in range(210):
        m = (a + b) / 2
        if f(m) > 0:
            a = m
        else:
            b = m
    return (a + b) / 2


def restricted(delta, x0, n0, x1, n1):
    low, high = max(mp.mpf(0), -delta), min(mp.mpf(1), 1 - delta)

    def slope(p):
        q = p + delta
        return (
            (x0 * (1 - p) - (n0 - x0) * p) * q * (1 - q)
            + (x1 * (1 - q) - (n1 - x1) * q) * p * (1 - p)
        )

    # The cubic is 0 at an end too when that end is the answer; start just inside.
    width = high - low
    a, b = low + width * mp.mpf(10) ** -50, high - width * mp.mpf(10) ** -50
    if slope(a) <= 0:
        return low
    if slope(b) >= 0:
        return high
    return bisect(slope, a, b)


def z_difference(delta, x0, n0, x1, n1):
    p = restricted(delta, x0, n0, x1, n1)
    q = p + delta
    variance = p * (1 - p) / n0 + q * (1 - q) / n1
    d = mp.mpf(x1) / n1 - mp.mpf(x0) / n0 - delta
    return mp.mpf(0) if d == 0 else d / mp.sqrt(variance)


def z_ratio(phi, x0, n0, x1, n1):
    def slope(p):
        q = p * phi
        return (x0 + x1) / p - (n0 - x0) / (1 - p) - phi * (n1 - x1) / (1 - q)

    if x0 + x1 == 0:
        p = mp.mpf(0)
    elif x0 == n0 and x1 == n1:
        p = min(mp.mpf(1), 1 / phi)
    else:
        high = min(mp.mpf(1), 1 / phi)
        a, b = high * mp.mpf(10) ** -50, high * (1 - mp.mpf(10) ** -50)
        p = high if slope(b) >= 0 else bisect(slope, a, b)
    q = p * phi
    variance = phi**2 * p * (1 - p) / n0 + q * (1 - q) / n1
    d = mp.mpf(x1) / n1 - phi * mp.mpf(x0) / n0
    return mp.mpf(0) if d == 0 else d / mp.sqrt(variance)


def ends(x0, n0, x1, n1, confidence):
    n = n0 + n1
    z = mp.sqrt(2) * mp.erfinv(mp.mpf(confidence)) * mp.sqrt(mp.mpf(n) / (n - 1))
    t = (x0, n0, x1, n1)
    d = mp.mpf(x1) / n1 - mp.mpf(x0) / n0
    edge = 1 - mp.mpf(10) ** -50
    lower = -1 if d == -1 else bisect(lambda v: z_difference(v, *t) - z, -edge, d)
    upper = 1 if d == 1 else bisect(lambda v: z_difference(v, *t) + z, d, edge)
    # Of the ratio on the log scale.
    least = 0 if x1 == 0 else mp.e ** bisect(lambda u: z_ratio(mp.e**u, *t) - z, mp.mpf(-60), mp.mpf(60))
    most = "inf" if x0 == 0 else mp.e ** bisect(lambda u: z_ratio(mp.e**u, *t) + z, mp.mpf(-60), mp.mpf(60))
    return lower, upper, least, most


def out(name, t, alternative, confidence, a, b="nan"):
    def text(v):
        return v if isinstance(v, str) else mp.nstr(mp.mpf(v), 19, min_fixed=0, max_fixed=0)

    print(name, *t, alternative, confidence, text(a), text(b), sep=",")


print("name,x0,n0,x1,n1,alternative,confidence,a,b")
for row in csv.DictReader(open("tables.csv")):
    t = tuple(int(row[k]) for k in ("x0", "n0", "x1", "n1"))
    x0, n0, x1, n1 = t
    for confidence in (0.9, 0.95, 0.999):
        lower, upper, least, most = ends(*t, confidence)
        out("score_difference", t, "two_sided", confidence, lower, upper)
        out("score_lift", t, "two_sided", confidence, mp.mpf(least) - 1, most if isinstance(most, str) else most - 1)
        for name, method in (("newcombe", "newcomb"), ("wald", "wald"), ("agresti_caffo", "agresti-caffo")):
            out(name, t, "two_sided", confidence, *map(float, confint_proportions_2indep(x1, n1, x0, n0, method=method, alpha=1 - confidence)))
        if min(x0, x1) > 0:
            ratio = confint_proportions_2indep(x1, n1, x0, n0, method="log", compare="ratio", alpha=1 - confidence)
            out("log_delta", t, "two_sided", confidence, *(float(v) - 1 for v in ratio))
    for alternative, theirs in (("two_sided", "two-sided"), ("less", "smaller"), ("greater", "larger")):
        for name, method, compare in (
            ("wald_test", "wald", "diff"), ("agresti_caffo_test", "agresti-caffo", "diff"), ("log_delta_test", "log", "ratio")):
            if 0 < x0 < n0 and 0 < x1 < n1 or method == "agresti-caffo":
                r = test_proportions_2indep(x1, n1, x0, n0, method=method, compare=compare, alternative=theirs)
                out(name, t, alternative, 0.95, float(r.pvalue), float(r.statistic))
        # Margins, by mpmath: p, z.
        for name, z in (("margin_difference", z_difference(mp.mpf("-0.02"), *t)), ("margin_ratio", z_ratio(mp.mpf("0.9"), *t))):
            tail = {"two_sided": mp.erfc(abs(z) / mp.sqrt(2)), "less": mp.erfc(-z / mp.sqrt(2)) / 2, "greater": mp.erfc(z / mp.sqrt(2)) / 2}[alternative]
            out(name, t, alternative, 0.95, tail, z)
