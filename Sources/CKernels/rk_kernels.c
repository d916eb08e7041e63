#include "rk_kernels.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#define RK_HAS_LEVELS 1
#endif

#define INLINE static inline __attribute__((always_inline))

// Eight doubles, loaded and stored at any address. Vectors cross no function boundary by value:
// how they would be passed depends on the instruction set.
typedef double v8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t m8 __attribute__((vector_size(64), aligned(8), may_alias));

enum { LANES = 8, SUBBLOCK = 32, PRODUCTS = 512 };

int64_t rk_padded(int64_t columns) { return (columns + LANES - 1) / LANES * LANES; }

// exp(t) for t in [-708, 0].
//   t = k ln 2 + f,  |f| <= ln 2 / 2,  exp(t) = 2^k exp(f)
// k is rounded by adding 1.5 * 2^52, which leaves it in the low bits of the sum; ln 2 is split in two
// so that k ln 2 is subtracted without error; exp(f) is its Taylor polynomial of degree 13 (remainder
// under 5e-18, so the rounding of the arithmetic is all that is left: about 2e-16 relative).
INLINE void exp8(const v8 *t, v8 *out) {
  const double round = 6755399441055744.0;
  v8 shifted = *t * 1.4426950408889634 + round;
  v8 k = shifted - round;
  v8 f = (*t - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  v8 q = f * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
  q = q * f + 1.0 / 39916800.0;
  q = q * f + 1.0 / 3628800.0;
  q = q * f + 1.0 / 362880.0;
  q = q * f + 1.0 / 40320.0;
  q = q * f + 1.0 / 5040.0;
  q = q * f + 1.0 / 720.0;
  q = q * f + 1.0 / 120.0;
  q = q * f + 1.0 / 24.0;
  q = q * f + 1.0 / 6.0;
  q = q * f + 0.5;
  q = q * f + 1.0;
  q = q * f + 1.0;
  *out = (v8)((m8)q + ((m8)shifted << 52));
}

// The eight lanes added in one fixed order.
INLINE double lanes(const v8 *v) {
  const v8 s = *v;
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// Eight values of a row, less their centre where one is given. `centred` is a constant wherever these
// functions are inlined.
#define SHIFTED(values, j) (centred ? *(const v8 *)(values) - *(const v8 *)(centre + (j)) : *(const v8 *)(values))

// eta of `rows` rows, four at a time, so that four sums run beside each other.
INLINE void predictor(int64_t rows, int64_t padded, const double *x, int64_t stride, const double *beta,
                      int centred, const double *centre, double *eta) {
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    const double *x0 = x + i * stride, *x1 = x0 + stride, *x2 = x1 + stride, *x3 = x2 + stride;
    v8 a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
    for (int64_t j = 0; j < padded; j += LANES) {
      const v8 b = *(const v8 *)(beta + j);
      a0 += SHIFTED(x0 + j, j) * b;
      a1 += SHIFTED(x1 + j, j) * b;
      a2 += SHIFTED(x2 + j, j) * b;
      a3 += SHIFTED(x3 + j, j) * b;
    }
    eta[i] = lanes(&a0);
    eta[i + 1] = lanes(&a1);
    eta[i + 2] = lanes(&a2);
    eta[i + 3] = lanes(&a3);
  }
  for (; i < rows; i++) {
    v8 a = {0};
    for (int64_t j = 0; j < padded; j += LANES)
      a += SHIFTED(x + i * stride + j, j) * *(const v8 *)(beta + j);
    eta[i] = lanes(&a);
  }
}

// Asks for the line of memory that the next block of rows has where this one has `values`. The
// processor's own prefetcher restarts at every block, since the rows are walked twice; without this
// the first walk waits for memory and the second leaves it idle.
#define NEXT_BLOCK(values) __builtin_prefetch((values) + rows * stride, 0, 2)

// gradient += residual' (x - centre), thirty-two columns at a time, held in registers over the rows.
INLINE void accumulate(int64_t rows, int64_t padded, const double *x, int64_t stride, int centred,
                       const double *centre, const double *residual, double *gradient) {
  int64_t j = 0;
  for (; j + 4 * LANES <= padded; j += 4 * LANES) {
    v8 *g = (v8 *)(gradient + j);
    v8 g0 = g[0], g1 = g[1], g2 = g[2], g3 = g[3];
    for (int64_t i = 0; i < rows; i++) {
      const double *row = x + i * stride + j;
      const double r = residual[i];
      NEXT_BLOCK(row);
      NEXT_BLOCK(row + 8);
      NEXT_BLOCK(row + 16);
      NEXT_BLOCK(row + 24);
      g0 += SHIFTED(row, j) * r;
      g1 += SHIFTED(row + 8, j + 8) * r;
      g2 += SHIFTED(row + 16, j + 16) * r;
      g3 += SHIFTED(row + 24, j + 24) * r;
    }
    g[0] = g0;
    g[1] = g1;
    g[2] = g2;
    g[3] = g3;
  }
  for (; j + 2 * LANES <= padded; j += 2 * LANES) {
    v8 *g = (v8 *)(gradient + j);
    v8 g0 = g[0], g1 = g[1];
    for (int64_t i = 0; i < rows; i++) {
      const double *row = x + i * stride + j;
      const double r = residual[i];
      NEXT_BLOCK(row);
      NEXT_BLOCK(row + 8);
      g0 += SHIFTED(row, j) * r;
      g1 += SHIFTED(row + 8, j + 8) * r;
    }
    g[0] = g0;
    g[1] = g1;
  }
  for (; j < padded; j += LANES) {
    v8 g = *(v8 *)(gradient + j);
    for (int64_t i = 0; i < rows; i++) {
      NEXT_BLOCK(x + i * stride + j);
      g += SHIFTED(x + i * stride + j, j) * residual[i];
    }
    *(v8 *)(gradient + j) = g;
  }
}

// What the sums over rows hold between calls: lanes of the loss and of the residual, and the product
// of the (1 + e), whose logarithm is taken once in PRODUCTS steps (2^512 does not overflow).
typedef struct {
  v8 loss, residual, product;
  int steps;
} sums8;

INLINE void fold(sums8 *s) {
  for (int l = 0; l < LANES; l++) s->loss[l] += log(s->product[l]);
  for (int l = 0; l < LANES; l++) s->product[l] = 1;
  s->steps = 0;
}

// eta to residual, curvature and loss. `count` is a multiple of LANES; rows behind the last one have
// weight 0.
INLINE void residuals(int64_t count, const double *eta, const double *y, const double *w, int weighted,
                      double *residual, double *curvature, sums8 *s) {
  for (int64_t i = 0; i < count; i += LANES) {
    const v8 z = *(const v8 *)(eta + i), label = *(const v8 *)(y + i), weight = *(const v8 *)(w + i);
    const m8 negative = z < 0.0;
    v8 t = (v8)((m8)z | INT64_MIN);  // -|z|
    const m8 far = t < -708.0;
    t = (v8)(((m8)t & ~far) | ((m8)((v8){0} - 708.0) & far));
    v8 e;
    exp8(&t, &e);
    const v8 inverse = 1.0 / (1.0 + e);
    const v8 small = e * inverse;  // the probability of the less likely class
    const v8 p = (v8)(((m8)inverse & ~negative) | ((m8)small & negative));
    const v8 r = (p - label) * weight;
    *(v8 *)(residual + i) = r;
    *(v8 *)(curvature + i) = small * inverse * weight;
    s->residual += r;
    s->loss += ((v8)((m8)z & ~negative) - label * z) * weight;
    if (weighted) {
      for (int l = 0; l < LANES; l++) s->loss[l] += w[i + l] * log1p(e[l]);
    } else {
      const v8 one = (v8){0} + 1.0;
      const m8 counted = weight != 0.0;
      s->product *= (v8)(((m8)(1.0 + e) & counted) | ((m8)one & ~counted));
      if (++s->steps == PRODUCTS) fold(s);
    }
  }
}

INLINE void logistic_span(int64_t rows, int64_t padded, const double *x, int64_t stride,
                          const double *beta, int centred, const double *centre, double intercept,
                          const double *y, const double *w, const double *offset, double *residual,
                          double *curvature, double *gradient, sums8 *s) {
  double eta[SUBBLOCK], labels[SUBBLOCK], weights[SUBBLOCK], r[SUBBLOCK], c[SUBBLOCK];
  for (int64_t start = 0; start < rows; start += SUBBLOCK) {
    const int64_t count = rows - start < SUBBLOCK ? rows - start : SUBBLOCK;
    const int64_t whole = (count + LANES - 1) / LANES * LANES;
    const double *block = x + start * stride;
    predictor(count, padded, block, stride, beta, centred, centre, eta);
    memcpy(labels, y + start, sizeof(double) * (size_t)count);
    for (int64_t i = 0; i < count; i++) eta[i] += intercept;
    // Not one loop with a choice inside: vectorised, that is a masked load at the null address, and
    // each costs a microcode assist.
    if (offset)
      for (int64_t i = 0; i < count; i++) eta[i] += offset[start + i];
    if (w)
      memcpy(weights, w + start, sizeof(double) * (size_t)count);
    else
      for (int64_t i = 0; i < count; i++) weights[i] = 1;
    for (int64_t i = count; i < whole; i++) eta[i] = labels[i] = weights[i] = 0;
    residuals(whole, eta, labels, weights, w != 0, r, c, s);
    accumulate(count, padded, block, stride, centred, centre, r, gradient);
    memcpy(residual + start, r, sizeof(double) * (size_t)count);
    if (curvature) memcpy(curvature + start, c, sizeof(double) * (size_t)count);
  }
}

INLINE void logistic_rows(int64_t rows, int64_t columns, const double *x, int64_t readable,
                          const double *beta, const double *centre, double intercept, const double *y,
                          const double *w, const double *offset, double *scratch, double *residual,
                          double *curvature, double *gradient, double *sums) {
  const int64_t padded = (columns + LANES - 1) / LANES * LANES;
  sums8 s;
  s.loss = s.residual = (v8){0};
  s.product = (v8){0} + 1.0;
  s.steps = 0;
  // A row is read in whole vectors, so up to seven doubles of the next one are read too (times zero).
  // The last rows of the matrix have no next one: they are copied, with zeros behind them.
  int64_t safe = columns ? (readable - padded) / columns + 1 : rows;
  if (readable < padded) safe = 0;
  if (safe > rows) safe = rows;
  if (centre)
    logistic_span(safe, padded, x, columns, beta, 1, centre, intercept, y, w, offset, residual, curvature,
                  gradient, &s);
  else
    logistic_span(safe, padded, x, columns, beta, 0, centre, intercept, y, w, offset, residual, curvature,
                  gradient, &s);
  if (safe < rows) {
    const int64_t rest = rows - safe;
    memset(scratch, 0, sizeof(double) * (size_t)(rest * padded));
    for (int64_t i = 0; i < rest; i++)
      memcpy(scratch + i * padded, x + (safe + i) * columns, sizeof(double) * (size_t)columns);
    const double *rest_w = w ? w + safe : 0, *rest_offset = offset ? offset + safe : 0;
    double *rest_curvature = curvature ? curvature + safe : 0;
    if (centre)
      logistic_span(rest, padded, scratch, padded, beta, 1, centre, intercept, y + safe, rest_w,
                    rest_offset, residual + safe, rest_curvature, gradient, &s);
    else
      logistic_span(rest, padded, scratch, padded, beta, 0, centre, intercept, y + safe, rest_w,
                    rest_offset, residual + safe, rest_curvature, gradient, &s);
  }
  fold(&s);
  sums[0] += lanes(&s.loss);
  sums[1] += lanes(&s.residual);
}

INLINE void gram_rows_single(int64_t rows, int64_t columns, const double *restrict x,
                             const double *restrict centre, const double *restrict inverse_scale,
                             const double *restrict root, int64_t stride, float *restrict out) {
  for (int64_t i = 0; i < rows; i++) {
    float *o = out + i * stride;
    const double *row = x + i * columns;
    const double r = root[i];
    o[0] = (float)r;
    for (int64_t j = 0; j < columns; j++) o[j + 1] = (float)((row[j] - centre[j]) * inverse_scale[j] * r);
    for (int64_t j = columns + 1; j < stride; j++) o[j] = 0;
  }
}

INLINE void gram_rows_double(int64_t rows, int64_t columns, const double *restrict x,
                             const double *restrict centre, const double *restrict inverse_scale,
                             const double *restrict root, int64_t stride, double *restrict out) {
  for (int64_t i = 0; i < rows; i++) {
    double *o = out + i * stride;
    const double *row = x + i * columns;
    const double r = root[i];
    o[0] = r;
    for (int64_t j = 0; j < columns; j++) o[j + 1] = (row[j] - centre[j]) * inverse_scale[j] * r;
    for (int64_t j = columns + 1; j < stride; j++) o[j] = 0;
  }
}

INLINE void moment_rows(int64_t rows, int64_t columns, const double *restrict x,
                        const double *restrict centre, const double *restrict w, double *restrict sum,
                        double *restrict square) {
  for (int64_t i = 0; i < rows; i++) {
    const double *row = x + i * columns;
    const double weight = w ? w[i] : 1.0;
    for (int64_t j = 0; j < columns; j++) {
      const double d = row[j] - centre[j];
      sum[j] += weight * d;
      square[j] += weight * d * d;
    }
  }
}

// Each loop three times, one for each level, and the choice between them.
#define LOGISTIC_PARAMETERS                                                                            \
  int64_t rows, int64_t columns, const double *x, int64_t readable, const double *beta,               \
      const double *centre, double intercept, const double *y, const double *w, const double *offset, \
      double *scratch, double *residual, double *curvature, double *gradient, double *sums
#define LOGISTIC_ARGUMENTS                                                                            \
  rows, columns, x, readable, beta, centre, intercept, y, w, offset, scratch, residual, curvature,    \
      gradient, sums
#define GRAM_PARAMETERS(T)                                                                            \
  int64_t rows, int64_t columns, const double *x, const double *centre, const double *inverse_scale, \
      const double *root, int64_t stride, T *out
#define GRAM_ARGUMENTS rows, columns, x, centre, inverse_scale, root, stride, out
#define MOMENT_PARAMETERS                                                                             \
  int64_t rows, int64_t columns, const double *x, const double *centre, const double *w, double *sum, \
      double *square
#define MOMENT_ARGUMENTS rows, columns, x, centre, w, sum, square

#if RK_HAS_LEVELS
#define LEVELLED(name, parameters, arguments)                                                        \
  static void name##_baseline(parameters) { name(arguments); }                                       \
  __attribute__((target("arch=x86-64-v3"))) static void name##_avx2(parameters) { name(arguments); } \
  __attribute__((target("arch=x86-64-v4"))) static void name##_avx512(parameters) { name(arguments); } \
  void rk_##name(int level, parameters) {                                                            \
    if (level >= RK_KERNEL_AVX512)                                                                   \
      name##_avx512(arguments);                                                                      \
    else if (level == RK_KERNEL_AVX2)                                                                \
      name##_avx2(arguments);                                                                        \
    else                                                                                             \
      name##_baseline(arguments);                                                                    \
  }
int rk_kernel_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return RK_KERNEL_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
    return RK_KERNEL_AVX2;
  return RK_KERNEL_BASELINE;
}
#else
#define LEVELLED(name, parameters, arguments) \
  void rk_##name(int level, parameters) {     \
    (void)level;                              \
    name(arguments);                          \
  }
int rk_kernel_level(void) { return RK_KERNEL_BASELINE; }
#endif

LEVELLED(logistic_rows, LOGISTIC_PARAMETERS, LOGISTIC_ARGUMENTS)
LEVELLED(gram_rows_single, GRAM_PARAMETERS(float), GRAM_ARGUMENTS)
LEVELLED(gram_rows_double, GRAM_PARAMETERS(double), GRAM_ARGUMENTS)
LEVELLED(moment_rows, MOMENT_PARAMETERS, MOMENT_ARGUMENTS)
