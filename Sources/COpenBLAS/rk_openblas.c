#include "rk_openblas.h"

#include <limits.h>

// Apple's Accelerate has the same CBLAS and LAPACK, without the hidden string lengths.
#if defined(__APPLE__)
#define ACCELERATE_NEW_LAPACK
#include <Accelerate/Accelerate.h>
#define RK_LEN1
#else
#if __has_include(<cblas-openblas.h>)
#include <cblas-openblas.h>
#elif __has_include(<openblas/cblas.h>)
#include <openblas/cblas.h>
#else
#include <cblas.h>
#endif
// Fortran passes the length of each character argument behind the others (gfortran's convention).
#define RK_LEN1 , 1
typedef unsigned long rk_length;
extern void dpotrf_(const char *, const int *, double *, const int *, int *, rk_length);
extern void dpotrs_(const char *, const int *, const int *, const double *, const int *, double *,
                    const int *, int *, rk_length);
extern void dpotri_(const char *, const int *, double *, const int *, int *, rk_length);
#endif

static int fits(int64_t n) { return n >= 0 && n <= INT_MAX; }

void rk_blas_use_one_thread(void) {
#if !defined(__APPLE__) && defined(OPENBLAS_VERSION)
  openblas_set_num_threads(1);
#endif
}

void rk_gemv(int64_t m, int64_t n, double alpha, const double *a, int64_t lda, const double *x,
             double beta, double *y) {
  cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)m, (int)n, alpha, a, (int)lda, x, 1, beta, y, 1);
}

void rk_syrk_transposed(int64_t m, int64_t n, double alpha, const double *a, int64_t lda, double beta,
                        double *c, int64_t ldc) {
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)m, alpha, a, (int)lda, beta, c, (int)ldc);
}

void rk_ssyrk_transposed(int64_t m, int64_t n, float alpha, const float *a, int64_t lda, float beta,
                         float *c, int64_t ldc) {
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)m, alpha, a, (int)lda, beta, c, (int)ldc);
}

void rk_gemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, double alpha,
             const double *a, int64_t lda, const double *b, int64_t ldb, double beta, double *c,
             int64_t ldc) {
  cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
              transpose_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, alpha, a, (int)lda, b,
              (int)ldb, beta, c, (int)ldc);
}

int64_t rk_potrf(int64_t n, double *a, int64_t lda) {
  if (!fits(n) || !fits(lda)) return RK_TOO_LARGE;
  int order = (int)n, stride = (int)lda, info = 0;
  dpotrf_("U", &order, a, &stride, &info RK_LEN1);
  return info;
}

int64_t rk_potrs(int64_t n, int64_t nrhs, const double *a, int64_t lda, double *b, int64_t ldb) {
  if (!fits(n) || !fits(nrhs) || !fits(lda) || !fits(ldb)) return RK_TOO_LARGE;
  int order = (int)n, count = (int)nrhs, stride = (int)lda, stride_b = (int)ldb, info = 0;
  dpotrs_("U", &order, &count, a, &stride, b, &stride_b, &info RK_LEN1);
  return info;
}

int64_t rk_potri(int64_t n, double *a, int64_t lda) {
  if (!fits(n) || !fits(lda)) return RK_TOO_LARGE;
  int order = (int)n, stride = (int)lda, info = 0;
  dpotri_("U", &order, a, &stride, &info RK_LEN1);
  return info;
}
