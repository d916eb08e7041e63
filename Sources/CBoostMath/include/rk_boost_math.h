#ifndef RK_BOOST_MATH_H
#define RK_BOOST_MATH_H
#ifdef __cplusplus
extern "C" {
#endif
// Distributions and special functions of Boost.Math. A bad argument gives NaN, never an exception.
// "upper" is the upper tail computed as such, which does not underflow where 1 - cdf would be 0;
// "upper_quantile" is its inverse.
double rk_normal_cdf(double x);
double rk_normal_upper(double x);
double rk_normal_quantile(double p);
double rk_normal_upper_quantile(double q);

double rk_student_t_cdf(double x, double degrees);
double rk_student_t_upper(double x, double degrees);
double rk_student_t_quantile(double p, double degrees);
double rk_student_t_upper_quantile(double q, double degrees);

double rk_chi_squared_cdf(double x, double degrees);
double rk_chi_squared_upper(double x, double degrees);
double rk_chi_squared_quantile(double p, double degrees);
double rk_chi_squared_upper_quantile(double q, double degrees);

double rk_noncentral_t_cdf(double x, double degrees, double noncentrality);
double rk_noncentral_t_upper(double x, double degrees, double noncentrality);

double rk_noncentral_chi_squared_cdf(double x, double degrees, double noncentrality);
double rk_noncentral_chi_squared_upper(double x, double degrees, double noncentrality);

double rk_f_cdf(double x, double degrees1, double degrees2);
double rk_f_upper(double x, double degrees1, double degrees2);
double rk_f_quantile(double p, double degrees1, double degrees2);
double rk_f_upper_quantile(double q, double degrees1, double degrees2);

double rk_beta_density(double x, double a, double b);
double rk_beta_cdf(double x, double a, double b);
double rk_beta_upper(double x, double a, double b);
double rk_beta_quantile(double p, double a, double b);
double rk_beta_upper_quantile(double q, double a, double b);

double rk_binomial_mass(double k, double trials, double probability);
double rk_binomial_cdf(double k, double trials, double probability);
double rk_binomial_upper(double k, double trials, double probability);

double rk_log_gamma(double x);
double rk_log_beta(double a, double b);
double rk_digamma(double x);
double rk_trigamma(double x);

// The C library's own.
double rk_log(double x);
double rk_log1p(double x);
double rk_exp(double x);
double rk_expm1(double x);
#ifdef __cplusplus
}
#endif
#endif
