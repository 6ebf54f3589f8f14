/* The bench problems in C; the same formulas are in problems.py and ../lib/problems.ts. */
#include "problems.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RHS(name) static void name(const int *n_, const double *t, const double *y, double *f, void *rpar, void *ipar)

RHS(lorenz) {
  f[0] = 10 * (y[1] - y[0]);
  f[1] = y[0] * (28 - y[2]) - y[1];
  f[2] = y[0] * y[1] - 8.0 / 3 * y[2];
}

RHS(vdp) {
  f[0] = y[1];
  f[1] = (1 - y[0] * y[0]) * y[1] - y[0];
}

RHS(arenstorf) {
  const double mu = 0.012277471, nu = 1 - mu;
  double a = y[0] + mu, b = y[0] - nu, yy = y[1] * y[1];
  double d1 = a * a + yy, d2 = b * b + yy;
  d1 *= sqrt(d1);
  d2 *= sqrt(d2);
  f[0] = y[2];
  f[1] = y[3];
  f[2] = y[0] + 2 * y[3] - nu * a / d1 - mu * b / d2;
  f[3] = y[1] - 2 * y[2] - nu * y[1] / d1 - mu * y[1] / d2;
}

RHS(pleiades) {
  const double *x = y, *q = y + 7;
  for (int i = 0; i < 14; i++) f[i] = y[14 + i];
  for (int i = 0; i < 7; i++) {
    double ax = 0, ay = 0;
    for (int j = 0; j < 7; j++) {
      if (j == i) continue;
      double dx = x[j] - x[i], dy = q[j] - q[i], r2 = dx * dx + dy * dy, w = (j + 1) / (r2 * sqrt(r2));
      ax += w * dx;
      ay += w * dy;
    }
    f[14 + i] = ax;
    f[21 + i] = ay;
  }
}

/* u and v alternate, so that the Jacobian has two diagonals on either side; u = 1, v = 3 at both ends. */
static inline void brusselator_of(int n, double alpha, const double *y, double *f) {
  int N = n / 2;
  double d = alpha * (N + 1) * (N + 1);
  double uLeft = 1, vLeft = 3;
  for (int i = 0; i < N; i++) {
    double u = y[2 * i], v = y[2 * i + 1];
    double uRight = i + 1 < N ? y[2 * i + 2] : 1, vRight = i + 1 < N ? y[2 * i + 3] : 3;
    double uuv = u * u * v;
    f[2 * i] = 1 + uuv - 4 * u + d * (uLeft - 2 * u + uRight);
    f[2 * i + 1] = 3 * u - uuv + d * (vLeft - 2 * v + vRight);
    uLeft = u;
    vLeft = v;
  }
}
RHS(brusselator) { brusselator_of(*n_, 1e-4, y, f); }
RHS(brusselatorStiff) { brusselator_of(*n_, 1.0 / 50, y, f); }

RHS(decay) {
  int n = *n_;
  for (int i = 0; i < n; i++) f[i] = -0.5 * y[i];
}

static double layerW[64 * 64];
/* W h + b with W[i][j] = cos(i + 2 j) / 8 - (i == j), b[i] = sin(i) */
RHS(layer) {
  int n = *n_;
  static double b[64];
  if (b[1] == 0) {
    for (int i = 0; i < n; i++) {
      b[i] = sin(i);
      for (int j = 0; j < n; j++) layerW[i * n + j] = cos(i + 2 * j) / 8 - (i == j);
    }
  }
  for (int i = 0; i < n; i++) {
    double s = b[i];
    for (int j = 0; j < n; j++) s += layerW[i * n + j] * y[j];
    f[i] = s;
  }
}

RHS(robertson) {
  double a = 0.04 * y[0], b = 1e4 * y[1] * y[2], c = 3e7 * y[1] * y[1];
  f[0] = -a + b;
  f[1] = a - b - c;
  f[2] = c;
}

RHS(vdpStiff) {
  f[0] = y[1];
  f[1] = 1e3 * (1 - y[0] * y[0]) * y[1] - y[0];
}

