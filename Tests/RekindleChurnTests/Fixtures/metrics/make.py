"""Reference metrics of 60 probabilities with ties. Made with scikit-learn and statsmodels; prints versions."""
import numpy as np, sklearn, statsmodels, statsmodels.api as sm
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

i = np.arange(1, 61)
p = ((i * 37) % 24 + 1) / 30.0
y = (((i * 53) % 61) / 61.0 < p).astype(int)
eta = np.log(p / (1 - p))
print("versions", sklearn.__version__, statsmodels.__version__)
print("events", y.sum())
print("auc", repr(roc_auc_score(y, p)))
print("average precision", repr(average_precision_score(y, p)))
print("log loss", repr(log_loss(y, p)))
print("brier", repr(brier_score_loss(y, p)))
print("E/O", repr(p.mean() / y.mean()))
line = sm.GLM(y, sm.add_constant(eta), family=sm.families.Binomial()).fit(tol=1e-14)
print("recalibration", [repr(float(v)) for v in line.params])
large = sm.GLM(y, np.ones((60, 1)), family=sm.families.Binomial(), offset=eta).fit(tol=1e-14)
print("in the large", repr(float(large.params[0])))
print("wilson 7 of 20", proportion_confint(7, 20, method="wilson"))
