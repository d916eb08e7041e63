"""The logistic fit beside scikit-learn and glum, in the same run.

    python fit.py [--work a,b,c] [--repeats 3] [--threads 2] [--ours path/to/FitBenchmark] [--folder DIR]

Each work is a seeded table in memory; the figure is the fit alone, to a gradient whose largest
component is at most 1e-8, of

    J = mean log loss + 1/2 * 1e-4 * |w|^2,  intercept free.

Peers get what makes them stop there: every objective found is checked against ours. Needs numpy,
scikit-learn and glum; `swift build -c release` in this folder makes FitBenchmark.
"""
import argparse
import os
import subprocess
import tempfile
import time

import numpy as np

WORK = {"a": (1_000_000, 45), "b": (1_000_000, 200), "c": (5_000_000, 60)}
PEERS = {"a": ["glum", "newton-cholesky"], "b": ["newton-cholesky"], "c": ["lbfgs"]}
BARS = {"a": 12, "b": 12, "c": 8}
LAMBDA = 1e-4


def make(rows, columns, seed=20):
    """Behaviour-like columns: correlated, of unlike spreads, some of them 0/1; a third of the rows churn."""
    rng = np.random.default_rng(seed)
    X = np.empty((rows, columns))
    factor = rng.standard_normal((6, columns)) / np.sqrt(6)
    flags = rng.random(columns) < 0.25
    for start in range(0, rows, 100_000):
        n = min(100_000, rows - start)
        block = 0.6 * rng.standard_normal((n, 6)) @ factor + 0.8 * rng.standard_normal((n, columns))
        block[:, flags] = block[:, flags] > 0.5
        X[start : start + n] = block
    beta = rng.standard_normal(columns) / np.sqrt(columns) * 1.5
    eta = X @ beta
    eta -= np.quantile(eta, 0.65)
    y = (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(float)
    return X, y


def objective(X, y, intercept, w):
    eta = X @ w + intercept
    J = float(np.mean(np.logaddexp(0, eta) - y * eta)) + 0.5 * LAMBDA * float(w @ w)
    r = 1 / (1 + np.exp(-eta)) - y
    g = X.T @ r / len(y) + LAMBDA * w
    return J, max(float(np.abs(g).max()), abs(float(r.mean())))


def peer(name, X, y):
    n = len(y)
    cpu = time.process_time()
    start = time.perf_counter()
    if name == "glum":
        from glum import GeneralizedLinearRegressor

        fit = GeneralizedLinearRegressor(
            family="binomial", alpha=LAMBDA, l1_ratio=0, gradient_tol=1e-8, max_iter=100
        ).fit(X, y)
        seconds = time.perf_counter() - start
        return seconds, time.process_time() - cpu, float(fit.intercept_), fit.coef_
    from sklearn.linear_model import LogisticRegression

    # The stop of scikit-learn's solvers is on the gradient of the mean loss, as ours.
    fit = LogisticRegression(C=1 / (LAMBDA * n), solver=name, tol=1e-8, max_iter=1000)
    if name == "lbfgs":
        import warnings

        warnings.filterwarnings("ignore")
    fit.fit(X, y)
    seconds = time.perf_counter() - start
    return seconds, time.process_time() - cpu, float(fit.intercept_[0]), fit.coef_[0]


def ours(program, folder, columns, threads, repeats):
    found = os.path.join(folder, "coefficients.bin")
    lines = subprocess.run(
        [program, folder + "/X.bin", folder + "/y.bin", str(columns), str(LAMBDA), str(threads), str(repeats), found],
        check=True, capture_output=True, text=True,
    ).stdout.strip().splitlines()
    runs = [dict(pair.split("=") for pair in line.split()) for line in lines]
    best = sorted(runs, key=lambda run: float(run["seconds"]))[len(runs) // 2]
    beta = np.fromfile(found)
    return best, beta[0], beta[1:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="a,b,c")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--ours", default=os.path.join(here, ".build/release/FitBenchmark"))
    parser.add_argument("--folder", help="where the data go; a temporary folder when not given")
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    for work in arguments.work.split(","):
        rows, columns = WORK[work]
        X, y = make(rows, columns)
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            X.tofile(folder + "/X.bin")
            y.tofile(folder + "/y.bin")
            run, intercept, beta = ours(arguments.ours, folder, columns, arguments.threads, arguments.repeats)
        J, gradient = objective(X, y, intercept, beta)
        mine = float(run["seconds"])
        print(
            f"{work} {rows}x{columns} rekindle {mine:.3f} s, {float(run['cpu']):.2f} CPU s, "
            f"{run['iterations']} steps, gradient {gradient:.1e}, J {J:.15f}, "
            f"memory {100 * float(run['peak_over_data']):+.1f} %", flush=True)
        assert gradient <= 1.01e-8, gradient
        best = None
        for name in [] if arguments.no_peers else PEERS[work]:
            seconds, cpu, b, w = peer(name, X, y)
            theirs, g = objective(X, y, b, w)
            print(f"  {name} {seconds:.2f} s, {cpu:.2f} CPU s, gradient {g:.1e}, J - ours {theirs - J:+.1e}, "
                  f"ratio {seconds / mine:.1f} wall, {cpu / float(run['cpu']):.1f} CPU", flush=True)
            assert theirs - J > -1e-13 and theirs - J < 1e-9, (name, theirs, J)
            best = min(seconds, best or seconds)
        if best:
            print(f"  {work}: {best / mine:.1f} x the best peer (bar {BARS[work]} x)", flush=True)


if __name__ == "__main__":
    main()