RHS(hires) {
  double p = 280 * y[5] * y[7];
  f[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
  f[1] = 1.71 * y[0] - 8.75 * y[1];
  f[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
  f[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
  f[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
  f[5] = -p + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
  f[6] = p - 1.81 * y[6];
  f[7] = -p + 1.81 * y[6];
}

/* H D H y - y^3 with H the reflection at (1, 1, ...) and D = -(1 ... 1e4): rates over four decades, a full Jacobian. */
RHS(dense) {
  enum { MOST = 1024 };
  static double rate[MOST];
  int n = *n_;
  double z[MOST], s = 0, q = 0;
  if (rate[0] == 0)
    for (int i = 0; i < n; i++) rate[i] = pow(10, 4.0 * i / (n - 1));
  for (int i = 0; i < n; i++) s += y[i];
  s *= 2.0 / n;
  for (int i = 0; i < n; i++) {
    z[i] = -rate[i] * (y[i] - s);
    q += z[i];
  }
  q *= 2.0 / n;
  for (int i = 0; i < n; i++) f[i] = z[i] - q - y[i] * y[i] * y[i];
}

static void decay32(const int *n_, const float *t, const float *y, float *f, void *rpar, void *ipar) {
  int n = *n_;
  for (int i = 0; i < n; i++) f[i] = -0.5f * y[i];
}

rhs_f64 find_f64(const char *p) {
  static const struct { const char *name; rhs_f64 rhs; } all[] = {
    {"lorenz", lorenz}, {"vdp", vdp}, {"arenstorf", arenstorf}, {"pleiades", pleiades}, {"brusselator", brusselator},
    {"decay", decay}, {"layer", layer}, {"robertson", robertson}, {"vdpStiff", vdpStiff}, {"hires", hires},
    {"brusselatorStiff", brusselatorStiff}, {"dense", dense}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(all[i].name, p) == 0) return all[i].rhs;
  fprintf(stderr, "no problem named %s\n", p);
  exit(2);
}

rhs_f32 find_f32(const char *p) {
  if (strcmp(p, "decay") == 0) return decay32;
  fprintf(stderr, "no float32 problem named %s\n", p);
  exit(2);
}

request read_request(void) {
  request r;
  if (scanf("%63s %63s %lf %lf %lf %d %d %lf %lf %d", r.problem, r.method, &r.rtol, &r.atol, &r.budget, &r.ml, &r.mu, &r.t0,
            &r.t1, &r.n) != 10)
    exit(2);
  r.y0 = malloc(r.n * sizeof(double));
  for (int i = 0; i < r.n; i++)
    if (scanf("%lf", r.y0 + i) != 1) exit(2);
  return r;
}

static double now(void) {
  struct timespec s;
  clock_gettime(CLOCK_MONOTONIC, &s);
  return s.tv_sec + 1e-9 * s.tv_nsec;
}

double best_time(void (*run)(void), double budget) {
  double start = now(), best = INFINITY;
  run();
  double once = now() - start;
  long batch = once > 1e-3 ? 1 : (long)(1e-3 / once) + 1;
  int rounds = 0;
  while (now() - start < budget || rounds < 3) {
    double from = now();
    for (long i = 0; i < batch; i++) run();
    double each = (now() - from) / batch;
    if (each < best) best = each;
    rounds++;
  }
  return best;
}

static rhs_f64 bare64;
static rhs_f32 bare32;
static const request *bare_request;
static double *bare_out;
static float *bare_in32;
static void run_bare64(void) { bare64(&bare_request->n, &bare_request->t0, bare_request->y0, bare_out, 0, 0); }
static void run_bare32(void) {
  float t = bare_request->t0;
  bare32(&bare_request->n, &t, bare_in32, (float *)bare_out, 0, 0);
}
double bare_rhs_f64(rhs_f64 rhs, const request *r) {
  bare64 = rhs, bare_request = r, bare_out = malloc(r->n * sizeof(double));
  return best_time(run_bare64, 0.05);
}
double bare_rhs_f32(rhs_f32 rhs, const request *r) {
  bare32 = rhs, bare_request = r, bare_out = malloc(r->n * sizeof(double)), bare_in32 = malloc(r->n * sizeof(float));
  for (int i = 0; i < r->n; i++) bare_in32[i] = r->y0[i];
  return best_time(run_bare32, 0.05);
}

void answer(double seconds, double rhs_seconds, long nfev, const double *y, int n) {
  printf("{\"seconds\":%.6e,\"rhsSeconds\":%.6e,\"nfev\":%ld,\"y\":[", seconds, rhs_seconds, nfev);
  for (int i = 0; i < n; i++) printf("%s%.17g", i ? "," : "", y[i]);
  printf("]}\n");
}
