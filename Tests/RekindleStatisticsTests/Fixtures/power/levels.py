# SciPy 1.17: levels of many comparisons by adaptive quadrature. Run: python levels.py
import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

def dunnett(w0, w):
    l = np.sqrt(np.array(w) / (w0 + np.array(w)))
    s = np.sqrt(1 - l * l)
    def inside(d):
        f = lambda x: norm.pdf(x) * np.prod(norm.cdf((d + l * x) / s) - norm.cdf((-d + l * x) / s))
        return quad(f, -10, 10, epsabs=1e-14, epsrel=1e-13, limit=500)[0]
    return 2 * norm.sf(brentq(lambda d: inside(d) - 0.95, 1, 5, xtol=1e-14))

def tukey(k):
    def inside(q):
        f = lambda x: k * norm.pdf(x) * (norm.cdf(x) - norm.cdf(x - q)) ** (k - 1)
        return quad(f, -10, 15, epsabs=1e-14, epsrel=1e-13, limit=500)[0]
    return 2 * norm.sf(brentq(lambda q: inside(q) - 0.95, 1, 9, xtol=1e-14) / np.sqrt(2))

print("dunnett 3 equal", float(dunnett(0.25, [0.25] * 3)))
print("dunnett unequal", float(dunnett(0.4, [0.1, 0.2, 0.3])))
print("tukey 4", float(tukey(4)))
print("tukey 12", float(tukey(12)))
