#include "rk_boost_math.h"

#include <cmath>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace {
using namespace boost::math::policies;
// Every error becomes NaN (or an infinity); nothing is thrown across the C boundary.
using Quiet = policy<domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>,
                     evaluation_error<ignore_error>, rounding_error<ignore_error>,
                     indeterminate_result_error<ignore_error>, promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Quiet>;
using StudentT = boost::math::students_t_distribution<double, Quiet>;
using ChiSquared = boost::math::chi_squared_distribution<double, Quiet>;
}  // namespace

double rk_normal_cdf(double x) { return cdf(Normal(0, 1), x); }
double rk_normal_upper(double x) { return cdf(complement(Normal(0, 1), x)); }
double rk_normal_quantile(double p) { return quantile(Normal(0, 1), p); }
double rk_normal_upper_quantile(double q) { return quantile(complement(Normal(0, 1), q)); }

double rk_student_t_cdf(double x, double degrees) { return cdf(StudentT(degrees), x); }
double rk_student_t_upper(double x, double degrees) { return cdf(complement(StudentT(degrees), x)); }
double rk_student_t_quantile(double p, double degrees) { return quantile(StudentT(degrees), p); }
double rk_student_t_upper_quantile(double q, double degrees) {
  return quantile(complement(StudentT(degrees), q));
}

double rk_chi_squared_cdf(double x, double degrees) { return cdf(ChiSquared(degrees), x); }
double rk_chi_squared_upper(double x, double degrees) { return cdf(complement(ChiSquared(degrees), x)); }
double rk_chi_squared_quantile(double p, double degrees) { return quantile(ChiSquared(degrees), p); }
double rk_chi_squared_upper_quantile(double q, double degrees) {
  return quantile(complement(ChiSquared(degrees), q));
}

double rk_log(double x) { return std::log(x); }
double rk_log1p(double x) { return std::log1p(x); }
double rk_exp(double x) { return std::exp(x); }
