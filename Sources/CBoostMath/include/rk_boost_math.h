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

// The C library's own.
double rk_log(double x);
double rk_log1p(double x);
double rk_exp(double x);
#ifdef __cplusplus
}
#endif
#endif
