"""Writes spector.csv and, afresh, expected.csv with what statsmodels and scikit-learn find.

statsmodels 0.15, scikit-learn 1.9; run in this folder, then make_fixtures.R:
    python make_fixtures.py && Rscript make_fixtures.R

admissions.csv: the 400 graduate-school applications of UCLA OARC's page on logit regression, a public
teaching data set. spector.csv: Spector and Mazzeo (1980), from statsmodels. birthwt.csv: Hosmer and
Lemeshow (1989), from R's MASS, recoded as in the MASS book.
"""
import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

lines = []


def out(name, quantity, terms, values):
    for term, value in zip(terms, values):
        lines.append(f"{name},{quantity},{term},{float(value):.17g}")


def report(name, y, X, clusters):
    X = sm.add_constant(X)
    options = dict(method="newton", maxiter=200, tol=1e-15, disp=0)
    plain = sm.Logit(y, X).fit(**options)
    out(name, "sm_coef", X.columns, plain.params)
    out(name, "sm_se", X.columns, plain.bse)
    out(name, "sm_hc0", X.columns, sm.Logit(y, X).fit(cov_type="HC0", **options).bse)
    grouped = sm.Logit(y, X).fit(cov_type="cluster", cov_kwds={"groups": clusters}, **options)
    out(name, "sm_cluster", X.columns, grouped.bse)
    out(name, "sm_fit", ["llf", "llnull", "prsquared", "aic", "bic", "llr", "llr_p"],
        [plain.llf, plain.llnull, plain.prsquared, plain.aic, plain.bic, plain.llr, plain.llr_pvalue])


spector = sm.datasets.spector.load_pandas().data[["GRADE", "GPA", "TUCE", "PSI"]]
spector.to_csv("spector.csv", index=False)
report("spector", spector["GRADE"], spector.drop(columns="GRADE"), np.arange(32) % 7)

admissions = pd.read_csv("admissions.csv")
X = admissions[["gre", "gpa"]].astype(float)
for r in (2, 3, 4):
    X[f"rank{r}"] = (admissions["rank"] == r).astype(float)
report("admissions", admissions["admit"], X, np.arange(400) % 57)

# Ridge: the objective divided by C n is ours with lambda = 1/(C n); on standardised columns.
for lam in (0.1, 0.001):
    mean, sd = X.mean().values, X.std(ddof=0).values
    for kind, Z in (("standardized", (X.values - mean) / sd), ("raw", X.values)):
        fit = LogisticRegression(C=1 / (lam * 400), solver="newton-cholesky", tol=1e-14, max_iter=1000)
        fit.fit(Z, admissions["admit"])
        beta = fit.coef_[0] / (sd if kind == "standardized" else 1)
        shift = beta @ mean if kind == "standardized" else 0
        out("admissions", f"ridge_{kind}_{lam}", ["const", *X.columns], [fit.intercept_[0] - shift, *beta])

with open("expected.csv", "w") as file:
    file.write("set,quantity,term,value\n" + "\n".join(lines) + "\n")
