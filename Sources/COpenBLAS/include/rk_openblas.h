#ifndef RK_OPENBLAS_H
#define RK_OPENBLAS_H

#include <stdint.h>

// The dense linear algebra that Rekindle uses, as plain C functions over CBLAS and LAPACK.
// All matrices are of doubles. "Row-major" is said where it holds; LAPACK's own routines see
// column-major, and for the symmetric ones the two are the same up to which triangle is named.
// Dimensions are int64_t here and checked against the library's int inside: a dimension that does
// not fit gives RK_TOO_LARGE.

#define RK_TOO_LARGE (-1000)

// Asks the library for one thread: rows are cut into blocks by the caller, and sums keep one order.
void rk_blas_use_one_thread(void);

// y = alpha * A x + beta * y, A row-major m x n with lda >= n.
void rk_gemv(int64_t m, int64_t n, double alpha, const double *a, int64_t lda, const double *x,
             double beta, double *y);
// C = alpha * A' A + beta * C, A row-major m x n, C row-major n x n; only C's upper triangle is set.
void rk_syrk_transposed(int64_t m, int64_t n, double alpha, const double *a, int64_t lda, double beta,
                        double *c, int64_t ldc);
void rk_ssyrk_transposed(int64_t m, int64_t n, float alpha, const float *a, int64_t lda, float beta,
                         float *c, int64_t ldc);
// C = alpha * op(A) op(B) + beta * C, all row-major; op(A) is m x k, op(B) is k x n.
void rk_gemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, double alpha,
             const double *a, int64_t lda, const double *b, int64_t ldb, double beta, double *c,
             int64_t ldc);

// Each of the following returns LAPACK's info: 0 done, < 0 an argument is wrong, > 0 as LAPACK says.

// Cholesky factor U (A = U'U) of a symmetric matrix, row-major, in place. Reads and writes the
// row-major lower triangle (LAPACK's upper): on return a[i*lda + j], j <= i, holds U[j][i].
int64_t rk_potrf(int64_t n, double *a, int64_t lda);
// Solves A X = B with the factor of rk_potrf. B is column-major n x nrhs.
int64_t rk_potrs(int64_t n, int64_t nrhs, const double *a, int64_t lda, double *b, int64_t ldb);
// A^-1 from the factor of rk_potrf, same triangle.
int64_t rk_potri(int64_t n, double *a, int64_t lda);

#endif
