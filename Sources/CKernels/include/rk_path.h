#ifndef RK_PATH_H
#define RK_PATH_H

#include <stdint.h>

// The inner loops of the regularisation path. Rows come in panels of eight, each panel column by
// column: x[(panel * columns + column) * 8 + row within the panel]. A vector holds one column of
// eight rows, which serves every path while it is in a register.
//
// The source is compiled for several levels of the x86-64 instruction set; the best that the
// processor has is taken at run time. a * b + c may be one instruction at the higher ones, so levels
// agree to rounding and not to the bit.

#define RK_PATH_LANES 8

// One run of panels of a logistic regression at `paths` coefficient vectors at once.
// The first `trained` paths get a gradient; for the others the rows are only scored, with eta kept
// within +-bound.
//   slopes      columns x paths, row-major; intercepts: paths
//   active      the `active_count` columns whose slopes are not all zero
//   y, w        8 a panel; w is 0 for rows that only fill the last panel up
//   unit        whether every w is 0 or 1
//   scratch     at least 8 * (columns + 4) * paths doubles
//   gradient    columns x paths, added to: sum of w (p - y) x
//   sums        paths x 3, added to: sum of w * loss, of w (p - y), of w p (1 - p)
void rk_path_rows(int64_t panels, int64_t columns, int64_t paths, int64_t trained, const double *x,
                  const double *slopes, const double *intercepts, int64_t active_count,
                  const int32_t *active, const double *y, const double *w, int unit, double bound,
                  double *scratch, double *gradient, double *sums);

// w p (1 - p) at one coefficient vector, its square root times (1, x) as rows of `stride` >= columns + 1
// doubles (8 rows a panel), and the sum of it added to *sum.
void rk_path_gram_rows(int64_t panels, int64_t columns, const double *x, const double *slopes,
                       double intercept, const double *w, int64_t stride, double *out, double *sum);

#endif
