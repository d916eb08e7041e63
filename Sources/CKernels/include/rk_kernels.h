#ifndef RK_KERNELS_H
#define RK_KERNELS_H

#include <stdint.h>

// The inner loops of the logistic fit, written on vectors of eight doubles. The same source is
// compiled for several levels of the x86-64 instruction set and the best that the processor has is
// taken at run time. Contraction of a * b + c is off, and every sum has a fixed lane order: all
// levels give the same bits.

#define RK_KERNEL_BASELINE 0
#define RK_KERNEL_AVX2 1
#define RK_KERNEL_AVX512 2

// The best level that this processor has.
int rk_kernel_level(void);

// Rounds a number of columns up to whole vectors of eight.
int64_t rk_padded(int64_t columns);

// One run of rows of a logistic regression.
//   x          row-major, `rows` rows of `columns` doubles; from x on, `readable` doubles may be
//              read (more than rows * columns when the matrix goes on)
//   beta       rk_padded(columns) coefficients, zero in the padding
//   centre     rk_padded(columns), subtracted from x, zero in the padding; or NULL (all 0)
//   y          labels; w weights or NULL (all 1); offset or NULL (all 0)
//   scratch    at least 8 * rk_padded(columns) doubles, for the rows that end the matrix
//   residual   out, rows: w (p - y)
//   curvature  out, rows: w p (1 - p); or NULL
//   gradient   rk_padded(columns), added to: sum of residual * (x - centre); the padding is garbage
//   sums       added to: [0] sum of w * loss, [1] sum of residual
// eta = intercept + offset + (x - centre) . beta ;  p = 1 / (1 + exp(-eta))
void rk_logistic_rows(int level, int64_t rows, int64_t columns, const double *x, int64_t readable,
                      const double *beta, const double *centre, double intercept, const double *y,
                      const double *w, const double *offset, double *scratch, double *residual,
                      double *curvature, double *gradient, double *sums);

// Rows as the Gram matrix wants them: out[i] = root[i] * (1, (x[i] - centre) * inverse_scale), each
// `stride` >= columns + 1 wide, in single or in double precision; the rest of a row is set to zero.
void rk_gram_rows_single(int level, int64_t rows, int64_t columns, const double *x,
                         const double *centre, const double *inverse_scale, const double *root,
                         int64_t stride, float *out);
void rk_gram_rows_double(int level, int64_t rows, int64_t columns, const double *x,
                         const double *centre, const double *inverse_scale, const double *root,
                         int64_t stride, double *out);

// Adds to sum[j] the w-weighted (x - centre) and to square[j] its squares; w may be NULL.
void rk_moment_rows(int level, int64_t rows, int64_t columns, const double *x, const double *centre,
                    const double *w, double *sum, double *square);

#endif
