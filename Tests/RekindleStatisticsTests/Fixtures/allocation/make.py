# python make.py > expected.csv
# SciPy 1.17.1 for the chi-square tests and two arms; for more arms all allocations in exact fractions
# (fractions.Fraction, ties as R: within 1e-7). The Bayes factors by mpmath 1.4.1 with 40 digits.
from fractions import Fraction
from math import factorial

import mpmath as mp
from scipy import stats

mp.mp.dps = 40


def compositions(n, k):
    if k == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in compositions(n - first, k - 1):
            yield (first, *rest)


def exact(counts, weights):
    total, w = sum(counts), [Fraction(v, sum(weights)) for v in weights]

    def mass(x):
        m = Fraction(factorial(total))
        for k, p in zip(x, w):
            m *= p**k / factorial(k)
        return m

    limit = mass(counts) * (1 + Fraction(1, 10**7))
    return float(sum(m for m in map(mass, compositions(total, len(counts))) if m <= limit))


def row(name, counts, weights, value):
    print(name, " ".join(map(str, counts)), " ".join(map(str, weights)), value, sep=",")


print("name,counts,weights,value")
for counts, weights in (([5, 15], [1, 1]), ([0, 9], [1, 1]), ([12, 5, 3], [2, 1, 1]), ([10, 10, 10], [1, 1, 1]),
                        ([9, 2, 1, 4], [1, 1, 1, 1]), ([3, 1, 0, 0, 6], [4, 3, 1, 1, 1]),
                        ([4, 0, 1, 1, 1, 5], [1] * 6), ([3, 0, 1, 0, 0, 6, 0], [2, 1, 1, 1, 3, 1, 1])):
    row("exact", counts, weights, repr(exact(counts, weights)))
for counts, weights in (([470, 529], [1, 1]), ([100, 899], [1, 9]), ([3, 600], [1, 99])):
    p = weights[0] / sum(weights)
    row("exact", counts, weights, repr(float(stats.binomtest(counts[0], sum(counts), p).pvalue)))
for counts, weights in (([44700, 45489], [1, 1]), ([5000, 5100, 4900], [1, 1, 1]), ([90000, 11000], [9, 1]), ([700, 350, 60], [6, 3, 1])):
    expected = [sum(counts) * w / sum(weights) for w in weights]
    row("chi_square", counts, weights, repr(float(stats.chisquare(counts, expected).pvalue)))
for counts, weights in (([5100, 4900], [1, 1]), ([44700, 45489], [1, 1]), ([520, 250, 230], [2, 1, 1]), ([600000, 602000, 598000], [1, 1, 1])):
    n, c = sum(counts), mp.mpf(10000)
    log = mp.loggamma(c) - mp.loggamma(c + n)
    for k, w in zip(counts, weights):
        theta = mp.mpf(w) / sum(weights)
        log += mp.loggamma(c * theta + k) - mp.loggamma(c * theta) - k * mp.log(theta)
    row("bayes_factor", counts, weights, mp.nstr(log, 18))
