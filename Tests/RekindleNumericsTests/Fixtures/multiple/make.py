"""Upper tails of the studentised range and of Dunnett's maximum, to some 15 digits.

python make.py > tails.csv        (Python 3, mpmath; needs nothing else)

The integrals are the textbook's, in s and z themselves, by mpmath's Gauss-Legendre rule over short
pieces with 90 digits (for the differences from 1): another rule, in other variables, than the library's.
Lines:
range,groups,degrees,x,tail        dunnett2 (two-sided) or dunnett1,loadings separated by blanks,degrees,x,tail
"""
import mpmath as mp
from mpmath.calculus.quadrature import GaussLegendre

mp.mp.dps = 90
sq2 = mp.sqrt(2)
Phi = lambda x: mp.erfc(-x / sq2) / 2
Q = lambda x: mp.erfc(x / sq2) / 2
phi = lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)

NODES = GaussLegendre(mp.mp).calc_nodes(4, 320)  # 48 nodes on [-1, 1]


def gauss(f, pieces):
    total = mp.mpf(0)
    for a, b in zip(pieces, pieces[1:]):
        half, middle = (b - a) / 2, (a + b) / 2
        total += half * sum(w * f(middle + half * x) for x, w in NODES)
    return total


def known_range(k, w):
    def f(z):
        return phi(z) * (Phi(z) ** (k - 1) - (Phi(z) - Phi(z - w)) ** (k - 1))
    m = w / 2
    return k * gauss(f, [m - 12, m - 5, m - 2, m, m + 2, m + 5, m + 12])


def known_dunnett(loadings, x, two):
    k = [mp.sqrt(1 - l * l) for l in loadings]

    def f(z):
        inside = mp.mpf(1)
        for l, c in zip(loadings, k):
            inside *= 1 - Q((x - l * z) / c) - (Q((x + l * z) / c) if two else 0)
        return phi(z) * (1 - inside)
    m = max(loadings) * x
    right = [m, m + 1, m + 3, m + 12]
    left = [-m - 12, -m - 3, -m - 1, -m] if two else [mp.mpf(-12), mp.mpf(-3)]
    between = [mp.mpf(j) for j in range(-60, 60) if left[-1] < j < m]
    return gauss(f, left + between + right)


def scaled(g, nu, x):
    if nu == mp.inf:
        return g(x)
    c = 2 * (nu / 2) ** (nu / 2) / mp.gamma(nu / 2)

    def f(s):
        return c * s ** (nu - 1) * mp.exp(-nu * s * s / 2) * g(x * s)
    # Pieces around the mode, shorter to the left where a far tail lives.
    sd = 1 / mp.sqrt(2 * nu)
    right = [1, 1 + 3 * sd, 1 + 7 * sd, 1 + 16 * sd]
    left, a = [mp.mpf(1)], mp.mpf(1)
    while a > mp.mpf(10) ** (-max(2, 20 / nu)) and len(left) < 60:
        a = max(a - 3 * sd, a / 3)
        left.append(a)
    return gauss(f, [mp.mpf(0)] + left[::-1] + [mp.mpf(v) for v in right[1:]])


if __name__ == "__main__":
    inf = mp.inf
    print("kind,parameter,degrees,x,tail")
    for k, nu, x in [
        (3, 10, "3.877"), (3, inf, "0.5"), (3, inf, "3.314"), (5, inf, "12"), (12, inf, "4.6"), (12, 40, "5"),
        (4, 2, "30"), (20, 5, "7"), (50, inf, "5.5"), (6, 1000, "9"), (3, "1.5", "40"),
    ]:
        nu = inf if nu == inf else mp.mpf(nu)
        print(f"range,{k},{mp.nstr(nu, 6)},{x},{mp.nstr(scaled(lambda w: known_range(k, w), nu, mp.mpf(x)), 17)}", flush=True)
    r = "0.70710678118654757"
    for kind, l, nu, x in [
        ("dunnett2", [r] * 3, 16, "2.59"), ("dunnett2", [r] * 11, inf, "2.8"), ("dunnett2", ["0.3", "0.6", "0.95"], 30, "3"),
        ("dunnett2", ["0.3", "0.6", "0.95"], inf, "15"), ("dunnett2", ["0.99", "0.995"], inf, "2"), ("dunnett2", [r] * 2, 4, "60"),
        ("dunnett1", [r] * 3, 16, "2.23"), ("dunnett1", ["0.2", "0.8"], inf, "10"), ("dunnett1", ["0.2", "0.8"], 12, "0.3"),
    ]:
        lam = [mp.mpf(float(v)) for v in l]
        nu = inf if nu == inf else mp.mpf(nu)
        two = kind == "dunnett2"
        print(f"{kind},{' '.join(l)},{mp.nstr(nu, 6)},{x},{mp.nstr(scaled(lambda v: known_dunnett(lam, v, two), nu, mp.mpf(x)), 17)}", flush=True)
