#include "rk_path.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT ON

#define INLINE static inline __attribute__((always_inline))

typedef double v8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t m8 __attribute__((vector_size(64), aligned(8), may_alias));

// Panels taken at a time: their columns stay in the first-level cache between the two sweeps.
// Paths taken at a time: one accumulator each, all in registers.
// Panels asked for ahead of their use.
enum { SPAN = 8, GROUP = 6, AHEAD = 4, PRODUCTS = 512 };

#define SPREAD(s) ((v8){0} + (s))
#define CHOOSE(mask, a, b) ((v8)(((m8)(a) & (mask)) | ((m8)(b) & ~(mask))))

INLINE double lanes(const v8 *v) {
  const v8 s = *v;
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// exp(t) for t in [-708, 0]: 2^k exp(f) with t = k ln 2 + f, |f| <= ln 2 / 2, and exp(f) by its series
// to the 13th power, whose remainder is below the rounding.
INLINE void exponential(const v8 *t, v8 *out) {
  static const double c[] = {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                             1.0 / 40320,     1.0 / 5040,     1.0 / 720,     1.0 / 120,
                             1.0 / 24,        1.0 / 6,        0.5,           1.0,
                             1.0};
  // Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits.
  const v8 shifted = *t * 1.4426950408889634 + 6755399441055744.0;
  const v8 k = shifted - 6755399441055744.0;
  const v8 f = (*t - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  v8 q = SPREAD(1.0 / 6227020800.0);
  for (int i = 0; i < 13; i++) q = q * f + c[i];
  *out = (v8)((m8)q + ((m8)shifted << 52));
}

// log(m) for m in [1, 2], to about 2e-16 absolute: 2 atanh z, z = (m - 1) / (m + 1), with m halved
// above the square root of 2 so that |z| < 0.172.
INLINE void logarithm(const v8 *m, v8 *out) {
  const m8 high = *m > 1.4142135623730951;
  const v8 a = CHOOSE(high, *m * 0.5, *m);
  const v8 z = (a - 1.0) / (a + 1.0), z2 = z * z;
  v8 s = SPREAD(1.0 / 21);
  for (int i = 19; i >= 1; i -= 2) s = s * z2 + 1.0 / i;
  *out = 2.0 * z * s + CHOOSE(high, SPREAD(0.69314718055994530942), SPREAD(0.0));
}

typedef struct {
  v8 loss, residual, curvature, product;
} sums8;

// The logarithm of many (1 + e) is taken at once, of their product.
INLINE void fold(sums8 *s) {
  for (int l = 0; l < 8; l++) s->loss[l] += log(s->product[l]);
  s->product = SPREAD(1.0);
}

// eta becomes the weighted residual for one panel of one path.
INLINE void residual(v8 *eta, const v8 *label, const v8 *weight, int unit, int tested, double bound,
                     sums8 *s) {
  v8 z = *eta;
  if (tested) {
    z = CHOOSE(z > bound, SPREAD(bound), z);
    z = CHOOSE(z < -bound, SPREAD(-bound), z);
  }
  const m8 negative = z < 0.0;
  v8 t = (v8)((m8)z | INT64_MIN);  // -|z|
  t = CHOOSE(t < -708.0, SPREAD(-708.0), t);
  v8 e;
  exponential(&t, &e);
  const v8 more = 1.0 + e;
  const v8 inverse = 1.0 / more, small = e * inverse;
  s->loss += (CHOOSE(negative, SPREAD(0.0), z) - *label * z) * *weight;
  if (unit) {
    s->product *= CHOOSE(*weight != 0.0, more, SPREAD(1.0));
  } else {
    v8 l;
    logarithm(&more, &l);
    s->loss += l * *weight;
  }
  const v8 r = (CHOOSE(negative, small, inverse) - *label) * *weight;
  *eta = r;
  s->residual += r;
  s->curvature += small * inverse * *weight;
}

typedef struct {
  int64_t columns, paths, trained, active_count;
  const double *slopes, *intercepts;
  const int32_t *active;
  double bound;
  int unit;
} task;

// eta, and from it the residuals, of `count` paths from `first` on.
INLINE void predict(const task *q, int64_t panels, int64_t first, const int count, const double *x,
                    const double *y, const double *w, v8 (*eta)[GROUP], sums8 *sums) {
  for (int64_t t = 0; t < panels; t++) {
    const double *panel = x + t * q->columns * 8;
    // Only active columns are read here, which hides from the processor that all will be.
    if (first == 0)
      for (int64_t j = 0; j < q->columns; j++) __builtin_prefetch(panel + (AHEAD * q->columns + j) * 8);
    v8 a[GROUP];
    for (int k = 0; k < count; k++) a[k] = SPREAD(q->intercepts[first + k]);
    for (int64_t i = 0; i < q->active_count; i++) {
      const v8 column = *(const v8 *)(panel + (int64_t)q->active[i] * 8);
      const double *b = q->slopes + q->active[i] * q->paths + first;
      for (int k = 0; k < count; k++) a[k] += column * b[k];
    }
    const v8 label = *(const v8 *)(y + t * 8), weight = *(const v8 *)(w + t * 8);
    for (int k = 0; k < count; k++) {
      residual(&a[k], &label, &weight, q->unit, first + k >= q->trained, q->bound, &sums[first + k]);
      eta[t][k] = a[k];
    }
  }
}

// gradient, 8 lanes a column and path, of `count` paths from `first` on.
INLINE void accumulate(const task *q, int64_t panels, int64_t first, const int count, const double *x,
                       const v8 (*eta)[GROUP], double *gradient) {
  for (int64_t j = 0; j < q->columns; j++) {
    v8 *g = (v8 *)(gradient + (j * q->paths + first) * 8);
    v8 a[GROUP];
    for (int k = 0; k < count; k++) a[k] = g[k];
    for (int64_t t = 0; t < panels; t++) {
      const v8 column = *(const v8 *)(x + (t * q->columns + j) * 8);
      for (int k = 0; k < count; k++) a[k] += column * eta[t][k];
    }
    for (int k = 0; k < count; k++) g[k] = a[k];
  }
}

// Calls with a number of paths that the compiler knows, so that each has its accumulator in a register.
#define BY_COUNT(paths, CALL) \
  switch (paths) {            \
    case 1: CALL(1); break;   \
    case 2: CALL(2); break;   \
    case 3: CALL(3); break;   \
    case 4: CALL(4); break;   \
    case 5: CALL(5); break;   \
    default: CALL(6); break;  \
  }

INLINE void rows(int64_t panels, int64_t columns, int64_t paths, int64_t trained, const double *x,
                 const double *slopes, const double *intercepts, int64_t active_count,
                 const int32_t *active, const double *y, const double *w, int unit, double bound,
                 double *scratch, double *gradient, double *out) {
  const task q = {columns, paths, trained, active_count, slopes, intercepts, active, bound, unit};
  sums8 *s = (sums8 *)(scratch + 8 * columns * paths);
  memset(scratch, 0, sizeof(double) * (size_t)(8 * columns * paths) + sizeof(sums8) * (size_t)paths);
  for (int64_t k = 0; k < paths; k++) s[k].product = SPREAD(1.0);
  int64_t steps = 0;
  for (int64_t start = 0; start < panels; start += SPAN) {
    const int64_t m = panels - start < SPAN ? panels - start : SPAN;
    const double *px = x + start * columns * 8, *py = y + start * 8, *pw = w + start * 8;
    v8 eta[SPAN][GROUP];
    for (int64_t k = 0; k < paths; k += GROUP) {
#define PREDICT(count) predict(&q, m, k, count, px, py, pw, eta, s)
#define ACCUMULATE(count) accumulate(&q, m, k, count, px, eta, scratch)
      BY_COUNT(paths - k, PREDICT)
      if (trained > k) BY_COUNT(trained - k, ACCUMULATE)
#undef PREDICT
#undef ACCUMULATE
    }
    steps += m;
    if (steps > PRODUCTS - SPAN) {
      for (int64_t k = 0; k < paths; k++) fold(&s[k]);
      steps = 0;
    }
  }
  for (int64_t k = 0; k < paths; k++) {
    fold(&s[k]);
    out[3 * k] += lanes(&s[k].loss);
    out[3 * k + 1] += lanes(&s[k].residual);
    out[3 * k + 2] += lanes(&s[k].curvature);
    for (int64_t j = 0; j < columns; j++)
      gradient[j * paths + k] += lanes((const v8 *)(scratch + (j * paths + k) * 8));
  }
}

INLINE void gram_rows(int64_t panels, int64_t columns, const double *x, const double *slopes,
                      double intercept, const double *w, int64_t stride, double *out, double *sum) {
  v8 total = SPREAD(0.0);
  for (int64_t t = 0; t < panels; t++) {
    const double *panel = x + t * columns * 8;
    v8 z = SPREAD(intercept);
    for (int64_t j = 0; j < columns; j++) z += *(const v8 *)(panel + j * 8) * slopes[j];
    v8 far = (v8)((m8)z | INT64_MIN), e;
    far = CHOOSE(far < -708.0, SPREAD(-708.0), far);
    exponential(&far, &e);
    const v8 v = e / ((1.0 + e) * (1.0 + e)) * *(const v8 *)(w + t * 8);
    total += v;
    for (int l = 0; l < 8; l++) {
      const double root = sqrt(v[l]);
      double *row = out + (t * 8 + l) * stride;
      row[0] = root;
      for (int64_t j = 0; j < columns; j++) row[j + 1] = root * panel[j * 8 + l];
    }
  }
  *sum += lanes(&total);
}

#define ROWS_PARAMETERS                                                                            \
  int64_t panels, int64_t columns, int64_t paths, int64_t trained, const double *x,               \
      const double *slopes, const double *intercepts, int64_t active_count, const int32_t *active, \
      const double *y, const double *w, int unit, double bound, double *scratch, double *gradient, \
      double *sums
#define ROWS_ARGUMENTS                                                                                \
  panels, columns, paths, trained, x, slopes, intercepts, active_count, active, y, w, unit, bound,   \
      scratch, gradient, sums
#define GRAM_PARAMETERS                                                                              \
  int64_t panels, int64_t columns, const double *x, const double *slopes, double intercept,         \
      const double *w, int64_t stride, double *out, double *sum
#define GRAM_ARGUMENTS panels, columns, x, slopes, intercept, w, stride, out, sum

#if defined(__x86_64__)
#define LEVELLED(name, parameters, arguments)                                                          \
  static void name##_baseline(parameters) { name(arguments); }                                         \
  __attribute__((target("arch=x86-64-v3"))) static void name##_avx2(parameters) { name(arguments); }   \
  __attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static void name##_avx512(parameters) { name(arguments); } \
  void rk_path_##name(parameters) {                                                                    \
    __builtin_cpu_init();                                                                              \
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&                     \
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&                    \
        __builtin_cpu_supports("avx512vl"))                                                            \
      name##_avx512(arguments);                                                                        \
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&                        \
             __builtin_cpu_supports("bmi2"))                                                           \
      name##_avx2(arguments);                                                                          \
    else                                                                                               \
      name##_baseline(arguments);                                                                      \
  }
#else
#define LEVELLED(name, parameters, arguments) \
  void rk_path_##name(parameters) { name(arguments); }
#endif

LEVELLED(rows, ROWS_PARAMETERS, ROWS_ARGUMENTS)
LEVELLED(gram_rows, GRAM_PARAMETERS, GRAM_ARGUMENTS)
