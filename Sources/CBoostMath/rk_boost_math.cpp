#include "rk_boost_math.h"

#include <cmath>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace {
using namespace boost::math::policies;
// Every error becomes NaN (or an infinity); nothing is thrown across the C boundary.
using Quiet = policy<domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>,
                     evaluation_error<ignore_error>, rounding_error<ignore_error>,
                     indeterminate_result_error<ignore_error>, promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Quiet>;
using StudentT = boost::math::students_t_distribution<double, Quiet>;
using ChiSquared = boost::math::chi_squared_distribution<double, Quiet>;
using NoncentralT = boost::math::non_central_t_distribution<double, Quiet>;
using NoncentralChiSquared = boost::math::non_central_chi_squared_distribution<double, Quiet>;
using FisherF = boost::math::fisher_f_distribution<double, Quiet>;
using Beta = boost::math::beta_distribution<double, Quiet>;
using Binomial = boost::math::binomial_distribution<double, Quiet>;
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

// Boost rounds half the squared noncentrality to an int without looking at the policy, and throws where
// that overflows.
double rk_noncentral_t_cdf(double x, double degrees, double noncentrality) {
  try {
    return cdf(NoncentralT(degrees, noncentrality), x);
  } catch (...) {
    return NAN;
  }
}
double rk_noncentral_t_upper(double x, double degrees, double noncentrality) {
  try {
    return cdf(complement(NoncentralT(degrees, noncentrality), x));
  } catch (...) {
    return NAN;
  }
}

double rk_noncentral_chi_squared_cdf(double x, double degrees, double noncentrality) {
  return cdf(NoncentralChiSquared(degrees, noncentrality), x);
}
double rk_noncentral_chi_squared_upper(double x, double degrees, double noncentrality) {
  return cdf(complement(NoncentralChiSquared(degrees, noncentrality), x));
}

double rk_f_cdf(double x, double degrees1, double degrees2) { return cdf(FisherF(degrees1, degrees2), x); }
double rk_f_upper(double x, double degrees1, double degrees2) {
  return cdf(complement(FisherF(degrees1, degrees2), x));
}
double rk_f_quantile(double p, double degrees1, double degrees2) {
  return quantile(FisherF(degrees1, degrees2), p);
}
double rk_f_upper_quantile(double q, double degrees1, double degrees2) {
  return quantile(complement(FisherF(degrees1, degrees2), q));
}

double rk_beta_density(double x, double a, double b) { return pdf(Beta(a, b), x); }
double rk_beta_cdf(double x, double a, double b) { return cdf(Beta(a, b), x); }
double rk_beta_upper(double x, double a, double b) { return cdf(complement(Beta(a, b), x)); }
double rk_beta_quantile(double p, double a, double b) { return quantile(Beta(a, b), p); }
double rk_beta_upper_quantile(double q, double a, double b) { return quantile(complement(Beta(a, b), q)); }

double rk_binomial_mass(double k, double trials, double probability) {
  return pdf(Binomial(trials, probability), k);
}
double rk_binomial_cdf(double k, double trials, double probability) {
  return cdf(Binomial(trials, probability), k);
}
double rk_binomial_upper(double k, double trials, double probability) {
  return cdf(complement(Binomial(trials, probability), k));
}

double rk_log_gamma(double x) { return boost::math::lgamma(x, Quiet()); }
// The C library's lgamma writes a global sign; ln B is built from Boost's.
double rk_log_beta(double a, double b) {
  return boost::math::lgamma(a, Quiet()) + boost::math::lgamma(b, Quiet()) -
         boost::math::lgamma(a + b, Quiet());
}
double rk_digamma(double x) { return boost::math::digamma(x, Quiet()); }
double rk_trigamma(double x) { return boost::math::trigamma(x, Quiet()); }

double rk_log(double x) { return std::log(x); }
double rk_log1p(double x) { return std::log1p(x); }
double rk_exp(double x) { return std::exp(x); }
double rk_expm1(double x) { return std::expm1(x); }
