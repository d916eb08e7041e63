"""Means and ratios by tea-tasting and SciPy. Run in this folder: python make.py"""
import scipy.stats
import pandas as pd
import tea_tasting as tt

data = pd.read_csv("revenue.csv").rename(columns={"arm": "variant"})
results = tt.Experiment(
    mean=tt.Mean("revenue"),
    ratio=tt.RatioOfMeans("revenue", "sessions"),
    ratio_less=tt.RatioOfMeans("orders", "sessions", alternative="less", confidence_level=0.9),
    cuped=tt.Mean("revenue", "prior"),
    cuped_ratio=tt.RatioOfMeans("revenue", "sessions", "prior", "visits"),
).analyze(data)
with open("tea_tasting.csv", "w") as file:
    file.write("case,quantity,value\n")
    for case in results:
        for quantity, value in results[case]._asdict().items():
            file.write(f"{case},{quantity},{value!r}\n".replace("np.float64(", "").replace(")", ""))
x, y = (data.revenue[data.variant == arm] for arm in (1, 0))
t = scipy.stats.ttest_ind(x, y, equal_var=False)
with open("tea_tasting.csv", "a") as file:
    file.write(f"scipy,pvalue,{float(t.pvalue)!r}\nscipy,statistic,{float(t.statistic)!r}\n")
with open("versions_python.txt", "w") as file:
    file.write(f"tea-tasting {tt.__version__}, SciPy {scipy.__version__}\n")
