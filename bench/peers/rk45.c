/*
 * scipy's RK45 algorithm in C, loops fused by hand: what a compiled language makes of the same arithmetic.
 * Compiled twice, with REAL=double and REAL=float. Coefficients: Dormand, Prince 1980, Table 2.
 */
#include "problems.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PASTE(a, b) a##b
#define NAME(a, b) PASTE(a, b)
typedef NAME(rhs_, SUFFIX) rhs_fn;

static request r;
static rhs_fn rhs;
static REAL *start, *y, *yNew, *stage, *k[7];
static long nfev;

static void f(double t, const REAL *at, REAL *out) {
  REAL time = t;
  nfev++;
  rhs(&r.n, &time, at, out, 0, 0);
}

static double norm(const REAL *v, const REAL *w, const REAL *scaleOf) {
  double s = 0;
  for (int i = 0; i < r.n; i++) {
    double e = (v[i] - (w ? w[i] : 0)) / (r.atol + r.rtol * fabs((double)scaleOf[i]));
    s += e * e;
  }
  return sqrt(s / r.n);
}

static double first_step(double span) {
  double d0 = norm(y, 0, y), d1 = norm(k[0], 0, y);
  double h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1;
  if (h0 > span) h0 = span;
  for (int i = 0; i < r.n; i++) stage[i] = y[i] + h0 * k[0][i];
  f(r.t0 + h0, stage, k[1]);
  double d2 = norm(k[1], k[0], y) / h0, d = d1 > d2 ? d1 : d2;
  double h1 = d1 <= 1e-15 && d2 <= 1e-15 ? fmax(1e-6, h0 * 1e-3) : pow(0.01 / d, 1.0 / 5);
  return fmin(fmin(100 * h0, h1), span);
}

/* One attempt. As in the product, h goes into the weights first and the sums of a stage run in the states' type. */
static double attempt(double t, double h) {
  const int n = r.n;
  const REAL *restrict k0 = k[0], *restrict y0 = y;
  REAL *restrict s = stage;
  {
    const REAL w0 = h * (1.0 / 5);
    for (int i = 0; i < n; i++) s[i] = y0[i] + (w0 * k0[i]);
  }
  f(t + h / 5, s, k[1]);
  const REAL *restrict k1 = k[1];
  {
    const REAL w0 = h * (3.0 / 40), w1 = h * (9.0 / 40);
    for (int i = 0; i < n; i++) s[i] = y0[i] + (w0 * k0[i] + w1 * k1[i]);
  }
  f(t + h * 3 / 10, s, k[2]);
  const REAL *restrict k2 = k[2];
  {
    const REAL w0 = h * (44.0 / 45), w1 = h * (-56.0 / 15), w2 = h * (32.0 / 9);
    for (int i = 0; i < n; i++) s[i] = y0[i] + (w0 * k0[i] + w1 * k1[i] + w2 * k2[i]);
  }
  f(t + h * 4 / 5, s, k[3]);
  const REAL *restrict k3 = k[3];
  {
    const REAL w0 = h * (19372.0 / 6561), w1 = h * (-25360.0 / 2187), w2 = h * (64448.0 / 6561), w3 = h * (-212.0 / 729);
    for (int i = 0; i < n; i++) s[i] = y0[i] + (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i]);
  }
  f(t + h * 8 / 9, s, k[4]);
  const REAL *restrict k4 = k[4];
  {
    const REAL w0 = h * (9017.0 / 3168), w1 = h * (-355.0 / 33), w2 = h * (46732.0 / 5247), w3 = h * (49.0 / 176), w4 = h * (-5103.0 / 18656);
    for (int i = 0; i < n; i++) s[i] = y0[i] + (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i]);
  }
  f(t + h, s, k[5]);
  const REAL *restrict k5 = k[5];
  REAL *restrict next = yNew;
  {
    const REAL w0 = h * (35.0 / 384), w2 = h * (500.0 / 1113), w3 = h * (125.0 / 192), w4 = h * (-2187.0 / 6784), w5 = h * (11.0 / 84);
    for (int i = 0; i < n; i++) next[i] = y0[i] + (w0 * k0[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i]);
  }
  f(t + h, next, k[6]);
  const REAL *restrict k6 = k[6];
  double sum = 0;
  const REAL w0 = h * (-71.0 / 57600), w2 = h * (71.0 / 16695), w3 = h * (-71.0 / 1920), w4 = h * (17253.0 / 339200), w5 = h * (-22.0 / 525), w6 = h * (1.0 / 40);
  for (int i = 0; i < n; i++) {
    double e = w0 * k0[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i];
    double a = fabs((double)y0[i]), b = fabs((double)next[i]);
    e /= r.atol + r.rtol * (a > b ? a : b);
    sum += e * e;
  }
  return sqrt(sum / n);
}

static void run(void) {
  double t = r.t0;
  nfev = 0;
  memcpy(y, start, r.n * sizeof(REAL));
  f(t, y, k[0]);
  double size = first_step(r.t1 - r.t0);
  while (t < r.t1) {
    int rejected = 0;
    for (;;) {
      double tNew = t + size > r.t1 ? r.t1 : t + size, h = tNew - t, e = attempt(t, h);
      if (e < 1) {
        double factor = e == 0 ? 10 : fmin(10, 0.9 * pow(e, -0.2));
        size = h * (rejected && factor > 1 ? 1 : factor);
        t = tNew;
        break;
      }
      size = h * fmax(0.2, 0.9 * pow(e, -0.2));
      rejected = 1;
    }
    REAL *swap = y;
    y = yNew, yNew = swap;
    swap = k[0], k[0] = k[6], k[6] = swap;
  }
}

int main(void) {
  r = read_request();
  rhs = NAME(find_, SUFFIX)(r.problem);
  size_t size = r.n * sizeof(REAL);
  start = malloc(size), y = malloc(size), yNew = malloc(size), stage = malloc(size);
  for (int i = 0; i < 7; i++) k[i] = malloc(size);
  for (int i = 0; i < r.n; i++) start[i] = r.y0[i];
  double seconds = best_time(run, r.budget);
  for (int i = 0; i < r.n; i++) r.y0[i] = y[i];
  double bare = NAME(bare_rhs_, SUFFIX)(rhs, &r);
  answer(seconds, bare, nfev, r.y0, r.n);
  return 0;
}
