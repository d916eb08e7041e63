#include "rk_boost_math.h"

#include <boost/math/distributions/normal.hpp>

namespace {
using namespace boost::math::policies;
// Every error becomes NaN (or an infinity); nothing is thrown across the C boundary.
using Quiet = policy<domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>,
                     evaluation_error<ignore_error>, rounding_error<ignore_error>,
                     indeterminate_result_error<ignore_error>, promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Quiet>;
}  // namespace

double rk_normal_cdf(double x) { return cdf(Normal(0, 1), x); }
double rk_normal_upper(double x) { return cdf(complement(Normal(0, 1), x)); }
double rk_normal_quantile(double p) { return quantile(Normal(0, 1), p); }
