#include "rk_openblas.h"

#include <limits.h>
#include <stdlib.h>

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
extern void dpstrf_(const char *, const int *, double *, const int *, int *, int *, const double *,
                    double *, int *, rk_length);
extern void dgeqp3_(const int *, const int *, double *, const int *, int *, double *, double *,
                    const int *, int *);
extern void dsyevd_(const char *, const char *, const int *, double *, const int *, double *, double *,
                    const int *, int *, const int *, int *, rk_length, rk_length);
#endif

static int fits(int64_t n) { return n >= 0 && n <= INT_MAX; }

void rk_blas_use_one_thread(void) {
#if !defined(__APPLE__) && defined(OPENBLAS_VERSION)
  openblas_set_num_threads(1);
#endif
}

const char *rk_blas_description(void) {
#if defined(__APPLE__)
  return "Accelerate";
#elif defined(OPENBLAS_VERSION)
  return openblas_get_config();
#else
  return "CBLAS";
#endif
}

void rk_gemv(int64_t m, int64_t n, double alpha, const double *a, int64_t lda, const double *x,
             double beta, double *y) {
  cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)m, (int)n, alpha, a, (int)lda, x, 1, beta, y, 1);
}

void rk_gemv_transposed(int64_t m, int64_t n, double alpha, const double *a, int64_t lda,
                        const double *x, double beta, double *y) {
  cblas_dgemv(CblasRowMajor, CblasTrans, (int)m, (int)n, alpha, a, (int)lda, x, 1, beta, y, 1);
}

void rk_sgemv(int64_t m, int64_t n, float alpha, const float *a, int64_t lda, const float *x,
              float beta, float *y) {
  cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)m, (int)n, alpha, a, (int)lda, x, 1, beta, y, 1);
}

void rk_sgemv_transposed(int64_t m, int64_t n, float alpha, const float *a, int64_t lda,
                         const float *x, float beta, float *y) {
  cblas_sgemv(CblasRowMajor, CblasTrans, (int)m, (int)n, alpha, a, (int)lda, x, 1, beta, y, 1);
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

double rk_dot(int64_t n, const double *x, const double *y) { return cblas_ddot((int)n, x, 1, y, 1); }

void rk_axpy(int64_t n, double alpha, const double *x, double *y) {
  cblas_daxpy((int)n, alpha, x, 1, y, 1);
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

int64_t rk_pstrf(int64_t n, double *a, int64_t lda, int64_t *pivots, int64_t *rank, double tolerance) {
  if (!fits(n) || !fits(lda)) return RK_TOO_LARGE;
  int order = (int)n, stride = (int)lda, info = 0, found = 0;
  int *order_of = calloc((size_t)n + 1, sizeof(int));
  double *work = calloc(2 * (size_t)n + 1, sizeof(double));
  dpstrf_("U", &order, a, &stride, order_of, &found, &tolerance, work, &info RK_LEN1);
  for (int64_t i = 0; i < n; i++) pivots[i] = order_of[i] - 1;
  *rank = found;
  free(order_of);
  free(work);
  return info;
}

int64_t rk_geqp3(int64_t m, int64_t n, double *a, int64_t lda, int64_t *pivots, double *tau) {
  if (!fits(m) || !fits(n) || !fits(lda)) return RK_TOO_LARGE;
  int rows = (int)m, columns = (int)n, stride = (int)lda, info = 0, size = -1;
  int *order_of = calloc((size_t)n + 1, sizeof(int));
  double best = 0;
  dgeqp3_(&rows, &columns, a, &stride, order_of, tau, &best, &size, &info);
  size = (int)best;
  double *work = malloc(sizeof(double) * (size_t)(size > 1 ? size : 1));
  dgeqp3_(&rows, &columns, a, &stride, order_of, tau, work, &size, &info);
  for (int64_t j = 0; j < n; j++) pivots[j] = order_of[j] - 1;
  free(order_of);
  free(work);
  return info;
}

int64_t rk_syevd(int64_t n, double *a, int64_t lda, double *values) {
  if (!fits(n) || !fits(lda)) return RK_TOO_LARGE;
  int order = (int)n, stride = (int)lda, info = 0, size = -1, isize = -1, ibest = 0;
  double best = 0;
  dsyevd_("V", "U", &order, a, &stride, values, &best, &size, &ibest, &isize, &info RK_LEN1 RK_LEN1);
  size = (int)best;
  isize = ibest;
  double *work = malloc(sizeof(double) * (size_t)(size > 1 ? size : 1));
  int *iwork = malloc(sizeof(int) * (size_t)(isize > 1 ? isize : 1));
  dsyevd_("V", "U", &order, a, &stride, values, work, &size, iwork, &isize, &info RK_LEN1 RK_LEN1);
  free(work);
  free(iwork);
  return info;
}
