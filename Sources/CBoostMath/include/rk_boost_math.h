#ifndef RK_BOOST_MATH_H
#define RK_BOOST_MATH_H
#ifdef __cplusplus
extern "C" {
#endif
// Distributions and special functions of Boost.Math. A bad argument gives NaN, never an exception.
double rk_normal_cdf(double x);
double rk_normal_upper(double x);
double rk_normal_quantile(double p);
#ifdef __cplusplus
}
#endif
#endif
