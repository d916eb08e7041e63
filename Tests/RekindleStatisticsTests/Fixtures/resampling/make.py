"""Permutation tests and a BCa interval by SciPy. Run in this folder: python make.py"""
import numpy as np
import scipy
import scipy.stats as st

control = [0.0, 0.0, 12.5, 3.2, 40.0, 0.0, 7.1]
variant = [9.0, 0.0, 55.0, 18.3, 21.4, 30.2]


def welch(x, y, axis=-1):
    return st.ttest_ind(x, y, equal_var=False, axis=axis).statistic


with open("expected.csv", "w") as file:
    file.write("case,quantity,value\n")
    for alternative in ("two-sided", "less", "greater"):
        result = st.permutation_test(
            (variant, control), welch, n_resamples=10**6, alternative=alternative, vectorized=True)
        file.write(f"exact,{alternative},{float(result.pvalue)!r}\n")
    rng = np.random.default_rng(3)
    x, y = rng.exponential(5, 30), rng.exponential(8, 25)

    def ratio(x, y, axis=-1):
        return np.mean(y, axis=axis) / np.mean(x, axis=axis) - 1

    result = st.bootstrap((x, y), ratio, n_resamples=399, method="BCa", vectorized=True, rng=rng)
    file.write(f"bca,lower,{float(result.confidence_interval.low)!r}\n")
    file.write(f"bca,upper,{float(result.confidence_interval.high)!r}\n")
    result = st.bootstrap((x, y), ratio, n_resamples=0, bootstrap_result=result, method="BCa",
                          confidence_level=0.9, alternative="less", vectorized=True)
    file.write(f"bca_less,upper,{float(result.confidence_interval.high)!r}\n")
    file.write(f"bca,estimate,{float(ratio(x, y))!r}\n")
    for case, values in (("x", x), ("y", y), ("replicate", result.bootstrap_distribution)):
        for i, value in enumerate(values):
            file.write(f"{case},{i},{float(value)!r}\n")
with open("versions.txt", "w") as file:
    file.write(f"SciPy {scipy.__version__}, NumPy {np.__version__}\n")
